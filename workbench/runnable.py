"""How ``csat`` can be called from where the reader stands, so that a command shown is one to copy."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path


def runnable() -> str:
    """Return ``csat`` where the shell finds it, else the path of the program that runs now.

    A path below the current folder is given from there: ``.venv/bin/csat``.
    """
    if shutil.which("csat"):
        return "csat"
    beside = Path(sys.executable).parent / "csat"
    for program in (Path(sys.argv[0]), beside):
        if program.stem == "csat" and program.is_file() and os.access(program, os.X_OK):
            return shlex.quote(_shorter(program))
    return f"{shlex.quote(_shorter(Path(sys.executable)))} -m workbench"


def _shorter(program: Path) -> str:
    whole = os.path.abspath(program)  # noqa: PTH100 - resolve() would follow the link out of the environment
    try:
        from_here = os.path.relpath(whole)
    except ValueError:  # another drive
        return whole
    # A shell looks for a name without a slash on its path.
    from_here = from_here if os.sep in from_here else os.path.join(os.curdir, from_here)  # noqa: PTH118
    return min(from_here, whole, key=len)
