"""The view ``answers_long`` of a project file: one row per respondent and item, for any SQLite tool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Run = Callable[[str], Sequence[tuple[Any, ...]]]

_VIEW = """
CREATE VIEW answers_long AS
SELECT
    held.wave AS wave,
    held.id AS respondent,
    item.id AS item,
    CASE item.position CASES END AS code
FROM held
JOIN answers ON answers.respondent_key = held.respondent_key
CROSS JOIN item
"""


def write_view(run: Run) -> None:
    """Write the view anew for the items that there are; ``run`` runs one statement."""
    rows = run("SELECT position, name FROM item ORDER BY position")
    run("DROP VIEW IF EXISTS answers_long")
    if rows:
        cases = " ".join(f"WHEN {position} THEN answers.{quoted(name)}" for position, name in rows)
        run(_VIEW.replace("CASES", cases))


def quoted(name: str) -> str:
    """Return ``name`` as SQL writes the name of a column."""
    return '"' + name.replace('"', '""') + '"'
