"""A believable truth for any study, and truth files that say more about one.

The default knows only what the study says: constructs become factors, arrows become coefficients,
routing questions become events. A truth file names what differs; whatever it leaves out keeps the
default, so a file that declares one level is a whole truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from survey.definition import read_study_text
from survey.errors import Place, Problem, ProblemsError
from survey.language import LANGUAGES, catalogue, listing
from survey.opinions import parts_in_order
from survey.questions import Column, Item
from survey.study import Study
from survey.truth import Amount, ColumnTruth, Event, Factor, Frame, Inputs, ItemTruth, Truth
from survey.yaml_lines import Location, read_yaml

PULL = 0.8  # what the inputs of a construct add up to; the rest is its own


class TruthProblems(ProblemsError):
    """A truth file that cannot be used."""


def load_truth(path: Path | None, study: Study) -> Truth:
    """Read a truth file over the default truth of ``study``; without a file, the default.

    Raises
    ------
    TruthProblems
        With every unknown name and every value out of bounds.
    """
    default = default_truth(study)
    if path is None:
        return default
    read, problems = read_yaml(read_study_text(path), path.name)
    try:
        truth = Truth.model_validate(_merged(document(default), read.root.plain()))
    except ValidationError as error:
        wrong = [
            Problem(
                "truth_value",
                read.place(one["loc"]),
                {"reason": _reason(one), "value": repr(one["input"])[:60]},
            )
            for one in error.errors()
        ]
        raise TruthProblems([*problems, *wrong]) from None
    if problems := (*problems, *unknown_names(truth, study, read.place)):
        raise TruthProblems(problems)
    try:
        parts_in_order(study, truth)
    except CycleError as error:
        names = " → ".join(name for _, name in error.args[1])
        raise TruthProblems([Problem("truth_cycle", Place(path.name), {"names": names})]) from None
    return truth


def _reason(error: Mapping[str, Any]) -> Mapping[str, str]:
    """Return in each language what pydantic has against a value."""
    kind, said = str(error["type"]), {key: str(value) for key, value in error.get("ctx", {}).items()}
    text, key = catalogue("survey"), f"truth.wrong.{kind}"
    if key not in text:
        key = "truth.wrong.number" if kind.startswith(("float", "int", "finite")) else "truth.wrong.other"
    return {language: text(key, language, **said) for language in LANGUAGES}


def document(truth: Truth) -> dict[str, Any]:
    """Return a truth as plain values: what is written, and what reads back equal."""
    return truth.model_dump(mode="json", by_alias=True)


def _merged(default: Any, said: Any, depth: int = 0) -> Any:
    """Lay ``said`` over ``default`` down to the fields of one item, factor or column."""
    if depth == 3 or not (isinstance(default, dict) and isinstance(said, dict)):
        return said
    return default | {key: _merged(default.get(key), value, depth + 1) for key, value in said.items()}


def unknown_names(truth: Truth, study: Study, place: Callable[[Location], Place]) -> Iterable[Problem]:
    """Yield a problem for every name in ``truth`` that neither it nor the study declares.

    ``place`` tells where a key stands.
    """
    items, factors, columns = set(study.item_by_id), set(truth.factors), set(study.column_by_id)
    flags = {name for name, told in truth.columns.items() if told.event}

    def check(key: str, names: Iterable[str], known: set[str]) -> Iterable[Problem]:
        for name in sorted(set(names) - known):
            values = {"name": name, "known": listing(sorted(known))}
            yield Problem("truth_name", place((*key.split("."), name)), values)

    yield from check("items", truth.items, items)
    yield from check("events", truth.events, items)
    yield from check("columns", truth.columns, columns)
    yield from check("groups", truth.groups, columns)
    yield from check("comments.items", truth.comments.items, items)
    yield from check("frame.leaves", filter(None, [truth.frame.leaves]), flags)
    yield from check("frame.sampling", truth.frame.sampling, columns)
    for item, told in truth.items.items():
        yield from check(f"items.{item}.factor", [told.factor] if told.factor else [], factors)
    functions: dict[str, Inputs] = {f"factors.{name}": factor for name, factor in truth.factors.items()}
    functions |= {f"events.{name}": event for name, event in truth.events.items()}
    functions |= {f"columns.{name}.event": one.event for name, one in truth.columns.items() if one.event}
    for key, function in functions.items():
        yield from check(f"{key}.items", function.items, items)
        yield from check(f"{key}.factors", function.factors, factors)
    for name, factor in truth.factors.items():
        yield from check(f"factors.{name}.products", (of for p in factor.products for of in p.of), factors)
    for name, event in truth.events.items():
        yield from check(f"events.{name}.shifts", event.shifts, items)
    for column, categories in truth.groups.items():
        for category, shifts in categories.items():
            yield from check(f"groups.{column}.{category}", shifts, items | factors | {"all"})


def default_truth(study: Study) -> Truth:
    """Return a truth derived from the study alone."""
    gates = {item.asked_if.item for item in study.items if item.asked_if}
    events = {item.id: _event(item, study) for item in study.items if _is_yes_or_no(item, study)}
    factors = _factors(study)
    home = {item: construct.id for construct in study.constructs for item in construct.items}
    for branch in study.index.children:
        for leaf in branch.leaves():
            if leaf.item is not None and leaf.item not in home and branch.id:
                factors.setdefault(branch.id, Factor())
                home[leaf.item] = branch.id
    for outcome in study.outcomes:
        if loose := [item for item in outcome.items if item not in home and item not in events]:
            factors.setdefault(outcome.id, Factor(items=_evenly(study, gates), spread=6.0))
            home |= dict.fromkeys(loose, outcome.id)
    main = _main_factor(study, home)
    return Truth(
        frame=_frame(study),
        factors=factors,
        items={item.id: ItemTruth(factor=home.get(item.id)) for item in study.items if item.id not in events},
        events=events,
        columns={column.id: _column(column, study, main) for column in study.columns},
    )


def _factors(study: Study) -> dict[str, Factor]:
    """Constructs with the arrows that lead to them, in an order in which causes come first."""
    sources: dict[str, list[str]] = {construct.id: [] for construct in study.constructs}
    for path in study.paths:
        sources[path.target].append(path.source)
    try:
        order = list(TopologicalSorter(sources).static_order())
    except CycleError:  # only the arrows that point forward in the questionnaire are simulated
        order = list(sources)
    place = {name: rank for rank, name in enumerate(order)}
    return {
        name: Factor(
            factors={
                source: PULL / len(sources[name]) for source in sources[name] if place[source] < place[name]
            },
            spread=5.0 if sources[name] else 4.0,
        )
        for name in order
    }


def _evenly(study: Study, gates: set[str]) -> dict[str, float]:
    leaves = [leaf.item for leaf in study.index.leaves() if leaf.item is not None and leaf.item not in gates]
    return {leaf: PULL / len(leaves) for leaf in leaves}


def _is_yes_or_no(item: Item, study: Study) -> bool:
    low, high = study.scales[item.scale].ends
    return high - low == 1


def _event(item: Item, study: Study) -> Event:
    low, high = study.scales[item.scale].ends
    opening = [
        other.asked_if.answers for other in study.items if other.asked_if and other.asked_if.item == item.id
    ]
    code = opening[0][0] if opening else low
    return Event(base=-0.4, code=code, otherwise=low + high - code)


def _frame(study: Study) -> Frame:
    """Several contacts an account only where the study says that respondents come in clusters."""
    single = study.design.cluster is None or study.design.cluster == study.design.respondent
    churn = [outcome.column for outcome in study.outcomes if outcome.kind == "churn"]
    leaves = next((column for column in churn if column is not None), None)
    return Frame(contacts={"": (1.0,)}, leaves=leaves) if single else Frame(leaves=leaves)


def _main_factor(study: Study, home: Mapping[str, str]) -> str | None:
    """The factor behind the first outcome that drivers are sought for."""
    wanted = study.drivers.outcomes if study.drivers else tuple(study.outcome_by_id)
    items = [item for outcome in wanted for item in study.outcome_by_id[outcome].items]
    return next((home[item] for item in items if item in home), None)


def _column(column: Column, study: Study, main: str | None) -> ColumnTruth:
    """Shares as known of the population; renewal follows the main factor and churn opposes it."""
    if column.kind == "category":
        known: Mapping[str, float] = study.design.population.get(column.id, {})
        values = [category.value for category in column.categories] or ["A", "B", "C"]
        return ColumnTruth(shares={value: known.get(value, 1.0) for value in values})
    if column.kind == "flag":
        kinds = {outcome.kind for outcome in study.outcomes if outcome.column == column.id}
        sign = ("renewal" in kinds) - ("churn" in kinds)
        slope = {main: 0.05 * sign} if main and sign else {}
        return ColumnTruth(event=Event(base=1.5 * sign, factors=slope))
    if column.kind == "number":
        low, high = column.minimum or 0.0, column.maximum
        return ColumnTruth(amount=Amount(median=max(low + 1.0, (low + high) / 4 if high else 10.0)))
    return ColumnTruth()
