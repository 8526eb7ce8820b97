"""HTML in, PDF out, in a child process that can reach nothing.

A page is laid out with no fonts but ours and no files but the ones handed over, within limits of memory
and time. Anything WeasyPrint has to say is a problem: a finished page logs nothing, so a warning means a
missing glyph, a misspelt rule or an address somebody smuggled in. Same HTML and assets, same bytes.

The child takes a second to load; start a ``Printer`` before making the HTML, and that second is free.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Self
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
    well_formed: bool = False,
    forms: bool = False,
) -> bytes:
    """Render one page with a ``Printer`` of its own; parameters and errors as in ``Printer.write``."""
    with Printer() as printer:
        return printer.write(
            html,
            assets,
            variant=variant,
            attachments=attachments,
            limits=limits,
            well_formed=well_formed,
            forms=forms,
        )


_AHEAD: list[Any] = []


def _end_unused() -> None:
    while _AHEAD:
        _AHEAD.pop().__exit__()


class Printer:
    """A child process that renders pages, one after the other. Use it in a ``with`` block.

    It starts at once and loads while the caller makes the HTML. A page that fails does not spoil the
    next: a child that died or was stopped is replaced. For hundreds of reports take a new one every 50,
    because the child grows.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="csat-pdf-")
        self._jobs = 0
        self._child = self._start()

    @classmethod
    def start_ahead(cls) -> None:
        """Start a printer that the next :meth:`ready` hands over; one that nobody takes ends with us."""
        _AHEAD.append(cls())
        atexit.register(_end_unused)

    @classmethod
    def ready(cls) -> Self:
        """Return a printer, the one started ahead where there is one."""
        return _AHEAD.pop() if _AHEAD else cls()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._folder.cleanup()

    def write(
        self,
        html: str,
        assets: Mapping[str, bytes] | None = None,
        *,
        variant: Variant = "pdf/ua-1",
        attachments: Sequence[Attachment] = (),
        limits: Limits | None = None,
        well_formed: bool = False,
        forms: bool = False,
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
        well_formed : whether ``html`` is well-formed XML too, which is read much faster.
        forms : whether inputs become fields that can be filled in; the fonts are then embedded whole.

        Raises
        ------
        PdfProblems
            Characters no font has (all of them), a missing system library, addresses that were refused
            (all of them), warnings of the layout, or a limit that was reached.
        """
        absent = glyphs.missing_in_page(html)
        if absent:
            raise PdfProblems(_character(one, text) for one, text in absent)
        self._jobs += 1
        folder = Path(self._folder.name) / f"job{self._jobs}"
        folder.mkdir()
        job = {"variant": variant, "well_formed": well_formed, "forms": forms}
        _write_job(folder, html, assets or {}, job, attachments, limits or Limits())
        problems = self._run(folder, limits or Limits())
        if problems:
            raise PdfProblems(problems)
        return (folder / "report.pdf").read_bytes()

    def _start(self) -> subprocess.Popen[str]:
        folder = Path(self._folder.name)
        (folder / "fonts.conf").write_text(_font_configuration(folder), encoding="utf-8")
        worker = Path(__file__).with_name("pdf_worker.py")
        outside = {name: value for name, value in os.environ.items() if not name.startswith("FONTCONFIG_")}
        # A fresh interpreter rather than a fork: no threads, locks or fonts of this process come along.
        # -P keeps this folder off its path, so that no module here can stand in for a library's.
        with (folder / "errors.txt").open("w") as errors:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and file
                [sys.executable, "-P", str(worker)],
                env={**outside, "FONTCONFIG_FILE": str(folder / "fonts.conf"), "PYTHONHASHSEED": "0"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )

    def _stop(self) -> None:
        """End the child and release its pipes."""
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._child.kill()
        self._child.wait()

    def _run(self, folder: Path, limits: Limits) -> list[PdfProblem]:
        """Hand one job to the child, wait, and return the problems; none when the PDF is there and good."""
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            self._child.kill()

        timer = threading.Timer(limits.seconds, stop)
        timer.start()
        try:
            answered = _ask(self._child, str(folder))
        finally:
            timer.cancel()
        if answered and (folder / "outcome.json").exists():
            return _judged(json.loads((folder / "outcome.json").read_text(encoding="utf-8")), limits)
        code = self._child.wait()
        said = (Path(self._folder.name) / "errors.txt").read_text(encoding="utf-8", errors="replace")
        self._stop()
        self._child = self._start()
        if stopped.is_set():
            return [PdfProblem("pdf_too_slow", PLACE, {"seconds": limits.seconds})]
        return [_died(code, said, limits)]


def _ask(child: subprocess.Popen[str], folder: str) -> bool:
    """Send a job and wait for the answer; ``False`` when the child is gone."""
    if child.stdin is None or child.stdout is None:
        return False
    try:
        child.stdin.write(folder + "\n")
        child.stdin.flush()
    except OSError:
        return False
    return child.stdout.readline() == "done\n"


def _character(character: str, text: str) -> PdfProblem:
    start = max(0, text.find(character) - 12)
    values = {"character": character, "code": f"U+{ord(character):04X}", "text": text[start : start + 30]}
    return PdfProblem("pdf_character_missing", PLACE, values)


def _write_job(
    folder: Path,
    html: str,
    assets: Mapping[str, bytes],
    job: Mapping[str, object],
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
    whole = {
        **job,
        "assets": files,
        "attachments": carried,
        "identifier": hashlib.sha256(html.encode()).hexdigest()[:32],
        "memory": limits.memory,
        "seconds": limits.seconds,
    }
    (folder / "report.html").write_text(html, encoding="utf-8")
    (folder / "job.json").write_text(json.dumps(whole), encoding="utf-8")


def _font_configuration(folder: Path) -> str:
    """Return a configuration in which no font exists but ours."""
    fonts = resources.files("report_templates") / "fonts"
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{escape(str(fonts))}</dir><cachedir>{escape(str(folder / 'cache'))}</cachedir></fontconfig>"
    )


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
