"""Whatever is done to a file, an import ends in answers or in problems that can be said in both languages."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from fuzzing import KINDS, damaged, outcome

CASES = 45  # of each kind; tools/fuzz.py tries more


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=lambda kind: KINDS[kind].__name__)
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, kind: int) -> None:
    outcomes = Counter[str]()
    for number in range(kind, CASES * len(KINDS), len(KINDS)):
        folder = tmp_path / str(number)
        folder.mkdir()
        outcomes[outcome(*damaged(folder, number))] += 1
    assert 0 < outcomes["read"] < CASES  # both ends are tried
    assert len(outcomes) > 5
