"""Figures and remarks of a what-if in words. A loss counts the other way: less of it is better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.results import Estimate, TooFew
from report_templates import formatting
from survey.language import LANGUAGES, Language, catalogue
from workbench.driver_views.wording import limits

if TYPE_CHECKING:
    from analysis.whatif_results import Note, OutcomeModel, Reach, RevenueAtRisk, Unit
    from report_templates.context.labels import Labels
    from survey.study import Study

# Remarks that name outcomes with their items, or with p: one sentence each, whatever their number.
_BY_OUTCOME = ("not_additive", "unclear", "against", "not_in_model")
_MOST_OUTCOMES, _MOST_ITEMS = 3, 2


def say(labels: Labels, key: str, **values: object) -> str:
    """Return a sentence of the what-if."""
    return labels.spaced(catalogue("workbench")(f"whatif.{key}", labels.language, **values))


def level(unit: Unit, value: float) -> str:
    """Return a level: points with one decimal, a share in per cent."""
    return formatting.percent(value, 1) + "%" if unit == "share" else formatting.number(value)


def change(unit: Unit, value: float) -> str:
    """Return a change with its sign: points, or percentage points, with two decimals."""
    return formatting.signed_percent(value, 2) if unit == "share" else formatting.signed(value, 2)


def interval(labels: Labels, unit: Unit, estimate: Estimate) -> str:
    """Return the interval of a change; a dash where there is none."""
    return labels.signed_limits(estimate, lambda value: change(unit, value))


def reading(labels: Labels, clear: int) -> str:
    """Return whether a change is clear of 0, as a word."""
    return say(labels, "reading.clear" if clear else "reading.unclear")


def points(value: float) -> str:
    """Return points with their sign, as few digits as they need."""
    return ("+" if value > 0 else "") + f"{value:g}".replace("-", formatting.MINUS)


def outside(study: Study, beyond: Sequence[Reach], moves: Mapping[str, float]) -> dict[Language, str]:
    """Say of every move that leads outside the data how far it could go, and what shows that."""
    from report_templates.context.labels import Labels

    told = {}
    for language in LANGUAGES:
        labels = Labels(study, language)
        sentences = [_beyond(labels, part, moves[part.item]) for part in beyond]
        if any(isinstance(part.now, Estimate) for part in beyond):
            sentences.append(say(labels, "outside.fewer"))
        told[language] = labels.run_on(*sentences)
    return told


def _beyond(labels: Labels, reach: Reach, asked: float) -> str:
    up = asked > 0
    if isinstance(reach.now, TooFew):
        return say(labels, "outside.hidden", label=labels.item(reach.item), item=reach.item)
    group, mean = (reach.best_group, reach.best) if up else (reach.worst_group, reach.worst)
    limit = reach.most if up else reach.least
    values = {
        "item": reach.item,
        "label": labels.item(reach.item),
        "asked": points(asked),
        "now": labels.score(reach.now),
        # Rounded towards 0, so that what is advised is inside.
        "limit": points(int(limit * 10) / 10),
    }
    if group is None or mean is None:
        return say(labels, "outside.scale", **values)
    shown = {"group": labels.group(*group), "mean": formatting.number(mean)}
    return say(labels, "outside.best" if up else "outside.worst", **values, **shown)


def remarks(
    labels: Labels, notes: Iterable[Note], shown: Sequence[str], reach: Iterable[Reach] = ()
) -> Iterator[str]:
    """Yield the sentences of the notes that bear on the outcomes shown; alike ones are one sentence."""
    kept = [(k, v) for k, v in notes if v.get("outcome") is None or v["outcome"] in shown]
    known = {part.item: part for part in reach}
    for key, values in kept:
        if key == "outside":
            yield _beyond(labels, known[str(values["item"])], float(values["asked"]))
        elif key == "earlier_waves" and values["wave"] not in str(values["waves"]).split():
            yield _remark(labels, "not_known_yet", values)
        elif key not in (*_BY_OUTCOME, "one_wave", "untested"):
            yield _remark(labels, key, values)
    yield from _grouped(labels, kept)


def _grouped(labels: Labels, notes: Sequence[Note]) -> Iterator[str]:
    """Sentences that name several outcomes, or several items of one outcome."""
    for key in ("untested", "one_wave"):
        outcomes = dict.fromkeys(str(v["outcome"]) for k, v in notes if k == key)
        if outcomes:
            told = labels.joined([labels.outcome(name) for name in outcomes])
            yield catalogued(labels, key, outcomes=told)
    for key in _BY_OUTCOME:
        details: dict[str, dict[str, None]] = {}
        for k, values in notes:
            if k == key:
                told = (
                    formatting.p_is(float(values["p"])) if "p" in values else labels.item(str(values["item"]))
                )
                details.setdefault(labels.outcome(str(values["outcome"])), {})[told] = None
        if details:
            parts = [
                catalogue("workbench")(
                    "whatif.note.detail",
                    labels.language,
                    outcome=outcome,
                    detail=labels.joined(list(told), _MOST_ITEMS),
                )
                for outcome, told in details.items()
            ]
            yield catalogued(labels, key, outcomes=labels.joined(parts, _MOST_OUTCOMES))


def _remark(labels: Labels, key: str, values: Mapping[str, float | str]) -> str:
    told: dict[str, object] = dict(values)
    for name in ("item", "other"):
        if name in values:
            told[name] = labels.item(str(values[name]))
    for name in ("outcome", "score"):
        if name in values:
            told[name] = labels.outcome(str(values[name]))
    if "waves" in values:
        told["waves"] = labels.joined([labels.wave(wave) for wave in str(values["waves"]).split()])
    if "r" in values:
        told["r"] = formatting.number(float(values["r"]), 2)
    for name in ("events", "needed", "lines"):
        if name in values:
            told[name] = formatting.number(float(values[name]), 0)
    return catalogued(labels, key, **told)


def catalogued(labels: Labels, key: str, **values: object) -> str:
    """Return the sentence of a remark."""
    return labels.spaced(catalogue("workbench")(f"whatif.note.{key}", labels.language, **values))


def without_model(labels: Labels, missing: Iterable[Note], shown: Sequence[str]) -> Iterator[str]:
    """Yield why outcomes have no model."""
    for key, values in missing:
        outcome = str(values["outcome"])
        if outcome in shown:
            told = {name: formatting.number(float(values[name]), 0) for name in values if name != "outcome"}
            sentence = catalogue("workbench")(
                f"whatif.missing.{key}", labels.language, outcome=labels.outcome(outcome), **told
            )
            yield labels.spaced(sentence)


def revenue(labels: Labels, found: RevenueAtRisk) -> Iterator[str]:
    """Yield what the revenue at risk is, how it moves, and what is not in it."""
    settings = labels.study.what_if
    unit = labels.label(settings.value.unit) if settings and settings.value else ""
    yield say(
        labels,
        "revenue",
        outcome=labels.outcome(found.outcome),
        total=formatting.number(found.total, 0),
        unit=unit,
        accounts=labels.count(found.accounts),
        amount=formatting.number(found.at_risk.value, 0),
        amounts=limits(found.at_risk, lambda value: formatting.number(value, 0)),
        share=level("share", found.share.value),
    )
    yield say(
        labels,
        "revenue.change",
        unit=unit,
        change=formatting.signed(found.amount_change.value, 0),
        changes=labels.signed_limits(found.amount_change, lambda value: formatting.signed(value, 0)),
        share=change("share", found.change.value),
        shares=interval(labels, "share", found.change),
        level=labels.level,
    )
    if found.without_revenue or found.without_prediction or found.already_lost:
        counts = {
            "without_revenue": labels.count(found.without_revenue),
            "without_prediction": labels.count(found.without_prediction),
            "already_lost": labels.count(found.already_lost),
        }
        yield say(labels, "revenue.left_out", **counts)


def level_now(model: OutcomeModel) -> str:
    """Return the level of an outcome now; a dash where it may not be shown."""
    return formatting.NONE if isinstance(model.now, TooFew) else level(model.unit, model.now.value)
