"""What the documents show is what the commands print."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
READMES = sorted(ROOT.glob("README*.md"))
PAGES = [*READMES, *sorted((ROOT / "docs").glob("*.md"))]
SHOWING = [page for page in PAGES if "```console" in page.read_text(encoding="utf-8")]
ENGLISH = [page for page in SHOWING if ".zh." not in page.name]


# These guides are long sessions; they are run with the pages in Chinese by ``make check``.
LONG = {"weights.md", "drivers.md"}
RUN = [page for page in ENGLISH if page.name not in LONG]


@pytest.mark.parametrize("page", RUN, ids=lambda path: path.name)
def test_sessions_in_the_documents_are_real(page: Path) -> None:
    """Others show the same sessions in Chinese (below); ``make check`` runs them all."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "readme.py", page], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", ENGLISH, ids=lambda path: path.name)
def test_both_languages_show_the_same_sessions(page: Path) -> None:
    def steps(file: Path) -> list[str]:
        text = file.read_text(encoding="utf-8")
        return re.findall(r"^ *(<!-- before: \w+ -->|\$ [a-z]+ [a-z]+)", text, re.MULTILINE)

    assert steps(page) == steps(page.with_suffix(".zh.md"))


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_notebook_lines_in_the_readme_are_real(readme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = doctest.testfile(str(readme), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert done.attempted > 0
    assert done.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in links if link and not (page.parent / link).exists()] == []
