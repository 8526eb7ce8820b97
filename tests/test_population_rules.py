"""Margins of the population and a calibration to them: every broken rule is said at its place."""

from __future__ import annotations

import pytest
from small_study import MINIMAL, changed, found, line_of, only

RULES = [
    ("{tier: {甲: 10, 乙: 20}}", "{1st: {甲: 10}}", "study_bad_margin", "design.population.1st"),
    (
        "{tier: {甲: 10, 乙: 20}}",
        "{tier × tier: {甲 × 甲: 10}}",
        "study_margin_column_twice",
        "design.population.tier × tier",
    ),
    (
        "{tier: {甲: 10, 乙: 20}}",
        "{tier: {甲: 10, 乙: 20}}\n  calibration: {margins: [region]}",
        "study_margin_unknown",
        "design.calibration.margins[0]",
    ),
    (
        "{tier: {甲: 10, 乙: 20}}",
        "{tier: {甲: 10, 乙: 20}}\n  calibration: {margins: [tier, tier]}",
        "study_listed_twice",
        "design.calibration.margins[1]",
    ),
    (
        "{tier: {甲: 10, 乙: 20}}",
        "{}\n  calibration: {}",
        "study_calibration_without_population",
        "design.calibration",
    ),
    (
        "{tier: {甲: 10, 乙: 20}}",
        "{tier: {甲: 10, 乙: 20}}\n  calibration: {trim: 0.9}",
        "study_trim_low",
        "design.calibration.trim",
    ),
    (
        "{tier: {甲: 10, 乙: 20}}",
        "{tier: {甲: 10, 乙: 20}}\n  calibration: {least_ratio: 1.2}",
        "study_not_below",
        "design.calibration.least_ratio",
    ),
    (
        "{tier: {甲: 10, 乙: 20}}",
        "{tier: {甲: 10, 乙: 20}}\n  calibration: {unknown: 未知}",
        "study_unknown_without_total",
        "design.calibration.unknown",
    ),
    (
        "{tier: {甲: 10, 乙: 20}}",
        "{tier: {甲: 10, 乙: 20}}\n  lonely_stratum: averge",
        "study_not_allowed_near",
        "design.lonely_stratum",
    ),
    (
        "{tier: {甲: 10, 乙: 20}}",
        "{tier: {甲: 10, 乙: 20}}\n  stratum_clusters: {丙: 5}",
        "study_total_unknown",
        "design.stratum_clusters.丙",
    ),
    (
        "{tier: {甲: 10, 乙: 20}}",
        "{tier: {甲: 10, 乙: 20}}\n  stratum_clusters: {甲 × 乙: 5}",
        "study_total_unknown",
        "design.stratum_clusters.甲 × 乙",
    ),
    (
        "{tier: {甲: 10, 乙: 20}}",
        "{tier: {甲: 10, 乙: 20}}\n  stratum_clusters: {甲: 0.2}",
        "study_stratum_empty",
        "design.stratum_clusters.甲",
    ),
    (
        "stratum: [tier]",
        "stratum_clusters: {甲: 5}",
        "study_clusters_without_stratum",
        "design.stratum_clusters",
    ),
    (
        "start: 2026-03-01, end: 2026-04-01}",
        "start: 2026-03-01, end: 2026-04-01, population: {tier: {甲: 1}}}",
        "study_total_absent",
        "waves[1].population.tier",
    ),
]


@pytest.mark.parametrize(("before", "after", "code", "key"), RULES, ids=[f"{r[2]}-{r[3]}" for r in RULES])
def test_a_broken_rule_is_said_once_at_its_place(before: str, after: str, code: str, key: str) -> None:
    problems = found(changed(before, after))
    assert [(said, place) for said, _, place in problems] == [(code, key)]
    line = problems[0][1]
    assert line is not None
    first = line_of(MINIMAL, before)
    assert first <= line <= first + after.count("\n")


TWO_COLUMNS = changed(
    "  - {id: lost, label:", "  - {id: north, label: {zh: 北, en: N}, kind: category}\n  - {id: lost, label:"
)


def margins(population: str, more: str = "") -> str:
    """The minimal study with a second category column ``north``, other margins and a calibration."""
    text = TWO_COLUMNS.replace("population: {tier: {甲: 10, 乙: 20}}", f"population: {population}")
    return text.replace("waves:\n", f"  calibration: {{{more}}}\nwaves:\n")


def test_cells_of_a_crossing_name_a_category_of_each_column() -> None:
    good = "{tier × north: {甲 × a: 10, 乙 * b: 20}}"
    assert found(margins(good)) == []
    for cell, code in (("甲", "study_cell_parts"), ("丙 × a", "study_total_unknown")):
        wrong = only(margins(good.replace("甲 × a", cell)))
        assert (wrong.code, wrong.place.key) == (code, f"design.population.tier × north.{cell}")


def test_margins_of_one_calibration_count_the_same_people() -> None:
    text = "{tier: {甲: 10, 乙: 20}, north: {a: 12, b: %s}}"
    assert found(margins(text % 18)) == []
    wrong = only(margins(text % 19))
    assert (wrong.code, wrong.place.key) == ("study_totals_differ", "design.population")
    assert "tier: 30" in wrong.message("en")
    assert "north: 31" in wrong.message("zh")
    # Shares have no total of their own, and a margin that is not used does not count.
    assert found(margins("{tier: {甲: 10, 乙: 20}, north: {a: 33.3, b: 66.6}}")) == []
    assert found(margins(text % 19, "margins: [tier]")) == []


def test_a_wave_may_have_margins_of_its_own_that_fit_the_others() -> None:
    text = margins("{tier: {甲: 10, 乙: 20}, north: {a: 12, b: 18}}")
    place = "end: 2026-04-01}"
    good = text.replace(place, "end: 2026-04-01, population: {tier: {甲: 11, 乙: 19}}}")
    assert found(good) == []
    wrong = only(good.replace("乙: 19", "乙: 20"))
    assert (wrong.code, wrong.place.key) == ("study_totals_differ", "waves[1].population")


def test_post_stratification_takes_one_classification() -> None:
    text = margins("{tier: {甲: 10, 乙: 20}, north: {a: 12, b: 18}}", "method: post_stratification")
    wrong = only(text)
    assert (wrong.code, wrong.place.key) == (
        "study_post_stratification_margins",
        "design.calibration.method",
    )
    assert found(text.replace("post_stratification}", "post_stratification, margins: [north]}")) == []


def test_blanks_of_a_margin_need_a_total() -> None:
    optional = TWO_COLUMNS.replace(
        "{zh: 北, en: N}, kind: category", "{zh: 北, en: N}, kind: category, optional: true"
    )
    text = optional.replace("{tier: {甲: 10, 乙: 20}}", "{north: {a: 1, b: 2, 不详: 3}}")
    assert only(text).code == "study_column_optional"
    assert found(text.replace("waves:\n", "  calibration: {unknown: 不详}\nwaves:\n")) == []
