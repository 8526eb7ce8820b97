"""What a command shows: results on stdout, everything else on stderr.

Progress and remarks appear only where somebody watches a terminal; problems always appear. rich is
imported when a table or a bar is drawn, so that ``csat --help`` starts at once.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from survey.errors import Problem
from survey.language import LANGUAGES, Language, catalogue
from workbench.layout import wrap

if TYPE_CHECKING:
    from rich.console import Console

Step = Callable[[str, int, int], None]

_PIPE_WIDTH = 120
_UNBOUNDED = 10_000
_OF_ONE_KIND = 5
_SCREENFUL = 15
_MOST_GROUPS = 40
# A cell of somebody's workbook may hold what moves the cursor.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_NO_BREAK = "\u00a0"


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Return the language to speak: ``--lang``, then ``CSAT_LANG``, then the locale.

    This is known before the arguments are parsed, because what is wrong with them is told in it.
    """
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            asked = arguments[position + 1]
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
        else:
            continue
        if asked in ("zh", "en"):
            return "zh" if asked == "zh" else "en"
    for variable in ("CSAT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(variable):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def problem_document(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON values, its message in every language."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "place": dataclasses.asdict(problem.place),
        "message": {language: problem.message(language) for language in LANGUAGES},
    }


def _sentence(key: str, language: Language, values: Mapping[str, object]) -> str:
    told = {name: value[language] if isinstance(value, Mapping) else value for name, value in values.items()}
    return catalogue("workbench")(key, language, **told)


def problems_document(problems: Sequence[Problem]) -> dict[str, Any]:
    """Return problems as JSON values: each of them, and what there is to do in the order of repair."""
    from survey.listing import group_problems

    return {
        "problems": [problem_document(problem) for problem in problems],
        "groups": [group.document() for group in group_problems(problems)],
    }


