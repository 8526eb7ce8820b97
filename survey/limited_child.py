"""The script that a limited child runs: it ties its own hands, then calls one function.

It knows nothing of this package and imports as little as it can, because it is started for every file.
See ``limited`` for the side that starts it.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import sys
from typing import Any

NO_MEMORY = 101
NO_SPACE = 102
STUMBLED = 103
_FULL = (errno.EFBIG, errno.ENOSPC, errno.EDQUOT)


def main(function: str, settings: dict[str, Any]) -> int:
    """Call ``function`` on standard input and return how that ended."""
    _limit(settings)
    sys.path[:] = settings["path"]
    module, _, name = function.partition(":")
    # A lost library must be no result, and neither may half of one.
    try:
        work = getattr(importlib.import_module(module), name)
        work(sys.stdin.buffer.read(), sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except MemoryError:
        return NO_MEMORY
    except OSError as error:
        return NO_SPACE if error.errno in _FULL else STUMBLED
    except BaseException:  # a panic of a Rust library is no Exception
        return STUMBLED
    return 0


def _limit(settings: dict[str, Any]) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    seconds = settings["cpu_seconds"]
    for kind, soft, hard in (
        (resource.RLIMIT_AS, settings["memory"], settings["memory"]),
        (resource.RLIMIT_FSIZE, settings["output"], settings["output"]),
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        most = resource.getrlimit(kind)[1]
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))


if __name__ == "__main__":
    # Not sys.exit: nothing is left to tidy up, and tearing down large lists takes time.
    os._exit(main(sys.argv[1], json.loads(sys.argv[2])))
