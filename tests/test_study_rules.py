"""Everything that can be wrong with a study is said: once, at its line, and whatever else is wrong."""

from __future__ import annotations

import pytest
from small_study import MINIMAL, changed, found, line_of, only

from survey.definition import examine, parse_study
from survey.errors import StudyProblems
from survey.questions import MAX_COLUMNS

# Each case: what is changed, and the one error that follows, at the line where the new text stands.
SHAPES = [
    ("title:", "titel:", "study_unknown_key_near", "titel"),
    (
        "organisation: {zh: 单位, en: Body}",
        "organisation: 单位",
        "study_text_without_languages",
        "organisation",
    ),
    ("{zh: 调查, en: Survey}", "{zh: 调查}", "study_missing_language", "title.en"),
    (
        "    - care\n",
        "    - {id: b, label: {zh: 乙}, children: [care]}\n",
        "study_missing_language",
        "index.children[1].label.en",
    ),
    (
        "    - care\n",
        "    - {id: 9, label: {zh: 乙, en: B}, children: [care]}\n",
        "study_bad_id",
        "index.children[1].id",
    ),
    ("{zh: 调查, en: Survey}", "{zh: 调查, en: '  '}", "study_no_value", "title.en"),
    ("id: small", "id: 小研究", "study_bad_id", "id"),
    ("id: small", "id:", "study_no_value", "id"),
    ("outcomes: [overall]", "outcomes: [满意度]", "study_bad_reference", "drivers.outcomes[0]"),
    ("cluster: account", "cluster: 客户", "study_bad_reference", "design.cluster"),
    ("id: small", f"id: {'x' * 65}", "study_too_long", "id"),
    ("csat: 1", "csat: 2", "study_not_allowed", "csat"),
    ("ends: [1, 10]", "ends: [1]", "study_ends_shape", "scales.ten.ends"),
    ("ends: [1, 10]", "ends: 1-10", "study_ends_shape", "scales.ten.ends"),
    ("98: {kind: dont_know}", "98: {kind: dontknow}", "study_not_allowed_near", "scales.ten.blanks[98].kind"),
    ("98: {kind: dont_know}", "x9: {kind: dont_know}", "study_code_not_whole", "scales.ten.blanks.x9"),
    ("weight: 2}", "weight: -0.2}", "study_negative_weight", "index.children[0].weight"),
    ("weight: 2}", "weight: heavy}", "study_wrong_type", "index.children[0].weight"),
    ("weight: 2}", "weight: .nan}", "study_not_finite", "index.children[0].weight"),
    ("weight: 2}", "weight: 1e7}", "study_above", "index.children[0].weight"),
    ("start: 2026-03-01", "invited: 0, start: 2026-03-01", "study_below", "waves[1].invited"),
    ("drivers: {", "drivers: {probability: 1.0, ", "study_not_below", "drivers.probability"),
    ("drivers: {", "drivers: {probability: 0.5, ", "study_not_above", "drivers.probability"),
    ("id: 2026, label", "id: 2026 Q1, label", "study_bad_wave_id", "waves[1].id"),
    ("start: 2026-03-01", "start: 2026-02-30", "study_bad_date", "waves[1].start"),
    ("start: 2026-03-01", "start: 20260301", "study_bad_date", "waves[1].start"),
    ("start: 2026-03-01", "start: 0", "study_bad_date", "waves[1].start"),
    ("outcomes: [overall]", "outcomes: []", "study_list_too_short", "drivers.outcomes"),
    ("kind: churn, column", "kind: churn, x: 1, column", "study_unknown_key", "outcomes[1].x"),
    ("facet: procedural, ", "", "study_missing_key", "switching_costs[0].facet"),
    ("paths:\n  - {from", "paths:\n  one: {from", "study_wrong_type", "paths"),
]


@pytest.mark.parametrize(("before", "after", "code", "key"), SHAPES, ids=[f"{s[2]}-{s[3]}" for s in SHAPES])
def test_a_wrong_shape_is_said_once_at_its_line(before: str, after: str, code: str, key: str) -> None:
    assert found(changed(before, after)) == [(code, line_of(MINIMAL, before), key)]