class Stop(Exception):
    """The command cannot go on: exit 1. ``key`` names the sentence that says why and what to do.

    A value may be a mapping of language to text.
    """

    def __init__(self, key: str, /, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(key)

    def document(self) -> dict[str, Any]:
        """Return the reason as ``problem_document`` does; it has no place."""
        message = {language: _sentence(self.key, language, self.values) for language in LANGUAGES}
        return {"code": self.key, "severity": "error", "place": None, "message": message}


class Terminal:
    """One reader in front of one command."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.colour = False if os.environ.get("NO_COLOR") else None

    def text(self, key: str, /, **values: object) -> str:
        """Return a sentence of the workbench; a value may be a mapping of language to text."""
        return _sentence(key, self.language, values)

    @property
    def watched(self) -> bool:
        """Whether somebody watches stderr."""
        return sys.stderr.isatty()

    @property
    def width(self) -> int:
        """How many cells a line of stdout has: of the terminal, else 120, or what ``COLUMNS`` says."""
        return _width(sys.stdout) or shutil.get_terminal_size().columns

    def fits(self, renderable: Any) -> bool:
        """Whether a table stands within a line of stdout without breaking any of its cells."""
        from rich.measure import Measurement

        console = _console(sys.stdout)
        unbounded = console.options.update(max_width=_UNBOUNDED)
        return Measurement.get(console, unbounded, renderable).maximum <= console.width

    def show(self, *renderables: Any) -> None:
        """Print results on stdout, wider than the terminal rather than cut off."""
        from rich.measure import Measurement

        console = _console(sys.stdout)
        unbounded = console.options.update(max_width=_UNBOUNDED)
        needed = (Measurement.get(console, unbounded, part).minimum for part in renderables)
        console.width = max(console.width, *needed)
        with console.capture() as captured:
            console.print(*renderables, sep="\n")
        # rich fills every line of a table to its width; what people paste or search should not be so.
        lines = captured.get().replace(_NO_BREAK, " ").split("\n")
        typer.echo("\n".join(line.rstrip() for line in lines), nl=False, color=self.colour)

    def line(self, key: str, /, **values: object) -> None:
        """Print one sentence of the result on stdout, unbroken so that a path in it can be copied."""
        typer.echo(self.text(key, **values))

    def remark(self, key: str, /, **values: object) -> None:
        """Print one sentence about what was done on the way on stderr."""
        self._tell(self.text(key, **values))

    def lines(self, lines: Iterable[str], *, indent: str = "") -> None:
        """Print ready sentences of the result on stdout, broken to the width of a terminal."""
        for line in lines:
            typer.echo(self._paragraph(line, indent, sys.stdout.isatty()))

    def json(self, document: Mapping[str, Any]) -> None:
        """Print one JSON object on stdout."""
        plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
        typer.echo(json.dumps(document, ensure_ascii=plain, indent=2, allow_nan=False))

    def complain(self, text: str, *more: str) -> None:
        """Print one error on stderr, and what may help below it."""
        self._tell(self.text("message.error", what=text))
        for line in more:
            self._tell(line)

    def problems(
        self, problems: Iterable[Problem], *, heading: str = "message.problems", hint: str | None = None
    ) -> None:
        """Print every error on stderr below a line that counts them; then warnings; then ``hint``.

        Problems that one repair settles stand in one paragraph. A list that scrolls away is counted again
        below; of a table with very many kinds of problems only the first are told.
        """
        from survey.listing import group_problems

        found = tuple(problems)
        errors = [problem for problem in found if problem.severity == "error"]
        groups = group_problems(errors)
        if heading == "message.problems" and len(groups) < len(errors):
            heading = "message.problems_grouped"
        counts = {"count": len(errors), "groups": len(groups)}
        self._tell(self.text(heading, **counts))
        told = groups[:_MOST_GROUPS] if all(group.tabular for group in groups) else groups
        for group in told:
            self._tell(group.line(self.language), indent="  ")
        if more := sum(len(group.problems) for group in groups[len(told) :]):
            self._tell(self.text("message.more_problems", count=more), indent="  ")
        if len(told) > _SCREENFUL and self.watched:
            self._tell(self.text(heading, **counts))
        self.warnings(problem for problem in found if problem.severity == "warning")
        if hint is not None:
            self._tell(self.text(hint))

    def warnings(self, warnings: Iterable[Problem]) -> None:
        """Print warnings on stderr by kind, equal ones in one paragraph; of a frequent kind the first few."""
        from survey.listing import ProblemGroup, group_problems

        kinds: dict[str, list[ProblemGroup]] = {}
        for group in group_problems(warnings):
            kinds.setdefault(group.code, []).append(group)
        if kinds:
            count = sum(len(group.problems) for groups in kinds.values() for group in groups)
            self._tell(self.text("message.warnings", count=count))
        for groups in kinds.values():
            for group in groups[:_OF_ONE_KIND]:
                self._tell(group.line(self.language), indent="  ")
            if more := sum(len(group.problems) for group in groups[_OF_ONE_KIND:]):
                self._tell(self.text("message.more_warnings", count=more), indent="  ")

    def _tell(self, text: str, *, indent: str = "") -> None:
        typer.echo(self._paragraph(text, indent, self.watched), err=True)

    def _paragraph(self, text: str, indent: str, watched: bool) -> str:
        """Return ``text`` broken to the width of a terminal; elsewhere one line, for grep."""
        text = _UNPRINTABLE.sub(" ", text).replace(_NO_BREAK, " ")
        if not watched:
            return indent + text
        first, *rest = wrap(text, shutil.get_terminal_size().columns - len(indent) - 2)
        return "\n".join([indent + first, *(f"{indent}  {line}" for line in rest)])

    @contextmanager
    def progress(self, key: str) -> Iterator[Step]:
        """Show a bar on stderr while the block runs, to the one who watches.

        What is yielded is called with what is being done now, how much is done and how much there is;
        until then the bar only says that work goes on.
        """
        if not self.watched:
            yield lambda doing, done, total: None
            return
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), TimeElapsedColumn())
        with Progress(*columns, console=_console(sys.stderr), transient=True) as bars:
            task = bars.add_task(self.text(key), total=None)
            yield lambda doing, done, total: bars.update(task, description=doing, completed=done, total=total)


def _width(stream: Any) -> int | None:
    """Return the width of what is no terminal; ``None`` for one, which knows its own."""
    return None if stream.isatty() else int(os.environ.get("COLUMNS", _PIPE_WIDTH))


def _console(stream: Any) -> Console:
    from rich.console import Console

    return Console(file=stream, width=_width(stream), highlight=False, emoji=False, markup=False)
