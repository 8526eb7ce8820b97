"""A child does its work, or says which limit it met; nothing it does reaches the one who asked."""

from __future__ import annotations

import sys
import tempfile

import pytest

from survey.limited import MB, READING, ChildFailed, ChildLimits, run_limited, run_limited_into

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces every limit")


def failure(function: str, request: bytes = b"", limits: ChildLimits = READING) -> str:
    with pytest.raises(ChildFailed) as caught:
        run_limited(f"child_jobs:{function}", request, limits)
    return caught.value.reason


def test_a_child_answers_in_bytes() -> None:
    assert run_limited("child_jobs:echo", b"quiet\n\0" * 1000) == b"QUIET\n\0" * 1000
    with tempfile.TemporaryFile() as output:
        run_limited_into(output, "child_jobs:echo", b"quiet")
        assert output.read() == b"QUIET"


def test_a_child_starts_alone_and_with_little() -> None:
    assert run_limited("child_jobs:environment", b"") == b"(1, False, False)"


@LINUX
def test_memory_is_limited() -> None:
    assert failure("greedy", b"1000000000") == "memory"
    assert failure("greedy", b"50000000", ChildLimits(memory=40 * MB)) == "memory"


@LINUX
@pytest.mark.parametrize(
    ("signal", "reason"),
    [("SIGABRT", "memory"), ("SIGKILL", "memory"), ("SIGXCPU", "time"), ("SIGSEGV", "broken")],
)
def test_a_child_that_dies_had_a_reason(signal: str, reason: str) -> None:
    assert failure("killed", signal.encode()) == reason


@LINUX
def test_the_result_is_limited() -> None:
    assert failure("wordy", b"x", ChildLimits(output=MB)) == "size"


def test_waiting_is_limited() -> None:
    assert failure("slow", limits=ChildLimits(wall_seconds=0.3)) == "time"


@pytest.mark.parametrize("function", ["stumbling", "leaving", "absent"])
def test_half_a_result_is_none(function: str) -> None:
    assert failure(function) == "broken"
