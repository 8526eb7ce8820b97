"""Runs ``csat`` inside the test process and hands back what it said on each stream."""

from __future__ import annotations

import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

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


def csat(*words: object, code: int = 0, language: str = "en") -> Run:
    """Run the command line ``words``; ``language`` is that of the environment, ``code`` the exit expected."""
    out, err = io.StringIO(), io.StringIO()
    with patch.dict(os.environ, {"CSAT_LANG": language}), redirect_stdout(out), redirect_stderr(err):
        found = main([str(word) for word in words])
    run = Run(found, out.getvalue(), err.getvalue())
    assert run.code == code, run
    return run