RULES = [
    ("ends: [1, 10]", "ends: [5, 5]", "study_ends_equal", "scales.ten.ends"),
    ("ends: [1, 10]", "ends: [10, 1]", "study_ends_reversed", "scales.ten.ends"),
    ("ends: [1, 10]", "ends: [100, 1101]", "study_ends_wide", "scales.ten.ends"),
    ("ends: [1, 10]", "ends: [-1, 10]", "study_ends_negative", "scales.ten.ends"),
    ("ends: [1, 10]", "ends: [32000, 32001]", "study_code_large", "scales.ten.ends"),
    ("98: {kind: dont_know}", "32001: {kind: blank}", "study_code_large", "scales.ten.blanks[32001]"),
    ("98: {kind: dont_know}", "10: {kind: dont_know}", "study_blank_inside", "scales.ten.blanks[10]"),
    (
        "ends: [1, 10]",
        "ends: [1, 10]\n    labels: {11: {zh: 好, en: Good}}",
        "study_label_outside",
        "scales.ten.labels[11]",
    ),
    (
        "98: {kind: dont_know}",
        "98: {kind: dont_know, label: {zh: 无, en: None}}\n"
        "      99: {kind: refused, label: {zh: 拒答, en: none}}",
        "study_wording_twice",
        "scales.ten.blanks[99].label.en",
    ),
    ("id: comment", "id: speed", "study_id_twice", "open_questions[0].id"),
    (
        "columns:\n",
        "columns:\n  - {id: care, label: {zh: 关怀, en: Kind}, kind: text}\n",
        "study_id_twice",
        "items[1].id",
    ),
    ("id: third", "id: service", "study_id_twice", "constructs[2].id"),
    ("id: churn", "id: overall", "study_id_twice", "outcomes[1].id"),
    ("id: 2026,", "id: 2025,", "study_id_twice", "waves[1].id"),
    ("en: Anything else", "en: how  FAST it IS", "study_header_twice", "open_questions[0].text.en"),
    ("kind: flag}", "kind: flag, aliases: [速度]}", "study_header_twice", "items[0].label.zh"),
    (
        "      - {value: 乙,",
        "      - {value: 甲, label: {zh: 丙, en: C}}\n      - {value: 乙,",
        "study_category_twice",
        "columns[1].categories[1].value",
    ),
    ("{zh: 乙, en: B}", "{zh: 乙, en: a}", "study_category_ambiguous", "columns[1].categories[1]"),
    ("kind: number", "kind: number, minimum: 2, maximum: 1", "study_limits_reversed", "columns[3].minimum"),
    ("kind: flag", "kind: flag, minimum: 2", "study_limit_elsewhere", "columns[2].minimum"),
    (
        "kind: flag",
        "kind: flag, categories: [{value: x, label: {zh: x, en: x}}]",
        "study_categories_elsewhere",
        "columns[2].categories",
    ),
    ("en: Care}\n    scale: ten", "en: Care}\n    scale: percent", "study_unknown_scales", "items[1].scale"),
    ("outcomes: [overall]", "outcomes: [overal]", "study_unknown_outcomes_near", "drivers.outcomes[0]"),
    (
        "  actions:\n",
        "  actions:\n"
        "    - {item: speed, what: {zh: 先, en: First}, owner: {zh: 处, en: Desk}, due: 2026-11-30}\n",
        "study_action_twice",
        "reporting.actions[1].item",
    ),
    ("    - care", "    - caer", "study_unknown_items_near", "index.children[1].item"),
    ("    - care", "    - nothing", "study_unknown_items", "index.children[1].item"),
    ("    - care", "    - speed", "study_item_twice_in_index", "index.children[1].item"),
    ("    - care", "    - {weight: 1}", "study_node_empty", "index.children[1]"),
    ("    - care", "    - {item: care, children: [price]}", "study_node_both", "index.children[1]"),
    (
        "    - care",
        "    - {id: b, label: {zh: 乙, en: B}, children: [{item: care, weight: 0}]}",
        "study_branch_weightless",
        "index.children[1].children",
    ),
    (
        "    - care",
        "    - {label: {zh: 乙, en: B}, children: [care]}",
        "study_branch_without_id",
        "index.children[1]",
    ),
    ("    - care", "    - {id: b, children: [care]}", "study_branch_without_label", "index.children[1]"),
    (
        "    - care",
        "    - {id: speed, label: {zh: 乙, en: B}, children: [care]}",
        "study_node_named_as_item",
        "index.children[1].id",
    ),
    (
        "    - care",
        "    - {id: satisfaction, label: {zh: 乙, en: B}, children: [care]}",
        "study_id_twice",
        "index.children[1].id",
    ),
    (
        "Service}, items: [speed, care]",
        "Service}, items: [speed, cares]",
        "study_unknown_items_near",
        "constructs[0].items[1]",
    ),
    (
        "Service}, items: [speed, care]",
        "Service}, items: [speed, speed]",
        "study_listed_twice",
        "constructs[0].items[1]",
    ),
    ("from: service", "from: srevice", "study_unknown_constructs_near", "paths[0].from"),
    ("to: result", "to: elsewhere", "study_unknown_constructs", "paths[0].to"),
    ("to: result", "to: service", "study_path_to_itself", "paths[0]"),
    ("to: result}", "to: result}\n  - {from: service, to: result}", "study_path_twice", "paths[1]"),
    ("column: lost", "column: lost, items: [overall]", "study_outcome_both", "outcomes[1]"),
    ("kind: churn, column: lost", "kind: churn", "study_outcome_empty", "outcomes[1]"),
    ("column: lost", "column: tier", "study_column_kind", "outcomes[1].column"),
    ("column: lost", "column: lots", "study_unknown_columns_near", "outcomes[1].column"),
    ("outcomes: [overall]", "outcomes: [nothing]", "study_unknown_outcomes", "drivers.outcomes[0]"),
    ("outcomes: [overall]", "outcomes: [overall, overall]", "study_listed_twice", "drivers.outcomes[1]"),
    ("{items: [speed, care]", "{items: [speed, overall]", "study_driver_in_outcome", "drivers.items[1]"),
    ("{items: [speed, care]", "{items: [speed]", "study_driver_alone", "drivers"),
    ("{items: [speed, care]", "{items: [speed, nothing]", "study_unknown_items", "drivers.items[1]"),
    (
        "{items: [speed, care]",
        "{always: [care], items: [speed, care]",
        "study_always_driver",
        "drivers.always[0]",
    ),
    (
        "{items: [speed, care]",
        "{always: [overall], items: [speed, care]",
        "study_always_outcome",
        "drivers.always[0]",
    ),
    (
        "{items: [speed, care]",
        "{always: [x], items: [speed, care]",
        "study_unknown_items",
        "drivers.always[0]",
    ),
    (
        "facet: procedural, items: [overall]",
        "facet: procedural, items: [x]",
        "study_unknown_items",
        "switching_costs[0].items[0]",
    ),
    ("en: Tier}, column: tier", "en: Tier}, column: account", "study_column_kind", "segments[0].column"),
    ("weight: weight", "weight: account", "study_column_kind", "design.weight"),
    ("weight: weight", "respondent: lost", "study_column_kind", "design.respondent"),
    ("cluster: account", "cluster: nowhere", "study_unknown_columns", "design.cluster"),
    ("stratum: [tier]", "stratum: [tier, tier]", "study_listed_twice", "design.stratum[1]"),
    ("kind: number}", "kind: number, optional: true}", "study_column_optional", "design.weight"),
    ("{甲: 10, 乙: 20}", "{甲: 10}", "study_total_absent", "design.population.tier"),
    ("{甲: 10, 乙: 20}", "{甲: 10, 乙: 20, 丙: 1}", "study_total_unknown", "design.population.tier.丙"),
    ("{甲: 10, 乙: 20}", "{甲: 0, 乙: 20}", "study_total_not_positive", "design.population.tier.甲"),
    ("{tier: {甲: 10, 乙: 20}}", "{regoin: {甲: 10}}", "study_unknown_columns", "design.population.regoin"),
    ("end: 2026-04-01", "end: 2026-02-01", "study_wave_reversed", "waves[1].end"),
    ("start: 2026-03-01", "start: 2024-03-01", "study_waves_unordered", "waves[1].start"),
    ("start: 2026-03-01", "start: 2025-04-01", "study_waves_overlap", "waves[1].start"),
    (
        "reporting:",
        "reporting:\n  disclosure_limit: 31\n  minimum_base: 30",
        "study_base_below_disclosure",
        "reporting.minimum_base",
    ),
    ("- {item: speed, what", "- {item: sped, what", "study_unknown_items_near", "reporting.actions[0].item"),
]


