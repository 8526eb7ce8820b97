"""What holds for the whole tree: layers, sizes, requirements, version, contents of the wheel, set-up."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from catalogue_use import PACKAGES
from hatchling.builders.wheel import WheelBuilder
from importlinter.cli import lint_imports

import survey

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SHIPPED = (*PACKAGES, "sample_surveys")
PLACES = (*SHIPPED, "tests", "bench", "tools", "docs", ".ci")
READABLE = {
    ".py",
    ".md",
    ".yaml",
    ".toml",
    ".txt",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".sh",
    ".R",
    ".json",
    ".csv",
    "",
}

NUMERICS = {"numpy", "scipy", "pandas", "statsmodels", "threadpoolctl"}
OUTER_WORLD = {
    "io",
    "os",
    "pathlib",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "time",
}
LONGEST_MODULE = 400
# Put together from pieces, so that this file passes its own test.
FORBIDDEN = {
    "work left undone": r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
    "an address of a package index": r"pypi\." + r"org|python" + r"hosted|index-" + r"url *[=:]? *http",
    "a path of one machine": r"/wo" + r"rk/|/ro" + r"ot/|/ho" + r"me/[a-z]",
    "how the text came about": r"(?i)coding ag" + r"ent|sub" + r"agent|iss" + r"ue #\d",
}


def files() -> list[Path]:
    """Return every readable file that belongs to the project."""
    inside = (path for place in PLACES for path in (ROOT / place).rglob("*"))
    found = [path for path in (*ROOT.iterdir(), *inside) if path.is_file() and path.suffix in READABLE]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def requirements(name: str) -> set[tuple[str, str]]:
    """Return the packages and versions that a requirements file pins."""
    return set(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))


def imports(path: Path) -> set[str]:
    """Return the full names of the modules and objects that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def test_layers_import_in_one_direction(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0, capsys.readouterr().out


def test_analysis_takes_arrays_and_touches_neither_files_nor_the_clock() -> None:
    wrong = []
    for path in sorted((ROOT / "analysis").rglob("*.py")):
        for name in imports(path):
            top = name.split(".")[0]
            outside = top not in NUMERICS | {"analysis", "survey"} | sys.stdlib_module_names
            if outside or top in OUTER_WORLD:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_no_module_holds_two_ideas() -> None:
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in files() if path.suffix == ".py"
    }
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path, lines in lengths.items()
        if lines > LONGEST_MODULE
    ]
    assert not long, "\n".join(long)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_tree_speaks_of_itself_alone(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in files()
        for number, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_by_hash_and_name_no_place(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", text)).splitlines()
    assert entries
    wrong = [
        entry[:60] for entry in entries if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry)
    ]
    assert not wrong


def test_both_requirements_pin_the_same_versions() -> None:
    assert requirements("requirements.txt") <= requirements("requirements-dev.txt")


def test_each_declared_dependency_is_locked() -> None:
    names = {re.split(r"[\[<>=! ;]", entry)[0].lower() for entry in PROJECT["project"]["dependencies"]}
    locked = {package for package, _ in requirements("requirements.txt")}
    assert names - locked == set()
    # The build backend is locked too, because the project is installed without build isolation.
    assert "hatchling" in locked


def test_version_is_the_same_everywhere() -> None:
    assert metadata.version("csatkit") == survey.__version__
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\d+\.\d+\.\d+)", changes, re.MULTILINE)[0] == survey.__version__


def test_the_wheel_holds_every_file_of_the_packages() -> None:
    builder = WheelBuilder(str(ROOT))
    held = {Path(file.relative_path) for file in builder.recurse_included_files()}
    ours = {
        path.relative_to(ROOT) for place in SHIPPED for path in (ROOT / place).rglob("*") if path.is_file()
    }
    ours = {path for path in ours if "__pycache__" not in path.parts}
    assert held == ours
    assert {Path(package, "py.typed") for package in PACKAGES} <= held


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )


def test_make_without_a_target_names_every_target() -> None:
    shown = run("make").stdout
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert targets is not None
    assert set(re.findall(r"make (\w+)", shown)) == set(targets[1].split()) - {"help"}


def test_set_up_names_the_python_it_needs_in_both_languages() -> None:
    refused = run("tools/setup.sh", "run", PYTHON="/bin/false")
    assert refused.returncode == 1
    assert "需要 Python 3.11" in refused.stderr
    assert "Python 3.11 or newer is needed" in refused.stderr


def test_set_up_knows_two_levels() -> None:
    assert run("tools/setup.sh", "everything").returncode == 2


def test_ci_runs_the_tests() -> None:
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "exec make test"


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_no_test_can_reach_another_machine(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as outward, pytest.raises(AssertionError, match=re.escape(host)):
        outward.connect((host, 80))
    with (
        socket.socket(family, socket.SOCK_DGRAM) as outward,
        pytest.raises(AssertionError, match=re.escape(host)),
    ):
        outward.sendto(b"", (host, 9))


def test_no_test_can_look_up_another_machine() -> None:
    with pytest.raises(AssertionError, match=r"host\.invalid"):
        socket.create_connection(("host.invalid", 80))


def test_a_test_can_reach_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with socket.create_connection(address, timeout=5) as client:
            assert client.getpeername() == address
