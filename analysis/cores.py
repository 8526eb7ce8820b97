"""Arithmetic in blocks, on all cores, with the same digits however many there are.

Every block of replicates is worked out by itself, so it does not matter which core takes it.

What a newcomer gets wrong: a second thread inside the linear algebra does not help here. Matrices are
thin, so it only waits, and for long where other programs use the cores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import cpu_count

from threadpoolctl import threadpool_limits


@contextmanager
def one_thread_of_algebra() -> Iterator[None]:
    """Keep the linear algebra to one thread inside a ``with``."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield


def on_all_cores(work: Callable[[int], None], starts: range) -> None:
    """Call ``work`` with every start of a block; numpy lets other threads run while it computes."""
    with one_thread_of_algebra(), ThreadPoolExecutor(cpu_count()) as pool:
        list(pool.map(work, starts))
