"""What a batch of answers would do to the index of its wave: before, after, and without the proposed ones.

Nothing is decided and nothing is computed here. Every figure is the one that ``csat index`` would print
of the same answers, so that what was shown before a decision is what stands there afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.project import Project
from workbench.terminal import Terminal, problem_document
from workbench.weight_words import weights_note

if TYPE_CHECKING:
    from analysis.results import Estimate
    from survey.careless_flags import CarelessFlags
    from survey.errors import Problem
    from survey.import_record import Exclusion
    from survey.responses import Responses
    from survey.store import Store
    from survey.study import Study
    from survey.weight_set import ChosenWeights
    from workbench.weight_choice import Weighted

_REASONS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """An index with its interval, or why there is none. One of the two is empty."""

    index: Estimate | None
    problems: tuple[Problem, ...] = ()

    def shown(self, terminal: Terminal) -> str:
        """Return the figure with its interval and base, or the reasons, in the reader's language."""
        from report_templates import formatting

        if self.index is None:
            return self._reasons(terminal)
        values = {"value": formatting.number(self.index.value), "n": formatting.number(self.index.n, 0)}
        if self.index.low is None or self.index.high is None:
            return terminal.text("preview.figure_alone", **values)
        limits = (formatting.number(limit) for limit in (self.index.low, self.index.high))
        return terminal.text("preview.figure", interval=formatting.interval(*limits), **values)

    def _reasons(self, terminal: Terminal) -> str:
        messages = list(dict.fromkeys(problem.message(terminal.language) for problem in self.problems))
        reasons = " ".join(messages[:_REASONS_SHOWN])
        if (more := len(messages) - _REASONS_SHOWN) > 0:
            return terminal.text("preview.no_index_more", reasons=reasons, n=more)
        return terminal.text("preview.no_index", reasons=reasons)

    def document(self) -> dict[str, Any]:
        """Return the figure as JSON values; ``problems`` is empty where there is an index."""
        from analysis.plain import plain

        problems = [problem_document(problem) for problem in self.problems]
        return {"index": None if self.index is None else plain(self.index), "problems": problems}


@dataclass(frozen=True, slots=True)
class IndexPreview:
    """The index of one wave with and without some of its answers.

    Attributes
    ----------
    wave : the wave.
    level : level of the intervals, 0 to 1.
    before : without the new answers; ``None`` where the wave holds none yet, or nothing new came.
    after : with all of them.
    without : without the respondents whose exclusion is proposed; ``None`` where none is.
    flags : who they are, and why.
    exclusions : whom a person decided to leave out of those in ``after``.
    now : without them, as all results have it; ``None`` where nobody is left out.
    weights : the weights of all figures; ``None`` for those of the study that was handed in.

    Figures on fewer people than the study's disclosure limit say so instead.
    """

    wave: str
    level: float
    before: Figure | None
    after: Figure
    without: Figure | None
    flags: CarelessFlags
    exclusions: tuple[Exclusion, ...] = ()
    now: Figure | None = None
    weights: ChosenWeights | None = None

    def lines(self, terminal: Terminal) -> list[str]:
        """Return the figures as sentences, heading first."""
        from report_templates import formatting

        text, level = terminal.text, formatting.percent(self.level) + "%"
        found = [text("preview.heading", wave=self.wave, level=level)]
        if self.before is not None:
            found.append(text("preview.before", figure=self.before.shown(terminal)))
        found.append(text("preview.after", figure=self.after.shown(terminal)))
        if self.without is not None:
            n = int(self.flags.proposed.sum())
            found.append(text("preview.without", n=n, figure=self.without.shown(terminal)))
        if self.now is not None:
            found.append(text("preview.now", n=len(self.exclusions), figure=self.now.shown(terminal)))
        if self.weights is not None:
            found += weights_note(terminal.language, self.weights.document())
        return found

    def document(self) -> dict[str, Any]:
        """Return the figures as JSON values, unrounded; ``null`` where there was nothing to leave out."""
        return {
            "wave": self.wave,
            "level": self.level,
            "before": None if self.before is None else self.before.document(),
            "after": self.after.document(),
            "without_proposed": None if self.without is None else self.without.document(),
            "now": None if self.now is None else self.now.document(),
            "weights": None if self.weights is None else self.weights.document(),
        }


def index_preview(opened: Project, weighted: Weighted, wave: str, copy: Path) -> IndexPreview:
    """Compare the index of ``wave`` as the project holds it with that of a copy to which answers were added.

    Parameters
    ----------
    weighted : the weights of all figures.
    copy : a copy of the project file that holds the new answers too; it is only read.

    Raises
    ------
    StoreProblems
        Where the copy does not hold the wave or cannot be read.
    """
    from survey.store import Store

    with Store.open(copy, read_only=True) as store:
        history, current = _earlier(store, weighted.study, wave), store.load(wave, weighted.study)
    held = None
    if opened.database.is_file():
        with opened.store() as store:
            held = store.load(wave, weighted.study) if wave in store.waves() else None
    return replace(compare(weighted.study, history, current, held=held), weights=weighted.chosen)


def held_preview(opened: Project, weighted: Weighted, wave: str) -> IndexPreview:
    """Return the index of answers that are in the project: all of them, without those whose exclusion is
    proposed, and without those whom somebody left out.

    Flags are those of all answers, so that nobody is flagged because others were left out.
    """
    with opened.store() as store:
        history = _earlier(store, weighted.study, wave)
        current = store.load(wave, weighted.study, excluded=True)
        exclusions = store.exclusions(wave)
    found = replace(compare(weighted.study, history, current), weights=weighted.chosen)
    if not exclusions:
        return found
    gone = {person.respondent for person in exclusions}
    left_out = [respondent in gone for respondent in current.respondents]
    now = _figure(weighted.study, [*history, _rest(current, left_out)])
    return replace(found, exclusions=exclusions, now=now)


def compare(
    study: Study, history: Sequence[Responses], current: Responses, *, held: Responses | None = None
) -> IndexPreview:
    """Return the index of ``current`` with and without proposed exclusions, and that of ``held``.

    ``history`` are the earlier waves: accounts that answered then tie the errors together.
    """
    from survey.careless_flags import careless_flags

    flags = careless_flags(current, study)
    without = None
    if flags.proposed.any():
        without = _figure(study, [*history, _rest(current, flags.proposed.tolist())])
    return IndexPreview(
        wave=current.wave,
        level=study.reporting.level,
        before=None if held is None else _figure(study, [*history, held]),
        after=_figure(study, [*history, current]),
        without=without,
        flags=flags,
    )


def _earlier(store: Store, study: Study, wave: str) -> list[Responses]:
    held, waves = store.waves(), list(study.wave_by_id)
    return [store.load(known, study) for known in waves[: waves.index(wave)] if known in held]


def _rest(responses: Responses, left_out: Sequence[bool]) -> Responses:
    from survey.wave_contents import rows_of

    return rows_of(responses, [n for n, out in enumerate(left_out) if not out])


def _figure(study: Study, responses: Sequence[Responses]) -> Figure:
    from analysis.pipeline import wave_index
    from survey.errors import Place, Problem, ProblemsError

    wave = responses[-1].wave
    if not len(responses[-1]):
        limit = study.reporting.disclosure_limit
        return Figure(None, (Problem("sample_too_small", Place(wave), {"n": 0, "limit": limit}),))
    try:
        return Figure(wave_index(study, responses, wave=wave).index)
    except ProblemsError as error:
        return Figure(None, error.problems)