@pytest.mark.parametrize(("before", "after", "code", "key"), RULES, ids=[f"{r[2]}-{r[3]}" for r in RULES])
def test_a_broken_rule_is_said_once_at_its_place(before: str, after: str, code: str, key: str) -> None:
    text = changed(before, after)
    problems = found(text)
    assert [(said, place) for said, _, place in problems] == [(code, key)]
    assert problems[0][1] is not None
    first, last = line_of(MINIMAL, before), line_of(MINIMAL, before) + after.count("\n")
    elsewhere = {"items[1].id", "items[0].label.zh", "design.weight"}
    assert first <= problems[0][1] <= last or key in elsewhere


def routed(*gates: str) -> str:
    """The minimal study with routing: ``gates`` are the conditions of speed, care and overall."""
    text = MINIMAL
    for item, gate in zip(("Speed}", "Care}", "Overall}\n    scale"), gates, strict=True):
        if gate:
            spot = f"en: {item}" if "scale" in item else f"en: {item}\n    scale"
            text = text.replace(spot, spot.replace("scale", f"asked_if: {gate}\n    scale"))
    return text


def test_a_block_that_is_repeated_is_wrong_once() -> None:
    text = changed("98: {kind: dont_know}", "98: &unknown {kind: dont_know, label: {zh: 不清楚}}")
    text = text.replace("columns:\n", "  five: {ends: [1, 5], blanks: {99: *unknown}}\ncolumns:\n", 1)
    assert [(code, key) for code, _, key in found(text)] == [
        ("study_missing_language", "scales.ten.blanks[98].label.en")
    ]


