"""A study file: what it says is kept exactly, and everything wrong with it is said at once."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_study import MINIMAL, changed, found

from survey.definition import dump_study, examine, load_study, parse_study, study_digest, weight_digest
from survey.errors import StudyProblems
from survey.language import LANGUAGES
from survey.questions import Item, Scale, Text
from survey.study import Index, IndexNode, Study, Wave
from survey.yaml_lines import MAX_BYTES, path_text, resolve


def test_the_minimal_study_has_no_errors() -> None:
    assert found(MINIMAL) == []


def test_texts_are_read_as_they_are_spelled() -> None:
    study = parse_study(MINIMAL, "study.yaml")
    assert study.index.version == "1.10"
    assert [wave.id for wave in study.waves] == ["2025", "2026"]
    assert [leaf.item for leaf in study.index.leaves()] == ["speed", "care"]


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        *[(text, text) for text in ("no", "yes", "on", "007", "1:30", "1_000", "2026-01-01", "0x1f")],
        *[("~", None), ("", None), ("null", None), ("true", True), ("-3", -3), (".5", 0.5), ("1e3", 1000.0)],
    ],
)
def test_plain_scalars_are_read_as_in_yaml_1_2(spelling: str, value: object) -> None:
    assert resolve(spelling) == value
    assert type(resolve(spelling)) is type(value)


def test_warnings_leave_the_study_usable() -> None:
    text = changed("weight: 2}", "weight: 0}").replace("scales:\n", "scales:\n  wide: {ends: [1, 3]}\n")
    study, problems = examine(text, "study.yaml")
    assert study is not None
    assert [problem.code for problem in problems] == [
        "study_scale_unused",
        "study_weight_zero",
        "study_item_shared",
    ]
    assert {problem.severity for problem in problems} == {"warning"}


SYNTAX = [
    ("csat: 1\n\tid: x", "study_tab", 2),
    ("csat: 1\nid: 'x\ntitle: y", "study_quote_open", 2),
    ('csat: 1\nid: "D:\\q"', "study_escape", 2),
    ('csat: 1\nid: "\\ud800"', "study_escape", 2),
    ("csat: 1\ntitle：x", "study_fullwidth", 2),
    ("csat: 1\ntitle: {zh: 调查，en: Survey}", "study_fullwidth", 2),
    ("csat: 1\ntitle\nid: x", "study_no_colon", 2),
    ("csat: 1\ntitle: zh: x", "study_colon", 2),
    ("csat: 1\nitems: [a, b\nid: x", "study_bracket", 3),
    ("csat: 1\n id: x", "study_colon", 2),
    ("a:\n  - x\n y: 1", "study_indent", 3),
    ("csat: 1\nid: \x07", "study_unprintable", 2),
    ('csat: 1\nid: "\\0"', "study_unprintable", 2),
    ("csat: 1\ncsat: 1", "study_key_twice", 2),
    ("csat: 1\nid: *x", "study_alias_unknown", 2),
    ("csat: 1\nid: &x [*x]", "study_alias_circle", 2),
    ("csat: 1\nid: !!python/object:os.system x", "study_tag", 2),
    ("a: &a {b: 1}\nc: {<<: *a}", "study_merge_key", 2),
    ("csat: 1\nid: @x", "study_syntax", 2),
    ("csat: 1\n---\ncsat: 1", "study_second_document", 2),
    ("? [a]\n: b", "study_key_not_text", 1),
    ("", "study_empty_file", 1),
    ("# nothing\n", "study_empty_file", 1),
    ("- a", "study_not_mapping", 1),
    ("a: " + "[" * 40 + "]" * 40, "study_too_deep", 1),
]


@pytest.mark.parametrize(("text", "code", "line"), SYNTAX, ids=[entry[1] for entry in SYNTAX])
def test_what_yaml_cannot_hold_is_explained(text: str, code: str, line: int) -> None:
    assert (code, line) in [(said, at) for said, at, _ in found(text)]


def test_a_small_file_cannot_become_a_huge_tree() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert [code for code, *_ in found("\n".join(lines))] == ["study_too_many_values"]
    assert [code for code, *_ in found("a: " + "x" * MAX_BYTES)] == ["study_too_large"]


def test_of_very_many_problems_only_the_first_are_listed() -> None:
    problems = found(MINIMAL + "".join(f"k{n}: 1\n" for n in range(3_000)))
    assert len(problems) == 1_001
    assert problems[0][0] == "study_too_many_problems"


def test_files_that_cannot_be_read_are_problems(tmp_path: Path) -> None:
    def code(path: Path) -> tuple[str, int | None]:
        with pytest.raises(StudyProblems) as raised:
            load_study(path)
        (problem,) = raised.value.problems
        return problem.code, problem.place.line

    (tmp_path / "gbk.yaml").write_bytes("csat: 1\ntitle: 调查\n".encode("gbk"))
    (tmp_path / "wide.yaml").write_bytes(MINIMAL.encode("utf-16"))
    (tmp_path / "large.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    assert code(tmp_path / "absent.yaml") == ("study_no_file", None)
    assert code(tmp_path) == ("study_unreadable", None)
    assert code(tmp_path / "gbk.yaml") == ("study_not_utf8", 2)
    assert code(tmp_path / "wide.yaml") == ("study_not_utf8", 1)
    assert code(tmp_path / "large.yaml") == ("study_too_large", None)


def test_a_byte_order_mark_and_windows_lines_are_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    assert load_study(path) == parse_study(MINIMAL, "study.yaml")


def test_places_read_like_keys() -> None:
    assert path_text(("items", 3, "scale")) == "items[3].scale"
    assert path_text(()) == ""


# ---- true for every input -------------------------------------------------------------------------

LETTERS = st.characters(
    exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\x85\ufffe\uffff\ufeff"
)
WORDS = st.one_of(
    st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool),
    st.sampled_from(
        [
            "no",
            "null",
            "~",
            "1e5",
            "007",
            "1.10",
            "true",
            "- a",
            "a: b",
            "#x",
            "{}",
            "*a",
            "<<",
            "=",
            "|",
            "'",
        ]
    ),
)
TEXTS = st.builds(Text, zh=WORDS, en=WORDS)
WEIGHTS = st.floats(0, 1e6, allow_subnormal=False)
CODES = st.integers(0, 900)


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """Studies in which every rule holds, with any texts and weights."""
    names = draw(
        st.lists(
            st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True),
            min_size=2,
            max_size=5,
            unique_by=str.casefold,
        )
    )
    low = draw(CODES)
    scale = Scale(ends=(low, low + draw(st.integers(1, 99))), unit=draw(st.none() | TEXTS))
    # The rest of the wording tells the items apart, as headers must.
    items = tuple(
        Item(
            id=name,
            text=Text(zh=f"问{n}{draw(WORDS)}", en=f"ask {n} {draw(WORDS)}"),
            label=Text(zh=f"题{n}{draw(WORDS)}", en=f"item {n} {draw(WORDS)}"),
            scale="s",
            reversed=draw(st.booleans()),
        )
        for n, name in enumerate(names)
    )
    first = IndexNode(item=names[0], weight=draw(st.floats(0.001, 1e6)))
    rest = tuple(IndexNode(item=name, weight=draw(WEIGHTS)) for name in names[1:])
    waves = tuple(
        Wave(id=f"{draw(st.integers(0, 9))}.{n}", label=draw(TEXTS)) for n in range(draw(st.integers(1, 3)))
    )
    index = Index(id="the_index_of_all", label=draw(TEXTS), version=draw(WORDS), children=(first, *rest))
    return Study(
        csat=1,
        id="x",
        title=draw(TEXTS),
        organisation=draw(TEXTS),
        scales={"s": scale},
        items=items,
        index=index,
        waves=waves,
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(studies())
def test_a_written_study_reads_back_equal(study: Study) -> None:
    again = parse_study(dump_study(study), "study.yaml")
    assert again == study
    assert study_digest(again) == study_digest(study)


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        "",
        "x",
        0,
        -1,
        1.5,
        True,
        [],
        {},
        [1],
        {"a": 1},
        {"zh": "a"},
        10**30,
        float("inf"),
        [[]],
        [{}],
        "speed",
        {1: 2},
    ]
)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_no_damage_brings_anything_but_problems(data: st.DataObject) -> None:
    document = yaml.safe_load(MINIMAL)
    for _ in range(data.draw(st.integers(1, 4))):
        container: Any = document
        while True:
            keys = list(container) if isinstance(container, dict) else list(range(len(container)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(container[key], (dict, list)) and data.draw(st.booleans()):
                container = container[key]
                continue
            container[key] = deepcopy(data.draw(VALUES))
            break
    study, problems = examine(yaml.safe_dump(document, allow_unicode=True), "study.yaml")
    assert (study is None) == any(problem.severity == "error" for problem in problems)
    for problem in problems:
        assert all(problem.message(language) for language in LANGUAGES)
        assert problem.place.line is not None


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, len(MINIMAL)), st.text("{}[]:'\"\t-&*!|>%@#，：\x01\n x", max_size=4), st.integers(0, 3)
)
def test_no_typing_brings_anything_but_problems(spot: int, typed: str, gone: int) -> None:
    study, problems = examine(MINIMAL[:spot] + typed + MINIMAL[spot + gone :], "study.yaml")
    assert (study is None) == any(problem.severity == "error" for problem in problems)


# ---- digests ---------------------------------------------------------------------------------------


def test_the_digest_of_a_study_is_about_what_it_says() -> None:
    study = parse_study(MINIMAL, "study.yaml")
    assert study_digest(study) == study_digest(parse_study(f"# a remark\n{MINIMAL}", "other.yaml"))
    assert study_digest(study) != study_digest(parse_study(changed("en: Speed", "en: Pace"), "study.yaml"))


def test_the_digest_of_weights_is_about_the_tree_alone() -> None:
    weights = weight_digest(parse_study(MINIMAL, "study.yaml"))
    assert weights == weight_digest(parse_study(changed("en: Speed", "en: Pace"), "study.yaml"))
    assert weights == weight_digest(parse_study(changed("version: 1.10", "version: 2"), "study.yaml"))
    assert weights != weight_digest(parse_study(changed("weight: 2}", "weight: 3}"), "study.yaml"))
    assert weights != weight_digest(parse_study(changed("- care", "- overall"), "s"))
    respondent = changed("version: 1.10", "version: 1.10\n  rollup: respondent")
    assert weights != weight_digest(parse_study(respondent, "study.yaml"))
