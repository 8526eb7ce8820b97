"""Work on a stranger's file in a child process that may only take so much memory, time and disk.

The libraries that read old formats abort, hang or fill the memory on files made to do that, and no
``except`` helps against it. So a fresh interpreter does the work: never a fork, which would copy the
threads and locks of a server; and what comes back is bytes, never a pickle, which would let the child
run code here. What one would get wrong: a child that ends well may still have written nonsense, so its
result is read with the same suspicion as a file.

    def work(request: bytes, output: BinaryIO) -> None:     # in a module that imports little
        output.write(request.upper())

    run_limited("package.module:work", b"quiet")            # b"QUIET", or ChildFailed

The module is found on the ``sys.path`` of the caller. Start-up costs about 20 ms beside what the module
imports.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from survey import limited_child

MB = 1 << 20

Reason = Literal["memory", "time", "size", "broken"]

_BY_EXIT: dict[int, Reason] = {
    limited_child.NO_MEMORY: "memory",
    limited_child.NO_SPACE: "size",
    # Without memory the allocator aborts, and the system kills.
    -signal.SIGABRT: "memory",
}
if sys.platform != "win32":
    _BY_EXIT |= {-signal.SIGKILL: "memory", -signal.SIGXCPU: "time", -signal.SIGXFSZ: "size"}
# Numeric libraries reserve memory for each thread they might start.
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What a child may take: bytes of address space and of result, seconds of work and of waiting.

    The wall clock holds everywhere, the others where the system knows them (Linux; macOS does not
    enforce the address space).
    """

    memory: int = 512 * MB
    output: int = 512 * MB
    cpu_seconds: int = 30
    wall_seconds: float = 30


READING = ChildLimits()


class ChildFailed(Exception):
    """A child gave no result. ``reason`` says which limit it met, or that it stumbled over the file."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def run_limited(function: str, request: bytes, limits: ChildLimits = READING) -> bytes:
    """Return what ``function`` (``package.module:name``) writes about ``request``.

    The function is called as ``function(request, output)`` in a fresh interpreter. Raises
    ``ChildFailed`` when it meets a limit, raises, or dies.
    """
    with tempfile.TemporaryFile() as output:
        run_limited_into(output, function, request, limits)
        return output.read()


def run_limited_into(output: BinaryIO, function: str, request: bytes, limits: ChildLimits = READING) -> None:
    """Let ``function`` write into ``output``, an empty file of the system, and rewind it.

    For results that are too large to hold; see ``run_limited``.
    """
    settings = json.dumps({**asdict(limits), "path": [str(Path(entry).absolute()) for entry in sys.path]})
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and our own script)
            [sys.executable, "-I", "-S", limited_child.__file__, function, settings],
            input=request,
            stdout=output,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ONE_THREAD},
            timeout=limits.wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ChildFailed("time") from None
    if done.returncode:
        raise ChildFailed(_BY_EXIT.get(done.returncode, "broken"))
    output.seek(0)
