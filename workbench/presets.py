"""The studies that ship, by name: presets of ``survey`` and the sample surveys with their data and truth."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

_SCHEMA_COMMENT = "# yaml-language-server:"


@cache
def presets() -> Mapping[str, Traversable]:
    """Return the study file of every preset."""
    own = {
        file.name.removesuffix(".yaml"): file
        for file in (resources.files("survey") / "presets").iterdir()
        if file.name.endswith(".yaml")
    }
    samples = {
        folder.name: folder / "study.yaml"
        for folder in resources.files("sample_surveys").iterdir()
        if (folder / "study.yaml").is_file()
    }
    return samples | own


def preset_text(name: str) -> str:
    """Return the study file of preset ``name``, without its pointer to a schema."""
    lines = presets()[name].read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(_SCHEMA_COMMENT))


def preset_truth(name: str) -> str | None:
    """Return the declared truth from which answers to preset ``name`` are drawn, where it has one."""
    folder = resources.files("sample_surveys") / name
    file = folder / "truth.yaml"
    return file.read_text(encoding="utf-8") if file.is_file() else None
