"""The command ``csat``: finds the language, runs one command, and turns errors into sentences.

Exit codes: 0 done, 1 the data or the study has problems (all of them listed), 2 wrong usage. Set
``CSAT_DEBUG=1`` to see the traceback of what nobody foresaw.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

import typer

from survey import __version__
from survey.errors import ImportProblems, ProblemsError
from survey.language import Language
from workbench.commands import (
    calibrate,
    careless,
    chain,
    change,
    check,
    checklist,
    demo,
    doctor,
    drivers,
    gaps,
    importing,
    imports,
    index,
    init,
    moderation,
    questionnaire,
    report,
    scales,
    schema,
    simulate,
    table,
    undo,
    verify,
    weights,
    whatif,
)
from workbench.help import Command, Group, give_words
from workbench.options import Lang
from workbench.terminal import Stop, Terminal, language_of, problems_document
from workbench.usage import Misuse

# What typer returns after control-C.
INTERRUPTED = 130

app = typer.Typer(cls=Group, name="csat", rich_markup_mode=None)
for _command in (
    demo.demo,
    init.init,
    check.check,
    schema.schema,
    questionnaire.questionnaire,
    simulate.simulate,
    importing.import_,
    imports.imports,
    undo.undo,
    careless.careless,
    verify.verify,
    index.index,
    table.table,
    change.change,
    calibrate.calibrate,
    drivers.drivers,
    chain.chain,
    moderation.moderation,
    checklist.checklist,
    whatif.whatif,
    scales.scales,
    gaps.gaps,
    report.report,
    doctor.doctor,
):
    app.command(_command.__name__.rstrip("_"), cls=Command)(_command)
app.add_typer(weights.app, name="weights")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"csat {__version__}")
        raise typer.Exit


@app.callback()
def csat(
    ctx: typer.Context,
    lang: Lang = None,
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version)] = False,
) -> None:
    """Measure satisfaction by survey."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``csat`` with ``arguments`` (default: those of the process) and return its exit code."""
    if arguments is None:
        _settle_process()
    given = list(sys.argv[1:] if arguments is None else arguments)
    terminal = Terminal(language_of(given, os.environ))
    try:
        return _run(given, terminal)
    except Misuse as error:
        language = terminal.language
        terminal.complain(error.message(language), *error.more(language), error.hint(language))
        return 2
    except ProblemsError as error:
        if "--json" in given:
            terminal.json(problems_document(error.problems))
        terminal.problems(error.problems, hint=_hint(error, given))
    except Stop as error:
        if "--json" in given:
            terminal.json({"problems": [error.document()]})
        terminal.complain(terminal.text(error.key, **error.values))
    except Exception as error:  # Whatever nobody foresaw still reaches the user as one sentence.
        if os.environ.get("CSAT_DEBUG"):
            raise
        terminal.complain(terminal.text("message.unexpected", kind=type(error).__name__, what=error))
    return 1


def _hint(error: ProblemsError, given: Sequence[str]) -> str | None:
    """Return the sentence that tells how wrong cells can be seen where they are, if there are any."""
    asked = any(word.partition("=")[0] == "--annotate" for word in given)
    cells = any(problem.place.cell or problem.place.key for problem in error.problems)
    return "message.annotate" if isinstance(error, ImportProblems) and cells and not asked else None


def _run(arguments: list[str], terminal: Terminal) -> int:
    code = _program(terminal.language).main(
        arguments, prog_name="csat", standalone_mode=False, obj=terminal, color=terminal.colour
    )
    if code == INTERRUPTED:
        terminal.complain(terminal.text("message.interrupted"))
    return code if isinstance(code, int) else 0


@cache
def _program(language: Language) -> Any:
    """Return the command with the words of a language; made once: it takes 50 ms."""
    command = typer.main.get_command(app)
    give_words(command, language)
    return command


def _settle_process() -> None:
    """Keep library warnings from users, who can do nothing about them, and print what a stream cannot.

    A terminal that is not UTF-8 shows a question mark instead of a character it lacks.
    """
    if not sys.warnoptions and not os.environ.get("CSAT_DEBUG"):
        warnings.simplefilter("ignore")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
