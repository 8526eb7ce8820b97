"""Runs ``csat`` inside the test process and hands back what it said on each stream."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from workbench.cli import main


@dataclass(frozen=True)
class Run:
    """Exit code and both streams of one command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)


class Csat:
    """Call it with the words of a command line; the language is English unless the words say so."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *words: object, code: int | None = 0) -> Run:
        self._capture.readouterr()
        found = main([str(word) for word in words])
        streams = self._capture.readouterr()
        run = Run(found, streams.out, streams.err)
        assert code is None or run.code == code, run
        return run
