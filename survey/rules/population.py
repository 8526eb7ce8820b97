"""The population: margins that name every category, and a calibration that can use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from survey.language import listing
from survey.margin_names import cell_of, columns_of, parts_of
from survey.rules.review import Review
from survey.rules.structure import check_kind
from survey.yaml_lines import Location

Totals = Mapping[str, float]

# Shares add up to 1 or to 100 but for rounding; margins that count people agree to the digit.
_SHARES, _SHARE_ROUNDING, _ROUNDING = (1.0, 100.0), 0.005, 1e-6


def check_population(review: Review) -> None:
    """Margins name every category of a column, or cells of several, each with a positive total."""
    for location, name, totals in _margins(review):
        for value, total in totals.items():
            if not 0 < total < float("inf"):
                review.add("study_total_not_positive", *location, value, value=value, total=f"{total:g}")
        columns = columns_of(name)
        usable = [_usable(review, column, totals, location) for column in dict.fromkeys(columns)]
        if len(usable) < len(columns):
            review.add("study_margin_column_twice", *location, name=name)
        elif all(usable):
            _check_cells(review, columns, totals, location)


def check_calibration(review: Review) -> None:
    """A calibration names margins of the population that count the same people."""
    plan, given = review.study.design.calibration, review.study.design.population
    if plan is None:
        return
    here = ("design", "calibration")
    if not given:
        review.add("study_calibration_without_population", *here)
        return
    known = {columns_of(name): name for name in given}
    used: list[tuple[str, ...]] = []
    for index, name in enumerate(plan.margins):
        columns = columns_of(name)
        if columns not in known:
            review.add("study_margin_unknown", *here, "margins", index, name=name, known=listing(given))
        elif columns in used:
            review.add("study_listed_twice", *here, "margins", index, name=name)
        else:
            used.append(columns)
    used = used or list(known)
    if plan.method == "post_stratification" and len(used) > 1:
        names = listing(known[columns] for columns in used)
        review.add("study_post_stratification_margins", *here, "method", n=len(used), names=names)
    if 0 < plan.trim <= 1:
        review.add("study_trim_low", *here, "trim", value=f"{plan.trim:g}")
    if plan.unknown is not None and not any(_counts_blanks(review, part) for _, _, part in _margins(review)):
        review.add("study_unknown_without_total", *here, "unknown", value=plan.unknown)
    _check_totals(review, used)


def check_stratum_clusters(review: Review) -> None:
    """Strata of the population are those of the design, with at least one cluster each."""
    design = review.study.design
    here = ("design", "stratum_clusters")
    if design.stratum_clusters and not design.stratum:
        review.add("study_clusters_without_stratum", *here)
        return
    for stratum, total in design.stratum_clusters.items():
        if not total >= 1:
            review.add("study_stratum_empty", *here, stratum, stratum=stratum, total=f"{total:g}")
        if all(column in review.study.column_by_id for column in design.stratum):
            _check_cell(review, design.stratum, stratum, (*here, stratum))


def _margins(review: Review) -> Iterator[tuple[Location, str, Totals]]:
    """Yield every margin with its place: those of the design, then those of single waves."""
    for name, totals in review.study.design.population.items():
        yield ("design", "population", name), name, totals
    for index, wave in enumerate(review.study.waves):
        for name, totals in wave.population.items():
            yield ("waves", index, "population", name), name, totals


def _usable(review: Review, column: str, totals: Totals, location: Location) -> bool:
    """Whether a column can be a margin: of categories, and never blank unless blanks have a total."""
    return check_kind(review, column, "category", *location, given=not _counts_blanks(review, totals))


def _counts_blanks(review: Review, totals: Totals) -> bool:
    unknown = _unknown(review)
    return unknown is not None and any(unknown in (cell, *parts_of(cell)) for cell in totals)


def _unknown(review: Review) -> str | None:
    plan = review.study.design.calibration
    return plan.unknown if plan is not None else None


def _check_cells(review: Review, columns: tuple[str, ...], totals: Totals, location: Location) -> None:
    """Compare a margin with the declared categories; a column without them admits any value."""
    for cell in totals:
        _check_cell(review, columns, cell, (*location, cell))
    # Cells of a crossing in which nobody is have no total; a category without one is a slip.
    if len(columns) == 1 and not _unread(review, columns[0]):
        values = [category.value for category in review.study.column_by_id[columns[0]].categories]
        absent = [value for value in values if value not in totals]
        if absent:
            review.add("study_total_absent", *location, name=columns[0], values=listing(absent))


def _check_cell(review: Review, columns: tuple[str, ...], cell: str, location: Location) -> None:
    parts = parts_of(cell) if len(columns) > 1 else (cell,)
    if len(parts) != len(columns):
        values = {"value": cell, "n": len(columns), "pattern": cell_of(columns)}
        review.add("study_cell_parts", *location, **values)
        return
    for column, part in zip(columns, parts, strict=True):
        values_known = [category.value for category in review.study.column_by_id[column].categories]
        if values_known and part not in (*values_known, _unknown(review)) and not _unread(review, column):
            known = listing(values_known)
            review.add("study_total_unknown", *location, value=part, name=column, values=known)


def _unread(review: Review, name: str) -> bool:
    """Whether the file declares categories of the column that could not be read."""
    index = next(i for i, column in enumerate(review.study.columns) if column.id == name)
    location = review.draft.location(("columns", index, "categories"))
    node = review.document.node(location)
    return node is not None and len(node.children) != len(review.study.columns[index].categories)


def _check_totals(review: Review, used: list[tuple[str, ...]]) -> None:
    """Margins that count people count the same number, in the design and in every wave."""
    base = {columns_of(name): totals for name, totals in review.study.design.population.items()}
    _check_agreement(review, {key: base[key] for key in used}, ("design", "population"))
    for index, wave in enumerate(review.study.waves):
        own = {columns_of(name): totals for name, totals in wave.population.items()}
        if any(key in used for key in own):
            merged = {key: own.get(key, base[key]) for key in used}
            _check_agreement(review, merged, ("waves", index, "population"))


def _check_agreement(review: Review, margins: Mapping[tuple[str, ...], Totals], location: Location) -> None:
    sums = {cell_of(columns): sum(totals.values()) for columns, totals in margins.items()}
    counted = {
        name: total
        for name, total in sums.items()
        if not any(abs(total / whole - 1) <= _SHARE_ROUNDING for whole in _SHARES)
    }
    if counted and max(counted.values()) - min(counted.values()) > _ROUNDING * max(counted.values()):
        told = listing(f"{name}: {total:.15g}" for name, total in counted.items())
        review.add("study_totals_differ", *location, totals=told)