def test_a_study_has_no_more_items_than_a_project_file_holds() -> None:
    item = (
        "  - {{id: q{n}, text: {{zh: 问{n}, en: Ask {n}}}, label: {{zh: 题{n}, en: Item {n}}}, scale: ten}}\n"
    )
    many = "".join(item.format(n=n) for n in range(MAX_COLUMNS))
    assert found(changed("items:\n  - id: speed", f"items:\n{many}  - id: speed")) == [
        ("study_too_many", line_of(MINIMAL, "items:\n"), "items")
    ]


def test_a_header_that_an_import_could_not_tell_apart_is_refused() -> None:
    assert only(changed("zh: 态度如何？", "zh: 速 度如何")).code == "study_header_twice"


def test_routing_may_depend_on_earlier_items_only() -> None:
    assert found(routed("", "{item: speed, answers: [1, 2]}", "{item: care, answers: [10]}")) == []
    assert [code for code, *_ in found(routed("{item: care, answers: [1]}", "", ""))] == [
        "study_routing_later"
    ]
    assert [code for code, *_ in found(routed("", "{item: speed, answers: [11]}", ""))] == [
        "study_routing_answer"
    ]
    assert [code for code, *_ in found(routed("", "{item: sped, answers: [1]}", ""))] == [
        "study_unknown_items_near"
    ]


def test_routing_in_a_circle_is_said_once_with_the_way_round() -> None:
    text = routed(
        "{item: overall, answers: [1]}", "{item: speed, answers: [1]}", "{item: care, answers: [1]}"
    )
    problem = only(text)
    assert problem.code == "study_routing_circle"
    assert problem.values["circle"] == "speed → overall → care → speed"
    assert only(routed("{item: speed, answers: [1]}", "", "")).values["circle"] == "speed → speed"


def test_items_of_the_index_are_the_drivers_where_none_are_named() -> None:
    text = changed("{items: [speed, care], outcomes", "{outcomes")
    assert found(text) == []
    assert [code for code, *_ in found(text.replace("- care", "- overall"))] == ["study_driver_in_outcome"]
    assert [code for code, *_ in found(text.replace("    - care\n", ""))] == ["study_driver_alone"]


