"""What holds in every test: numpy works in one thread, nothing leaves this machine, a project file is new."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from report_templates.pdf import Printer
    from survey.store import Store

# Read when the library behind numpy loads, so before any test module imports it. One thread makes sums
# come out in one order whatever the number of cores.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
# No test is timed: a busy machine makes nothing wrong.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", _UNTIMED, max_examples=25)
settings.register_profile("thorough", _UNTIMED, max_examples=1000)
settings.load_profile("quick")
# Whoever starts the tests may tell how wide the terminal is; tables are tested at the width of a pipe.
os.environ.pop("COLUMNS", None)
# Replicates hang on the pseudonyms of accounts, and those on the key of the project.
os.environ["CSAT_KEY"] = str(Path(__file__).parent.parent / "sample_surveys" / "key_accounts" / "csat.key")


@pytest.fixture
def p(tmp_path: Path) -> Path:
    """Where a test draws its workbook."""
    return tmp_path / "book.xlsx"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test keeps its project file."""
    return tmp_path / "csat.db"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the sample's study, without answers; tests that read share it."""
    from cli import csat  # loads numpy, which reads the variables above

    made = tmp_path_factory.mktemp("project")
    csat("init", made, "--preset", "key_accounts")
    return made


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty project file, open."""
    from survey.store import Store  # loads numpy, which reads the variables above

    with Store.open(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def printer() -> Iterator[Printer]:
    """The child process that prints the pages of all tests, so that it loads once."""
    from report_templates.pdf import Printer

    with Printer() as one:
        yield one


class NetworkUse(AssertionError):
    """A test, or the code under it, tried to reach another machine."""


def stays_here(address: Any) -> bool:
    """Tell whether a socket address is a Unix socket or lies in the loopback range."""
    if not isinstance(address, tuple):
        return True
    host = address[0]
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse connections and look-ups beyond loopback for the whole run."""
    with pytest.MonkeyPatch.context() as patch:
        for name, position in (("connect", 0), ("connect_ex", 0), ("sendto", -1)):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), position))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


def _guarded(original: Any, position: int) -> Any:
    def call(self: socket.socket, *args: Any) -> Any:
        if not stays_here(args[position]):
            raise NetworkUse(f"{original.__name__} to {args[position]!r}")
        return original(self, *args)

    return call


def _guarded_lookup(original: Any) -> Any:
    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not stays_here((host or "",)):
            raise NetworkUse(f"look-up of {host!r}")
        return original(host, *args, **kwargs)

    return look_up
