"""The way in. A report's printer loads while everything else is still being imported.

The printer is a process of its own and takes longer to load than the rest of ``csat report`` takes to work
out the page. So it is started first, before the command line is read in earnest; a printer that was not
wanted after all ends unused. Nor does linear algebra start the threads that it is never to use.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

# What a shell reports of a command that control-C ended.
INTERRUPTED = 130


def main() -> int:
    """Run ``csat`` with the arguments of this process and return its exit code."""
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    if wants_printer(sys.argv[1:]):
        from report_templates.pdf import Printer

        # Where no process or folder can be made, the command itself says so in words.
        with suppress(OSError):
            Printer.start_ahead()
    try:
        from workbench.cli import main as run
    except KeyboardInterrupt:
        return INTERRUPTED
    return run()


def wants_printer(arguments: Sequence[str]) -> bool:
    """Tell whether these arguments look like a report as PDF.

    >>> wants_printer(["report", "--lang", "zh"]), wants_printer(["report", "-o", "q3.html"])
    (True, False)
    """
    other = any(word.lower().endswith(("html", ".htm")) or word == "--help" for word in arguments)
    return "report" in arguments and not other
