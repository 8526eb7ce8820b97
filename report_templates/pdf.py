"""HTML in, PDF out, in a child process that can reach nothing.

A page is laid out with no fonts but ours and no files but the ones handed over, within limits of memory
and time. Anything WeasyPrint has to say is a problem: a finished page logs nothing, so a warning means a
missing glyph, a misspelt rule or an address somebody smuggled in. Same HTML and assets, same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

from report_templates import glyphs
from survey.errors import Place, Problem, ProblemsError
from survey.language import Language, catalogue

Variant = Literal["pdf/ua-1", "pdf/a-3a", "pdf/a-3u"]
PLACE = Place("PDF")
MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class PdfProblem(Problem):
    """A problem whose sentence stands in this package's catalogue."""

    def message(self, language: Language) -> str:
        """Return what is wrong and how to repair it."""
        return catalogue("report_templates")(f"problem.{self.code}", language, **self.values)


class PdfProblems(ProblemsError):
    """A page that could not be made into a PDF. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one rendering may use: bytes of address space, seconds of wall clock."""

    memory: int = 2 * 1024**3
    seconds: int = 120


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file carried inside the PDF: an ASCII name, a description in any language, its date and content.

    Attachments hold aggregates that the report shows, never responses.
    """

    name: str
    description: str
    body: bytes
    created: datetime
    relationship: Literal["Data", "Source", "Supplement", "Alternative", "Unspecified"] = "Data"


def write_pdf(
    html: str,
    assets: Mapping[str, bytes] | None = None,
    *,
    variant: Variant = "pdf/ua-1",
    attachments: Sequence[Attachment] = (),
    limits: Limits | None = None,
) -> bytes:
    """Render a page.

    Parameters
    ----------
    html : the whole document. Title, author, description and dates come from its ``<title>`` and
        ``<meta>``, the language from ``<html lang>``; its styles stand in a ``<style>`` element.
    assets : files the page may use, by the name after ``csat:`` in its addresses (a logo).
    variant : ``pdf/ua-1`` tagged for screen readers; ``pdf/a-3a`` tagged, archival, with attachments.
    attachments : files to carry along; needs one of the archival variants to be found by readers.
    limits : memory and time; the defaults are far above what a report needs.

    Raises
    ------
    PdfProblems
        A character no font has, a missing system library, an address that was refused, a warning of
        the layout, or a limit that was reached. Every problem that can be known is listed.
    """
    absent = glyphs.missing_in_page(html)
    if absent:
        raise PdfProblems(_character(one, text) for one, text in absent)
    with tempfile.TemporaryDirectory(prefix="csat-pdf-") as name:
        folder = Path(name)
        _write_job(folder, html, assets or {}, variant, attachments, limits or Limits())
        problems = _run(folder, limits or Limits())
        if problems:
            raise PdfProblems(problems)
        return (folder / "report.pdf").read_bytes()


def _character(character: str, text: str) -> PdfProblem:
    start = max(0, text.find(character) - 12)
    values = {"character": character, "code": f"U+{ord(character):04X}", "text": text[start : start + 30]}
    return PdfProblem("pdf_character_missing", PLACE, values)


def _write_job(
    folder: Path,
    html: str,
    assets: Mapping[str, bytes],
    variant: Variant,
    attachments: Sequence[Attachment],
    limits: Limits,
) -> None:
    files = {}
    for number, (name, body) in enumerate(sorted(assets.items())):
        files[name] = f"asset{number}"
        (folder / files[name]).write_bytes(body)
    carried = []
    for number, one in enumerate(attachments):
        (folder / f"attachment{number}").write_bytes(one.body)
        carried.append(
            {
                "file": f"attachment{number}",
                "name": one.name,
                "description": one.description,
                "relationship": one.relationship,
                "date": one.created.isoformat(),
            }
        )
    job = {
        "assets": files,
        "variant": variant,
        "attachments": carried,
        "identifier": hashlib.sha256(html.encode()).hexdigest()[:32],
        "memory": limits.memory,
        "seconds": limits.seconds,
    }
    (folder / "report.html").write_text(html, encoding="utf-8")
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    (folder / "fonts.conf").write_text(_font_configuration(folder), encoding="utf-8")


def _font_configuration(folder: Path) -> str:
    """Return a configuration in which no font exists but ours."""
    fonts = resources.files("report_templates") / "fonts"
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{escape(str(fonts))}</dir><cachedir>{escape(str(folder / 'cache'))}</cachedir></fontconfig>"
    )


def _run(folder: Path, limits: Limits) -> list[PdfProblem]:
    """Start the child, wait, and return the problems; none when the PDF is there and good."""
    worker = Path(__file__).with_name("pdf_worker.py")
    # A fresh interpreter rather than a fork: no threads, locks or fonts of this process come along.
    # -P keeps this folder off its path, so that no module here can stand in for a library's.
    command = [sys.executable, "-P", str(worker), str(folder)]
    environment = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf"), "PYTHONHASHSEED": "0"}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and file
            command,
            env=environment,
            timeout=limits.seconds,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [PdfProblem("pdf_too_slow", PLACE, {"seconds": limits.seconds})]
    outcome = folder / "outcome.json"
    if done.returncode or not outcome.exists():
        return [_died(done.returncode, done.stderr.decode(errors="replace"), limits)]
    return _judged(json.loads(outcome.read_text(encoding="utf-8")), limits)


def _died(code: int, said: str, limits: Limits) -> PdfProblem:
    if code == -getattr(signal, "SIGXCPU", 0):
        return PdfProblem("pdf_too_slow", PLACE, {"seconds": limits.seconds})
    if code in (-getattr(signal, "SIGKILL", 0), -signal.SIGABRT) or "MemoryError" in said:
        return PdfProblem("pdf_too_large", PLACE, {"megabytes": limits.memory // 1024**2})
    last = (said.strip().splitlines() or [f"exit code {code}"])[-1]
    return PdfProblem("pdf_failed", PLACE, {"detail": last[:300]})


def _judged(outcome: dict[str, Any], limits: Limits) -> list[PdfProblem]:
    match outcome.get("error"):
        case "library":
            return [
                PdfProblem("pdf_library_missing", PLACE, {"detail": outcome["detail"].splitlines()[0][:200]})
            ]
        case "subsetter":
            return [PdfProblem("pdf_subsetter_missing", PLACE)]
        case "memory":
            return [PdfProblem("pdf_too_large", PLACE, {"megabytes": limits.memory // 1024**2})]
        case "failed":
            return [PdfProblem("pdf_failed", PLACE, {"detail": outcome["detail"][:300]})]
    refused = dict.fromkeys(outcome["refused"])
    problems = [PdfProblem("pdf_address_refused", PLACE, {"address": address}) for address in refused]
    lines = list(dict.fromkeys(outcome["log"]))
    if lines and not problems:
        problems.append(PdfProblem("pdf_warned", PLACE, {"lines": "; ".join(lines[:MOST_LINES])[:800]}))
    return problems
