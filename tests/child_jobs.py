"""What the limited child is asked to do in tests: work, and every way of not coming back."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import BinaryIO


def echo(request: bytes, output: BinaryIO) -> None:
    output.write(request.upper())


def repeat(request: bytes, output: BinaryIO) -> None:
    output.write(request)


def environment(request: bytes, output: BinaryIO) -> None:
    output.write(repr((sys.flags.isolated, "site" in sys.modules, "survey" in sys.modules)).encode())


def greedy(request: bytes, output: BinaryIO) -> None:
    output.write(b"x" * int(request))


def wordy(request: bytes, output: BinaryIO) -> None:
    while True:
        output.write(request * 1000)


def slow(request: bytes, output: BinaryIO) -> None:
    output.write(b"half a result")
    time.sleep(60)


def killed(request: bytes, output: BinaryIO) -> None:
    os.kill(os.getpid(), signal.Signals[request.decode()])
    time.sleep(60)


def stumbling(request: bytes, output: BinaryIO) -> None:
    output.write(b"half a result")
    raise ValueError("not a file of this kind")


def leaving(request: bytes, output: BinaryIO) -> None:
    sys.exit(0)
