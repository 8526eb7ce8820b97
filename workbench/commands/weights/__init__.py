"""``csat weights``: weight sets of the index, one module for each command."""

from __future__ import annotations

import typer

from workbench import options
from workbench.commands.weights import (
    approve,
    compare,
    derive,
    drop,
    importance,
    listing,
    panel,
    sensitivity,
    setting,
    show,
    use,
)
from workbench.help import Command, Group

app = typer.Typer(cls=Group, rich_markup_mode=None)
for _command in (
    listing.list_,
    show.show,
    setting.set_,
    panel.panel,
    derive.derive,
    importance.importance,
    compare.compare,
    sensitivity.sensitivity,
    approve.approve,
    use.use,
    drop.drop,
):
    app.command(_command.__name__.rstrip("_"), cls=Command)(_command)


@app.callback()
def weights(ctx: typer.Context, lang: options.Lang = None) -> None:
    """Choose, record and sign off what the index weighs."""
