"""``csat doctor``: whether this machine can do the whole job, and which package is missing if not."""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import platform
import re
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import typer

from survey import __version__
from survey.errors import ProblemsError
from workbench import options
from workbench.terminal import Terminal

PYTHON = (3, 11)
# STRICT tables came with 3.37.
SQLITE = (3, 37, 0)
PANGO = (1, 44, 0)
LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "pydantic", "openpyxl", "jinja2", "weasyprint")
NATIVE = (
    ("PangoFT2", "pangoft2-1.0", "libpangoft2-1.0-0"),
    ("HarfBuzz subset", "harfbuzz-subset", "libharfbuzz-subset0"),
)
_PAGE = (
    '<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>csat</title>'
    '<style>html {{ font-family: "{family}" }}</style></head><body><p>客户满意度指数 77.9</p></body></html>'
)
_MAC = sys.platform == "darwin"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its name, whether it is right, what was found, and how to repair it."""

    name: str
    ok: bool
    found: str
    remedy: str | None = None


def doctor(
    ctx: typer.Context,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> int:
    """Look at everything that csat stands on."""
    terminal: Terminal = ctx.obj
    findings = list(examine(terminal, project))
    ok = all(finding.ok for finding in findings)
    if json:
        terminal.json({"ok": ok, "findings": [dataclasses.asdict(finding) for finding in findings]})
    else:
        _show(terminal, findings)
    return 0 if ok else 1


def examine(terminal: Terminal, folder: Path) -> Iterator[Finding]:
    """Yield what was found, the foundations first."""
    import sqlite3

    yield _version(terminal, "Python", sys.version_info[:3], PYTHON)
    yield Finding("csat", True, f"{__version__} ({Path(__file__).parent.parent})")
    for library in LIBRARIES:
        yield _library(terminal, library)
    yield _version(terminal, "SQLite", sqlite3.sqlite_version_info, SQLITE)
    yield _native(terminal, "Pango", "libpango-1.0-0", _pango_version(), PANGO)
    for name, library, package in NATIVE:
        yield _native(terminal, name, package, () if _loads(library) else None)
    yield _page(terminal)
    yield _writable(terminal, folder)


def _version(terminal: Terminal, name: str, found: tuple[int, ...], least: tuple[int, ...]) -> Finding:
    ok = found >= least
    remedy = None if ok else terminal.text("doctor.too_old", name=name, least=_dotted(least))
    return Finding(name, ok, _dotted(found), remedy)


def _library(terminal: Terminal, name: str) -> Finding:
    try:
        return Finding(name, True, metadata.version(name))
    except metadata.PackageNotFoundError:
        missing = terminal.text("doctor.missing")
        return Finding(name, False, missing, terminal.text("doctor.install_python", package=name))


def _native(
    terminal: Terminal,
    name: str,
    package: str,
    found: tuple[int, ...] | None,
    least: tuple[int, ...] = (),
) -> Finding:
    if found is None:
        remedy = terminal.text("doctor.install_native", package=package, system=platform.system())
        return Finding(name, False, terminal.text("doctor.missing"), remedy)
    if found < least:
        return _version(terminal, name, found, least)
    return Finding(name, True, _dotted(found) or terminal.text("doctor.present"))


def _pango_version() -> tuple[int, ...] | None:
    pango = _loads("pango-1.0")
    if pango is None:
        return None
    major, rest = divmod(int(pango.pango_version()), 10_000)
    return (major, *divmod(rest, 100))


def _loads(library: str) -> ctypes.CDLL | None:
    """Return the library as WeasyPrint finds it at run time; ``None`` if it would not."""
    try:
        return ctypes.CDLL(f"lib{library}.0.dylib" if _MAC else f"lib{library}.so.0")
    except OSError:
        return None


def _page(terminal: Terminal) -> Finding:
    """Set one Chinese line as a PDF and look whether it carries our own font."""
    from report_templates import theme
    from report_templates.pdf import write_pdf

    name = terminal.text("doctor.page")
    try:
        fonts = _embedded_fonts(write_pdf(_PAGE.format(family=theme.FAMILY)))
    except ProblemsError as error:
        remedy = " ".join(problem.message(terminal.language) for problem in error.problems)
        return Finding(name, False, terminal.text("doctor.failed"), remedy)
    if fonts == {theme.FAMILY.replace(" ", "-")}:
        return Finding(name, True, ", ".join(sorted(fonts)))
    found = ", ".join(sorted(fonts)) or terminal.text("doctor.missing")
    return Finding(name, False, found, terminal.text("doctor.fonts_missing", family=theme.FAMILY))


def _embedded_fonts(pdf: bytes) -> set[str]:
    """Return the names of the fonts whose outlines lie in ``pdf``."""
    objects = b""
    for stream in re.findall(rb"/ObjStm.*?stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with contextlib.suppress(zlib.error):
            objects += zlib.decompressobj().decompress(stream)
    descriptors = re.findall(rb"<<[^<>]*/FontFile[^<>]*>>", pdf + objects)
    names = (re.search(rb"/FontName\s*/(?:[A-Z]{6}\+)?([^\s/<>]+)", one) for one in descriptors)
    return {name[1].decode("ascii", "replace") for name in names if name}


def _writable(terminal: Terminal, folder: Path) -> Finding:
    name = terminal.text("doctor.folder")
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding(name, True, str(folder.resolve()))
    except OSError:
        remedy = terminal.text("doctor.not_writable", folder=folder.resolve())
        return Finding(name, False, str(folder.resolve()), remedy)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _show(terminal: Terminal, findings: list[Finding]) -> None:
    from rich.text import Text

    from workbench.tables import plain_table

    words = {True: Text(terminal.text("doctor.ok")), False: Text(terminal.text("doctor.bad"), style="bold")}
    rows = [(finding.name, words[finding.ok], finding.found) for finding in findings]
    heads = [terminal.text(f"doctor.head.{head}") for head in ("name", "state", "found")]
    terminal.show(plain_table(rows, heads))
    broken = [finding for finding in findings if not finding.ok]
    for finding in broken:
        terminal.complain(f"{finding.name}: {finding.remedy}")
    if not broken:
        terminal.line("doctor.all_well")