def test_drivers_of_one_branch_are_one_driver_by_branches() -> None:
    text = changed("{items: [speed, care]", "{groups: branches, items: [speed, care]")
    assert found(text) == []
    one = "    - id: service_branch\n      label: {zh: 服务, en: Service}\n      children: [speed, care]\n"
    text = text.replace("    - {item: speed, weight: 2}\n    - care\n", one)
    problem = only(text)
    assert (problem.code, problem.values["name"]) == ("study_branch_alone", "service_branch")
    assert found(text.replace("groups: branches, ", "")) == []


def test_arrows_in_a_circle_are_said_with_the_way_round() -> None:
    arrows = "to: result}\n  - {from: result, to: third}\n  - {from: third, to: service}"
    problem = only(changed("to: result}", arrows))
    assert problem.code == "study_path_circle"
    assert problem.values["circle"] == "third → service → result → third"
    assert problem.place.key == "paths[2]"


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = MINIMAL
    for before, after in [
        ("title:", "titel:"),
        ("weight: 2}", "weight: -1}"),
        ("column: lost", "column: tier"),
        ("start: 2026-03-01", "start: 2024-03-01"),
        ("    - care", "    - nothing"),
    ]:
        text = text.replace(before, after)
    problems = found(text)
    assert [code for code, *_ in problems] == [
        "study_unknown_key_near",
        "study_negative_weight",
        "study_unknown_items",
        "study_column_kind",
        "study_waves_unordered",
    ]
    assert [line for _, line, _ in problems] == sorted(line or 0 for _, line, _ in problems)
    with pytest.raises(StudyProblems) as raised:
        parse_study(text, "study.yaml")
    assert len(raised.value.problems) == len(problems)


def test_what_refers_to_a_damaged_part_is_not_blamed() -> None:
    text = changed("    label: {zh: 速度, en: Speed}\n", "")
    assert found(text) == [("study_missing_key", line_of(text, "id: speed"), "items[0].label")]
    assert found(changed("items:\n  - id: speed", "itmes:\n  - id: speed"))[0][0] == "study_unknown_key_near"
    assert len(found(changed("items:\n  - id: speed", "itmes:\n  - id: speed"))) == 1


def test_places_after_a_damaged_element_are_still_right() -> None:
    text = changed("id: speed", "id: 1speed").replace(
        "scale: ten\n  - id: overall", "scale: tne\n  - id: overall"
    )
    problems = found(text)
    assert ("study_unknown_scales_near", line_of(text, "scale: tne"), "items[1].scale") in problems


def test_an_id_that_cannot_be_is_told_which_there_are() -> None:
    problem = only(MINIMAL.replace("Price}\n    scale: ten", "Price}\n    scale: 十分"))
    assert (problem.code, problem.values["part"], problem.values["known"]["zh"]) == (
        "study_bad_reference",
        "scales",
        "ten",
    )


def warned(text: str) -> list[str]:
    return [problem.code for problem in examine(text, "study.yaml")[1] if problem.severity == "warning"]


@pytest.mark.parametrize(
    ("weights", "mixed"),
    [
        ("60 0.40", True),
        ("20 1", True),
        ("5 0.4", True),
        ("19 1", False),
        ("1.5 0.5", False),
        ("0.97 0.03", False),
        ("98 2", False),
        ("0.60 0.40", False),
        ("2 0", False),
    ],
)
def test_weights_that_mix_percentages_and_fractions_are_warned_of(weights: str, mixed: bool) -> None:
    first, second = weights.split()
    text = (
        changed(
            "    - {item: speed, weight: 2}\n    - care\n",
            "    - {item: speed, weight: FIRST}\n    - {item: care, weight: SECOND}\n",
        )
        .replace("FIRST", first)
        .replace("SECOND", second)
    )
    assert ("study_weights_mixed" in warned(text)) is mixed


@pytest.mark.parametrize(("limit", "low"), [(1, True), (9, True), (10, False)])
def test_a_disclosure_limit_that_identifies_people_is_warned_of(limit: int, low: bool) -> None:
    text = changed("reporting:\n", f"reporting:\n  disclosure_limit: {limit}\n")
    assert ("study_disclosure_low" in warned(text)) is low
