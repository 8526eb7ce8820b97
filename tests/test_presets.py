"""The studies that ship: free of problems, complete, and true to what they say they are."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from survey.definition import dump_study, examine, load_study, parse_study, read_study_text, study_schema
from survey.language import LANGUAGES, catalogue
from survey.study import Study

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = {
    "key_accounts": ROOT / "sample_surveys" / "key_accounts" / "study.yaml",
    **{file.stem: file for file in sorted((ROOT / "survey" / "presets").glob("*.yaml"))},
}
REAL = Path(os.environ.get("CSAT_REAL", ROOT.parent / "shared" / "real"))
CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(params=sorted(SHIPPED))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def study(name: str) -> Study:
    return load_study(SHIPPED[name])


def test_a_shipped_study_has_neither_errors_nor_warnings(name: str) -> None:
    assert examine(read_study_text(SHIPPED[name]), name)[1] == ()


def test_a_shipped_study_reads_the_same_after_writing(study: Study) -> None:
    assert parse_study(dump_study(study), "study.yaml") == study


def test_every_parser_of_yaml_reads_a_shipped_study(name: str) -> None:
    # libyaml lets pass what PyYAML's own parser refuses, such as a question mark inside braces.
    assert yaml.load(SHIPPED[name].read_text("utf-8"), Loader=yaml.SafeLoader)


def texts(value: object) -> Iterator[dict[str, str]]:
    """Every text of a study in both languages."""
    if isinstance(value, dict):
        if set(value) == {"zh", "en"}:
            yield value
        else:
            for part in value.values():
                yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def test_texts_are_in_their_language(study: Study) -> None:
    for text in texts(study.document()):
        assert not CHINESE.search(text["en"]), text
        # "26Q3" and "2004" are the same in Chinese.
        assert CHINESE.search(text["zh"]) or text["zh"] == text["en"], text
        assert not re.search(r"[\u3400-\u9fff][,;:?!]", text["zh"]), f"half-width punctuation in {text['zh']}"


def test_labels_fit_into_charts(study: Study) -> None:
    for item in study.items:
        width = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in item.label.zh)
        assert width <= 16, item.label.zh
        assert len(item.label.en) <= 26, item.label.en


def test_no_text_is_used_for_two_items(study: Study) -> None:
    for language in LANGUAGES:
        for part in ("text", "label"):
            wordings = [getattr(item, part)[language] for item in study.items]
            assert len(wordings) == len(set(wordings))


# ---- key accounts ----------------------------------------------------------------------------------

PROVINCES = """
北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南
重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆
"""
DIMENSIONS = {
    "product": ["reliability", "fit"],
    "pre_sales": ["information", "advice"],
    "in_sales": ["ordering", "provisioning"],
    "after_sales": ["billing", "fault_reporting", "fault_handling"],
    "account_manager": ["am_initiative", "am_coordination", "am_competence"],
}


@pytest.fixture(scope="module")
def accounts() -> Study:
    return load_study(SHIPPED["key_accounts"])


def test_key_accounts_have_twelve_indicators_in_five_dimensions(accounts: Study) -> None:
    tree = {node.id: [leaf.item for leaf in node.leaves()] for node in accounts.index.children}
    assert tree == DIMENSIONS
    weights = [node.weight for node in accounts.index.children]
    assert weights == [0.30, 0.14, 0.18, 0.22, 0.16]
    for node in accounts.index.children:
        assert sum(child.weight for child in node.children) == pytest.approx(1)


def test_key_accounts_speak_of_all_provinces_in_the_official_order(accounts: Study) -> None:
    categories = accounts.column_by_id["province"].categories
    assert [category.value for category in categories] == PROVINCES.split()
    assert all(category.aliases for category in categories)


def test_fault_and_complaint_items_are_asked_of_those_concerned(accounts: Study) -> None:
    routed = {
        item.id: (item.asked_if.item, item.asked_if.answers) for item in accounts.items if item.asked_if
    }
    assert routed == {
        "fault_reporting": ("had_fault", (1,)),
        "fault_handling": ("had_fault", (1,)),
        "complaint_handling": ("complained", (1,)),
    }


def test_key_accounts_declare_everything_the_report_needs(accounts: Study) -> None:
    assert {outcome.kind for outcome in accounts.outcomes} == {
        *("satisfaction", "affective_loyalty", "cognitive_loyalty", "behavioural_loyalty"),
        *("renewal_intention", "purchase_intention", "recommendation", "price_tolerance"),
        *("renewal", "churn", "complaint"),
    }
    assert {cost.facet for cost in accounts.switching_costs} == {"procedural", "financial", "relational"}
    assert [segment.id for segment in accounts.segments] == ["province", "tier", "contract"]
    assert [wave.id for wave in accounts.waves] == ["2025Q4", "2026Q1", "2026Q2", "2026Q3"]
    assert (accounts.design.respondent, accounts.design.cluster) == ("contact", "account")
    assert (accounts.reporting.target, accounts.reporting.disclosure_limit) == (78, 10)
    assert accounts.scale_of("recommend").codes == range(11)
    last = accounts.waves[-1].end
    assert last is not None
    assert all(action.due > last for action in accounts.reporting.actions)
    for scale in accounts.scales.values():
        assert {code: blank.kind for code, blank in scale.blanks.items()} == {
            97: "refused",
            98: "dont_know",
            99: "not_applicable",
        }


# ---- ecsi ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ecsi() -> Study:
    return load_study(SHIPPED["ecsi"])


def test_ecsi_is_the_model_of_tenenhaus_and_others(ecsi: Study) -> None:
    sizes = {"IMAG": 5, "CUEX": 3, "PERQ": 7, "PERV": 2, "CUSA": 3, "CUSL": 3}
    ids = {f"{block}{n}" for block, size in sizes.items() for n in range(1, size + 1)} | {"CUSCO"}
    assert set(ecsi.item_by_id) == ids
    assert len(ecsi.paths) == 12
    assert all(construct.mode == "reflective" for construct in ecsi.constructs)
    assert sorted(item for construct in ecsi.constructs for item in construct.items) == sorted(ids)
    assert {scale.ends for scale in ecsi.scales.values()} == {(1, 10)}
    assert [(leaf.item, leaf.weight) for leaf in ecsi.index.leaves()] == [
        ("CUSA1", 1),
        ("CUSA2", 1),
        ("CUSA3", 1),
    ]
    assert "2004" in ecsi.wave_by_id
    assert ecsi.drivers is not None
    # Exact shares of the variance are worked out for up to twenty candidates.
    assert len(ecsi.drivers.items) == 17


@pytest.mark.skipif(not (REAL / "mobile_ecsi.xlsx").exists(), reason="the real ECSI workbook is not here")
def test_ecsi_knows_every_header_of_the_real_workbook(ecsi: Study) -> None:
    (first,) = (
        openpyxl.load_workbook(REAL / "mobile_ecsi.xlsx").worksheets[0].iter_rows(max_row=1, values_only=True)
    )
    headers = [str(cell) for cell in first]
    assert set(headers) == {*ecsi.item_by_id, *ecsi.column_by_id}


# ---- the other models -------------------------------------------------------------------------------


def constructs(name: str) -> dict[str, int]:
    return {construct.id: len(construct.items) for construct in load_study(SHIPPED[name]).constructs}


def arrows(name: str) -> set[tuple[str, str]]:
    return {(path.source, path.target) for path in load_study(SHIPPED[name]).paths}


def test_acsi_is_the_model_of_fornell_and_others() -> None:
    sizes = {"expectations": 3, "quality": 3, "value": 2, "satisfaction": 3, "complaints": 1, "loyalty": 2}
    assert constructs("acsi") == sizes
    assert arrows("acsi") == {
        *(("expectations", to) for to in ("quality", "value", "satisfaction")),
        *(("quality", to) for to in ("value", "satisfaction")),
        ("value", "satisfaction"),
        *(("satisfaction", to) for to in ("complaints", "loyalty")),
        ("complaints", "loyalty"),
    }


def test_tcsi_has_eight_constructs_with_fairness() -> None:
    assert list(constructs("tcsi")) == [
        *("image", "expectations", "quality", "value", "fairness", "satisfaction", "complaints", "loyalty")
    ]
    assert {("fairness", "satisfaction"), ("quality", "fairness")} <= arrows("tcsi")
    satisfaction = [leaf.item for leaf in load_study(SHIPPED["tcsi"]).index.leaves()]
    assert satisfaction == ["sat_overall", "sat_expectation", "sat_ideal"]


SERVICE = {"tangibles": 4, "reliability": 5, "responsiveness": 4, "assurance": 4, "empathy": 5}


@pytest.mark.parametrize("name", ["servqual", "servperf"])
def test_service_quality_has_22_questions_in_five_dimensions(name: str) -> None:
    study = load_study(SHIPPED[name])
    assert constructs(name) == SERVICE
    assert {node.id: len(list(node.leaves())) for node in study.index.children} == SERVICE
    expected = {item.id for item in study.items if item.id.startswith("expect_")}
    performed = {f"expect_{leaf.item}" for leaf in study.index.leaves()}
    assert expected == (performed if name == "servqual" else set())


def test_servperf_asks_what_servqual_asks_about_performance() -> None:
    quality, performance = (load_study(SHIPPED[name]) for name in ("servqual", "servperf"))
    for item in performance.items:
        assert quality.item_by_id[item.id] == item


def test_the_short_survey_keeps_recommending_out_of_the_index() -> None:
    study = load_study(SHIPPED["nps_csat_ces"])
    assert [leaf.item for leaf in study.index.leaves()] == ["sat_contact", "ease"]
    assert study.scale_of("recommend").ends == (0, 10)
    assert study.outcome_by_id["nps"].kind == "recommendation"


@pytest.mark.parametrize("name", sorted(set(SHIPPED) - {"key_accounts"}))
def test_presets_name_their_sources(name: str) -> None:
    head = SHIPPED[name].read_text("utf-8").split("\ncsat:")[0]
    assert re.search(r"\((19|20)\d\d\)|GB/T \d+-\d{4}", head)


# ---- the schema ------------------------------------------------------------------------------------


KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


def fits(value: object, schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether a value fits a JSON schema, for the words that ours uses."""
    if "$ref" in schema:
        return fits(value, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in schema:
        return any(fits(value, choice, whole) for choice in schema["anyOf"])
    if "const" in schema:
        return bool(value == schema["const"])
    if "enum" in schema:
        return value in schema["enum"]
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(value, KINDS[kind]) for kind in types):
        return False
    if isinstance(value, dict):
        return _fits_object(value, schema, whole)
    if isinstance(value, list):
        items = schema.get("prefixItems") or [schema.get("items", {})] * len(value)
        least = len(value) >= schema.get("minItems", 0)
        return least and all(fits(entry, part, whole) for entry, part in zip(value, items, strict=True))
    if isinstance(value, str):
        return bool(re.search(schema.get("pattern", ""), value)) and len(value) >= schema.get("minLength", 0)
    return not isinstance(value, float) or schema.get("minimum", value) <= value <= schema.get(
        "maximum", value
    )


