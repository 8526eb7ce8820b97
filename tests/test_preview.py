"""What new answers, or leaving some out, would do to the index: always the figure of ``csat index``."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from careless_sheets import answered, honest, matrix_study
from cli import csat

from analysis.pipeline import run, wave_index
from survey.careless_flags import careless_flags
from survey.definition import dump_study
from survey.language import LANGUAGES
from survey.responses import Responses
from survey.store import ImportSource, Store
from workbench.preview import compare, held_preview, index_preview
from workbench.project import DATABASE, Project
from workbench.terminal import Terminal

STUDY = matrix_study()
HASTY = 20.0


def waves(people: int = 60) -> list[Responses]:
    """Two waves of people who take their time."""
    times = np.linspace(200, 400, people).tolist()
    return [answered(honest(people, seed=n), times, wave=f"w{n}") for n in (1, 2)]


def with_hasty(responses: Responses, *codes: int) -> Responses:
    """Add people who gave one answer throughout, each too fast."""
    rows = honest(len(codes), seed=8)
    for row, code in zip(rows, codes, strict=True):
        row[:6] = row[7:13] = code
    seconds = [*responses.paradata["seconds"], *[HASTY] * len(codes)]
    whole = answered(np.vstack([responses.codes, rows]), seconds, wave=responses.wave)
    names = (*responses.respondents, *(f"h{n}" for n in range(len(codes))))
    return dataclasses.replace(whole, respondents=names)


def test_the_index_looked_ahead_is_the_index_that_is_printed() -> None:
    history = waves()
    found = wave_index(STUDY, history, wave="w2")
    assert found == run(STUDY, history, wave="w2").trend[-1]
    assert wave_index(STUDY, history, wave="w1") == run(STUDY, history, wave="w1").trend[-1]


def test_answers_are_compared_with_and_without_those_proposed() -> None:
    first, second = waves()
    whole = with_hasty(second, 10, 1, 10)
    preview = compare(STUDY, [first], whole, held=second)
    assert preview.flags.proposed.sum() == 3
    assert preview.before is not None
    assert preview.without is not None
    assert (
        preview.before.index == preview.without.index == wave_index(STUDY, [first, second], wave="w2").index
    )
    assert preview.after.index == wave_index(STUDY, [first, whole], wave="w2").index
    assert preview.after.index is not None
    assert preview.after.index.n == 63


def test_nothing_is_left_out_where_nothing_is_proposed() -> None:
    preview = compare(STUDY, [], waves()[0])
    assert preview.before is None
    assert preview.without is None
    document = preview.document()
    assert (document["before"], document["without_proposed"]) == (None, None)
    assert len(preview.lines(Terminal("en"))) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_stand_with_their_interval_and_base(language: Any) -> None:
    first, second = waves()
    preview = compare(STUDY, [first], with_hasty(second, 10), held=second)
    heading, *lines = preview.lines(Terminal(language))
    assert "95%" in heading
    assert "w2" in heading
    expected = ("60 人", "61 人", "60 人") if language == "zh" else ("n = 60", "n = 61", "n = 60")
    assert all(line.endswith(base) for line, base in zip(lines, expected, strict=True))


def test_too_few_answers_are_said_in_words_and_not_shown() -> None:
    few = waves(9)[0]
    preview = compare(STUDY, [], few)
    assert preview.after.index is None
    assert "fewer than 10 may not be shown" in preview.lines(Terminal("en"))[1]
    assert "得不出指数" in preview.lines(Terminal("zh"))[1]
    document = json.loads(json.dumps(preview.document()))
    assert document["after"]["index"] is None
    assert [problem["code"] for problem in document["after"]["problems"]] == ["sample_too_small"]


def test_a_base_that_falls_below_the_limit_is_not_shown() -> None:
    # Nine people who read, and three who did not.
    preview = compare(STUDY, [], with_hasty(waves(9)[0], 10, 1, 10))
    assert preview.after.index is not None
    assert preview.without is not None
    assert preview.without.index is None


def test_many_reasons_are_cut_short() -> None:
    study = matrix_study(
        columns=[{"id": "w", "label": {"zh": "权", "en": "W"}, "kind": "number"}], design={"weight": "w"}
    )
    whole = dataclasses.replace(waves()[0], columns={"w": (0.0,) * 60})
    line = compare(study, [], whole).lines(Terminal("en"))[1]
    assert line.endswith("… and 57 more problems.")


def test_everybody_may_be_proposed() -> None:
    # Nobody is fast beside the others; all took less than a second a question.
    hasty = dataclasses.replace(with_hasty(waves(0)[0], *[10] * 12), paradata={"seconds": (5.0,) * 12})
    preview = compare(STUDY, [], hasty)
    assert preview.flags.proposed.all()
    assert preview.without is not None
    assert preview.without.index is None


# -- projects -----------------------------------------------------------------------------------------------


def add(database: Path, responses: Responses, sha256: str) -> None:
    source = ImportSource("a.xlsx", sha256 * 64, STUDY, datetime(2026, 9, 30, tzinfo=UTC), len(responses))
    with Store.open(database) as store:
        store.add(responses, source)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that holds two waves."""
    (tmp_path / "study.yaml").write_text(dump_study(STUDY), encoding="utf-8")
    for sha256, responses in zip("ab", waves(), strict=True):
        add(tmp_path / DATABASE, responses, sha256)
    return Project(tmp_path)


