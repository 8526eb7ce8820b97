"""``csat weights``: the sets of a project, as people see, make and sign them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli import csat
from small_study import MINIMAL

from survey.definition import parse_study
from survey.weight_set import study_weights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project without answers."""
    (tmp_path / "study.yaml").write_text(MINIMAL, encoding="utf-8")
    return tmp_path


def test_the_study_s_own_weights_are_a_set(folder: Path) -> None:
    own = study_weights(parse_study(MINIMAL, "study.yaml"))
    document = csat("weights", "list", "--project", folder, "--json").document
    assert document["index"] == "satisfaction"
    [known] = document["sets"]
    assert (known["name"], known["method"], known["digest"]) == ("1.10", "study", own.digest)
    assert known["weights"] == {"speed": 2.0, "care": 1.0}


@pytest.mark.parametrize("place", ["before", "between", "after"])
def test_the_language_may_stand_anywhere(folder: Path, place: str) -> None:
    words = {"before": 0, "between": 1, "after": 2}[place]
    line = ["weights", "list", "--project", str(folder)]
    run = csat(*line[:words], "--lang", "zh", *line[words:])
    assert "研究声明" in run.out
    assert not re.search("declared", run.out)