def _fits_object(value: dict[Any, Any], schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    known, other = schema.get("properties", {}), schema.get("additionalProperties", True)
    if not set(schema.get("required", ())) <= set(value):
        return False
    for key, part in value.items():
        if str(key) in known:
            if not fits(part, known[str(key)], whole):
                return False
        elif other is False or (isinstance(other, dict) and not fits(part, other, whole)):
            return False
    return True


def as_an_editor_reads(name: str) -> Any:
    document = yaml.load(SHIPPED[name].read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts alone
    return _typed(document)


def _typed(value: Any) -> Any:
    """Read scalars as YAML 1.2 does, which editors follow."""
    if isinstance(value, dict):
        return {key: _typed(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_typed(part) for part in value]
    if value in ("true", "false"):
        return value == "true"
    if re.fullmatch(r"-?\d+", value):
        return int(value)
    return float(value) if re.fullmatch(r"-?\d+\.\d+", value) else value


def test_shipped_studies_fit_the_schema(name: str) -> None:
    schema = study_schema()
    assert fits(as_an_editor_reads(name), schema, schema)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title:", "titel:"),
        ("kind: number", "kind: numbre"),
        ("weight: 0.30", "weight: -0.30"),
        ("scale: satisfaction", "scale: [satisfaction]"),
        ("organisation:\n  zh: 示例通信\n", "organisation:\n"),
        ("id: reliability", "id: 可靠性"),
    ],
)
def test_the_schema_refuses_what_is_wrong(before: str, after: str) -> None:
    text = SHIPPED["key_accounts"].read_text("utf-8")
    assert before in text
    schema = study_schema()
    document = _typed(yaml.load(text.replace(before, after), Loader=yaml.BaseLoader))  # noqa: S506 - texts alone
    assert not fits(document, schema, schema)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_of_the_schema_is_described(language: Any) -> None:
    schema = study_schema(language)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    parts = [schema, *schema["$defs"].values()]
    for part in parts:
        assert part["description"]
        for key, entry in part["properties"].items():
            assert entry["description"], key
            assert bool(CHINESE.search(entry["description"])) == (language == "zh"), (
                key,
                entry["description"],
            )
    described = {key for key in catalogue("survey") if key.startswith("schema.")}
    assert len(described) == 1 + sum(1 + len(part["properties"]) for part in parts)


def test_comments_of_a_shipped_study_are_in_both_languages(name: str) -> None:
    blocks = re.findall(r"(?m)(?:^ *#.*\n)+", SHIPPED[name].read_text("utf-8"))
    assert len(blocks) > 5
    for block in blocks:
        assert CHINESE.search(block), block
        assert re.search(r"[A-Za-z]{4}", block), block