def test_a_copy_with_new_answers_is_compared_with_the_project(project: Project, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copyfile(project.database, copy)
    add(copy, with_hasty(waves()[1], 10, 1), "c")
    preview = index_preview(project, project.weight_set(None, "csat"), "w2", copy)
    assert preview.before is not None
    assert preview.before.index == held_preview(project, project.weight_set(None, "csat"), "w2").after.index
    assert preview.before.index == wave_index(STUDY, waves(), wave="w2").index
    assert (
        preview.after.index == wave_index(STUDY, [waves()[0], with_hasty(waves()[1], 10, 1)], wave="w2").index
    )


def test_a_wave_without_answers_has_no_index_before(project: Project, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copyfile(project.database, copy)
    project.database.unlink()
    preview = index_preview(project, project.weight_set(None, "csat"), "w1", copy)
    assert preview.before is None
    assert preview.after.index is not None
    assert preview.after.index.n == 60


def test_the_command_shows_flags_by_person(project: Project) -> None:
    straight = with_hasty(waves()[1], 10, 1, 1)
    add(project.database, straight, "c")
    shown = csat("careless", "--project", project.folder).out
    assert (
        "two matrices or more with one answer throughout: 3 (below the middle 2, at it 0, above it 1)"
        in shown
    )
    assert shown.index("h0") < shown.index("h1") < shown.index("h2")
    document = csat("careless", "--wave", "w2", "--project", project.folder, "--json").document
    # What came from the platform beside the answers is flagged exactly as it is in memory.
    with project.store() as store:
        flags = careless_flags(store.load("w2", project.study), project.study)
    assert document["people"] == json.loads(json.dumps(flags.document()["people"]))
    assert document["index"]["index"]["n"] == 63
    assert {"h0", "h1", "h2"} <= {person["respondent"] for person in document["people"]}
    assert csat("careless", "--wave", "w1", "--project", project.folder, language="zh").out


def test_a_long_list_is_cut_and_counted(project: Project) -> None:
    add(project.database, with_hasty(waves()[1], *[3] * 45), "c")
    assert "… and 6 more with a flag" in csat("careless", "--project", project.folder).out
    people = csat("careless", "--project", project.folder, "--json").document["people"]
    # One of those who read repeats an answer by chance.
    assert len(people) == 46


def test_a_wave_that_is_not_there_is_told(project: Project, tmp_path: Path) -> None:
    assert "no wave “w9”" in csat("careless", "--wave", "w9", "--project", project.folder, code=2).err
    project.database.unlink()
    assert "holds no answers yet" in csat("careless", "--project", project.folder, code=1).err


# -- decisions ----------------------------------------------------------------------------------------------


@pytest.fixture
def hasty(project: Project) -> Project:
    """The same project with three people to be left out."""
    add(project.database, with_hasty(waves()[1], 10, 1, 10), "c")
    return project


def decide(project: Project, *words: str, **how: Any) -> Any:
    return csat("careless", "--wave", "w2", "--project", project.folder, *words, **how)


def test_exclusion_is_decided_with_a_reason_and_taken_back(hasty: Project) -> None:
    before = decide(hasty, "--json").document
    assert before["index"] == before["index_of_all"]
    assert before["exclusions"] == []
    done = decide(hasty, "--exclude-proposed", "--reason", " too fast ", "--json").document
    assert done["decision"]["respondents"] == ["h0", "h1", "h2"]
    assert {(person["respondent"], person["reason"]) for person in done["exclusions"]} == {
        *(("h0", "too fast"), ("h1", "too fast"), ("h2", "too fast"))
    }
    assert done["index"] == done["index_without_proposed"] == before["index_without_proposed"]
    # Flags are those of everybody, so a decision changes none.
    assert (done["people"], done["index_of_all"]) == (before["people"], before["index_of_all"])
    back = decide(hasty, "--include", "--reason", "called back", "--json").document
    assert back["decision"]["kind"] == "include"
    assert {**back, "decision": None} == before


def test_what_was_decided_is_what_results_rest_on(hasty: Project) -> None:
    decide(hasty, "--exclude-proposed", "--reason", "too fast")
    found = decide(hasty, "--json").document["index"]["index"]
    shown = csat("index", "--wave", "w2", "--project", hasty.folder, "--json").document
    assert shown["trend"][-1]["index"] == found
    assert found["n"] == 60


def test_new_answers_are_previewed_without_those_left_out(hasty: Project, tmp_path: Path) -> None:
    decide(hasty, "--exclude-proposed", "--reason", "too fast")
    copy = tmp_path / "copy.db"
    shutil.copyfile(hasty.database, copy)
    preview = index_preview(hasty, hasty.weight_set(None, "csat"), "w2", copy)
    assert preview.before == preview.after
    assert preview.after.index is not None
    assert preview.after.index.n == 60


def test_a_decision_is_told_and_shown(hasty: Project) -> None:
    assert "proposed" in decide(hasty).out
    told = decide(hasty, "--exclude-proposed", "--reason", "too fast").out
    assert "w2: 3 left out of all results from now on" in told
    assert "as it stands, without the 3 left out" in told
    shown = decide(hasty).out
    assert re.search(r"left out on \S+ \S+ by .+: 3 \(too fast\)", shown)
    assert shown.count("left out\n") == 3
    assert "没有尚未剔除的" in decide(hasty, "--exclude-proposed", "--reason", "再来", language="zh").out
    assert "3 counted again" in decide(hasty, "--include", "--reason", "checked").out
    assert "nobody was left out" in decide(hasty, "--include", "--reason", "checked").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--exclude-proposed",), "A decision needs a reason"),
        (("--include", "--reason", " "), "A decision needs a reason"),
        (("--reason", "why"), "--reason goes with"),
        (("--include", "--exclude-proposed", "--reason", "why"), "not both"),
    ],
)
def test_decisions_that_cannot_be_meant_are_refused(
    hasty: Project, words: tuple[str, ...], said: str
) -> None:
    before = hasty.database.read_bytes()
    assert said in decide(hasty, *words, code=2).err
    assert hasty.database.read_bytes() == before
