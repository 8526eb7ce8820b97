"""``csat weights panel``: the workbook that experts fill in, for a first round or a later one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from survey.language import LANGUAGES, listing
from workbench import options
from workbench.files import write_made
from workbench.panel_feedback import feedback
from workbench.panels import check_answered, read_panel_files, shown_files
from workbench.project import Project
from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse

if TYPE_CHECKING:
    from survey.panel import Family, Panel, PanelMethod
    from survey.panel_workbook import Feedback

_UNFIT = re.compile(r"[^\w.-]+")


def panel(
    ctx: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.xlsx|DIR")],
    method: Annotated[Literal["ahp", "budget"], typer.Option("--method", metavar="ahp|budget")],
    more: Annotated[list[str] | None, typer.Argument(metavar="NAME|FILE…", show_default=False)] = None,
    experts: Annotated[list[str] | None, typer.Option("--experts", metavar="NAME")] = None,
    number: Annotated[int, typer.Option("--round", metavar="N", min=1, show_default=False)] = 1,
    source: Annotated[list[Path] | None, typer.Option("--from", metavar="FILE.xlsx")] = None,
    force: Annotated[bool, typer.Option("--force")] = False,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
) -> None:
    """Write the workbook for experts to fill in."""
    terminal: Terminal = ctx.obj
    if output.suffix.lower() not in ("", ".xlsx"):
        raise Misuse("usage.panel_suffix", ctx.command_path, file=output)
    # A shell puts what follows the first value of an option behind it, without the option.
    files = [*(source or ()), *(Path(word) for word in more or () if _is_file(word))]
    people = list(dict.fromkeys([*(experts or ()), *(word for word in more or () if not _is_file(word))]))
    if (number > 1) != bool(files):
        raise Misuse("usage.panel_round", ctx.command_path, number=number)
    opened = Project(project)
    study = opened.study
    families = _families(opened, method)
    before = read_panel_files(files, study) if files else None
    told: Feedback = {}
    if before is not None:
        people = people or _people(before)
        told = _feedback(before, method, number, people, families)
    written = list(_files(output, method, number, people))
    if not force and (taken := [path for path, _ in written if path.exists()]):
        raise Stop("weights.panel_exists", path=listing(taken))

    from survey.panel_workbook import workload, write_panel_workbook

    for path, of_file in written:
        write_made(
            path,
            partial(
                write_panel_workbook,
                study,
                method,
                terminal.language,
                experts=of_file,
                number=number,
                feedback=told,
            ),
        )
    terminal.line("weights.panel_written", path=output, files=len(written), sheets=len(people) or 1)
    terminal.lines([workload(families, method, terminal.language)])
    delphi = number > 1 and method == "budget"
    back = output if output.suffix else output / "*.xlsx"
    terminal.line(
        "weights.panel_next",
        method="delphi" if delphi else method,
        files=shown_files([*(files if delphi else ()), back]),
        project=opened.option,
    )


def _is_file(word: str) -> bool:
    return word.lower().endswith(".xlsx")


def _families(opened: Project, method: PanelMethod) -> Sequence[Family]:
    """Return the families that a panel judges; ``Stop`` where there are none, or one is too large."""
    from survey.panel import MOST_COMPARED, panel_families

    families = panel_families(opened.study)
    if not families:
        raise Stop("weights.panel_nothing")
    large = [family for family in families if len(family.members) > MOST_COMPARED]
    if method == "ahp" and large:
        named = {
            language: listing(family.label[language] for family in large)[language] for language in LANGUAGES
        }
        raise Stop("weights.panel_too_many", families=named, most=MOST_COMPARED)
    return families


def _people(before: Panel) -> list[str]:
    """Return whoever got a sheet in the latest round, those who did not answer last."""
    latest = max([*before.rounds, *(number for number, _ in before.empty)])
    answered = [sheet.expert for sheet in before.of_round(latest)]
    return answered + [name for number, name in before.empty if number == latest]


def _feedback(
    before: Panel, method: PanelMethod, number: int, people: Sequence[str], families: Sequence[Family]
) -> Feedback:
    check_answered(before)
    sheets = [sheet for sheet in before.of_round(number - 1) if sheet.method == method]
    if not sheets:
        raise Stop("weights.panel_no_round", number=number - 1, rounds=listing(before.rounds))
    return feedback(sheets, people, families)


def _files(
    output: Path, method: PanelMethod, number: int, people: Sequence[str]
) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield every file to write and whose sheets it holds: one workbook, or one for each in a folder."""
    if output.suffix.lower() == ".xlsx" and not output.is_dir():
        yield output, tuple(people)
        return
    used: set[str] = set()
    for name in people or ("",):
        stem = f"{method}-{number}-{_UNFIT.sub('_', name).strip('_.')}".rstrip("-")
        while stem in used:
            stem += "_"
        used.add(stem)
        yield output / f"{stem}.xlsx", (name,) if name else ()
