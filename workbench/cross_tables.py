"""A cross-table for a terminal, as users of survey software expect it. Nothing is computed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analysis.results import Estimate, TooFew
from analysis.tables import CrossTable, TableCell, TableLine
from report_templates import formatting
from survey.language import catalogue
from workbench import tables
from workbench.group_tables import HIDDEN, f_test, joint
from workbench.tables import marked, plain_table

if TYPE_CHECKING:
    from report_templates.context.labels import Labels
    from workbench.crossing import Crossed
    from workbench.terminal import Terminal

_AGAINST = {"more": "+", "fewer": "−", "same": " "}


def show_table(terminal: Terminal, labels: Labels, found: Crossed) -> None:
    """Print the table, its test and its marks; for an item the means by group below."""
    terminal.show(_headline(labels, found.table), Text(), _grid(labels, found.table))
    terminal.lines(_notes(labels, found.table))
    if found.means is not None:
        title = Text("\n" + _say(labels, "table.means") + "\n", style="bold")
        terminal.show(title, tables.groups(labels, found.means))
        terminal.lines(
            [*joint(labels, found.means.id, found.means.test), *tables.groups_notes(labels, found.means)]
        )


def _headline(labels: Labels, table: CrossTable) -> Text:
    title = _say(
        labels,
        "table.title",
        what=_what(labels, table),
        by=labels.within(labels.segment(table.by)),
        wave=labels.wave(table.wave),
    )
    base = _say(
        labels,
        "table.base" if table.left_out else "table.base_all",
        n=labels.count(table.n),
        effective=formatting.number(table.n_effective, 0),
        **({"left": labels.count(table.left_out)} if table.left_out else {}),
    )
    return Text(title, style="bold").append(f"\n{base}\n{_tested(labels, table)}", style="not bold")


def _tested(labels: Labels, table: CrossTable) -> str:
    if table.test is None:
        return _say(labels, "table.untested")
    clear = table.test.p < 1 - labels.study.reporting.level
    return _say(labels, "table.related" if clear else "table.unrelated", test=f_test(labels, table.test))


def _grid(labels: Labels, table: CrossTable) -> Table:
    heads = [labels.segment(table.by), _say(labels, "table.n"), _say(labels, "table.effective")]
    heads += [_column(labels, table, line.value) + " " for line in table.columns]
    rows = [
        [
            labels.group(table.by, line.value),
            *_base(labels, line),
            *(_cell(cell) for cell in table.cells[r]),
        ]
        for r, line in enumerate(table.rows)
        if line.n != 0
    ]
    total: list[Padding | str] = [
        _say(labels, "table.all"),
        labels.count(table.n),
        formatting.number(table.n_effective, 0),
    ]
    rows.append([*total, *(marked(_share(line.share), " ") for line in table.columns)])
    return plain_table(rows, heads, range(1, len(heads)))


def _base(labels: Labels, line: TableLine) -> tuple[str, str]:
    if line.n is None or line.n_effective is None:
        return HIDDEN, HIDDEN
    return labels.count(line.n), formatting.number(line.n_effective, 0)


def _cell(cell: TableCell | TooFew) -> Padding:
    if isinstance(cell, TooFew):
        return marked(HIDDEN, " ")
    return marked(_share(cell.row_share), _AGAINST[cell.against])


def _share(share: Estimate | TooFew) -> str:
    return HIDDEN if isinstance(share, TooFew) else formatting.percent(share.value)


def _notes(labels: Labels, table: CrossTable) -> list[str]:
    shown = sum(isinstance(cell, TableCell) and cell.q is not None for row in table.cells for cell in row)
    notes = [_say(labels, "table.per_cent"), _say(labels, "table.marks", count=labels.count(shown))]
    if table.hidden:
        limit = labels.study.reporting.disclosure_limit
        notes.append(_say(labels, "table.hidden", count=labels.count(table.hidden), limit=limit))
    return notes


def _what(labels: Labels, table: CrossTable) -> str:
    return labels.item(table.what) if table.what in labels.study.item_by_id else labels.column(table.what)


def _column(labels: Labels, table: CrossTable, value: str) -> str:
    if table.what in labels.study.item_by_id:
        return _answer(labels, table, value)
    if labels.study.column_by_id[table.what].kind == "flag":
        return _say(labels, "table.yes" if value == "yes" else "table.no")
    return labels.category(table.what, value)


def _answer(labels: Labels, table: CrossTable, value: str) -> str:
    """Return the words of an answer where every column is one answer that has words, else its codes."""
    said = labels.study.scale_of(table.what).labels
    words = {str(code): label for code, label in said.items()}
    if all(line.value in words for line in table.columns):
        return labels.label(words[value])
    return value


def _say(labels: Labels, key: str, **values: object) -> str:
    return labels.spaced(catalogue("workbench")(key, labels.language, **values))
