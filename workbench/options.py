"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Project = Annotated[Path, typer.Option("--project", metavar="DIR", show_default=False)]
Lang = Annotated[Literal["zh", "en"] | None, typer.Option("--lang", metavar="zh|en")]
Json = Annotated[bool, typer.Option("--json")]
Wave = Annotated[str | None, typer.Option("--wave", metavar="WAVE")]
Weights = Annotated[str | None, typer.Option("--weights", metavar="NAME|FILE.yaml")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT")]
Author = Annotated[str | None, typer.Option("--author", metavar="WHO")]
Parent = Annotated[str | None, typer.Option("--parent", metavar="NAME")]
Outcome = Annotated[str | None, typer.Option("--outcome", metavar="OUTCOME")]

Sheet = Annotated[str | None, typer.Option("--sheet", metavar="SHEET")]
Layout = Annotated[str | None, typer.Option("--layout", metavar="LAYOUT")]
Encoding = Annotated[str | None, typer.Option("--encoding", metavar="ENCODING")]
Numbers = Annotated[
    Literal["codes", "low-first", "high-first"] | None,
    typer.Option("--numbers", metavar="codes|low-first|high-first"),
]

HERE = Path()
