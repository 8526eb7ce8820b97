"""Every form in which the international platforms export, with what tests ask of what is made of them.

``EXPORTS`` names each form with the layout that has to know it and the function that draws its rows;
``write_export`` makes a file of it as the platform would.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from exports_cn import Cell, Rows, head_of, write_rows
from exports_form_tools import google_forms, kobo, microsoft_forms, odk, redcap
from exports_survey_tools import (
    limesurvey,
    qualtrics,
    qualtrics_legacy,
    surveymonkey,
    surveymonkey_condensed,
)

from survey.cells import Row
from survey.layouts.export import Export, ExportColumn
from survey.workbook import Sheet, read_workbook

EXPORTS: Mapping[str, tuple[str, Callable[[], Rows]]] = {
    "qualtrics": ("qualtrics", qualtrics),
    "qualtrics, German": ("qualtrics", lambda: qualtrics(language="de")),
    "qualtrics, texts": ("qualtrics", lambda: qualtrics(labels=True)),
    "qualtrics, legacy": ("qualtrics_legacy", qualtrics_legacy),
    "surveymonkey": ("surveymonkey", surveymonkey),
    "surveymonkey, reworded": ("surveymonkey", lambda: surveymonkey(localized=True)),
    "surveymonkey, condensed": ("surveymonkey", surveymonkey_condensed),
    "limesurvey, codes": ("limesurvey", limesurvey),
    "limesurvey, codes with underscores": ("limesurvey", lambda: limesurvey(bracketed=False)),
    "limesurvey, texts": ("limesurvey", lambda: limesurvey("text")),
    "limesurvey, texts with underscores": ("limesurvey", lambda: limesurvey("text", underscores=True)),
    "limesurvey, texts, Chinese": ("limesurvey", lambda: limesurvey("text", chinese=True)),
    "limesurvey, texts cut": ("limesurvey", lambda: limesurvey("cut")),
    "limesurvey, codes and texts": ("limesurvey", lambda: limesurvey("both")),
    "limesurvey, codes and texts, Chinese": ("limesurvey", lambda: limesurvey("both", chinese=True)),
    "microsoft forms": ("microsoft_forms", microsoft_forms),
    "microsoft forms, Chinese": ("microsoft_forms", lambda: microsoft_forms("zh")),
    "microsoft forms, Finnish": ("microsoft_forms", lambda: microsoft_forms("fi")),
    "microsoft forms, quiz": ("microsoft_forms", lambda: microsoft_forms(quiz=True)),
    "microsoft forms, signed in": ("microsoft_forms", lambda: microsoft_forms("fi", signed_in=True)),
    "google forms": ("google_forms", google_forms),
    "google forms, Chinese": ("google_forms", lambda: google_forms("时间戳记")),
    "google forms, Finnish": ("google_forms", lambda: google_forms("Aikaleima")),
    "google forms, Estonian": ("google_forms", lambda: google_forms("Lokaalne aeg")),
    "google forms, quiz": ("google_forms", lambda: google_forms(mail=True, score=True)),
    "redcap": ("redcap", redcap),
    "redcap, labels": ("redcap", lambda: redcap(labels=True)),
    "redcap, one event": ("redcap", lambda: redcap(longitudinal=False)),
    "redcap, repeats": ("redcap", lambda: redcap(repeated=True)),
    "kobo": ("kobo", kobo),
    "kobo, labels": ("kobo", lambda: kobo(labels=True)),
    "kobo, split alone": ("kobo", lambda: kobo(joined=False)),
    "odk": ("odk", odk),
}


@dataclass(frozen=True)
class Style:
    """How a platform writes text files."""

    delimiter: str = ","
    quoting: int = csv.QUOTE_MINIMAL
    encoding: str = "utf-8"


STYLES: Mapping[str, Style] = {
    "qualtrics_legacy": Style(encoding="utf-8-sig"),
    "limesurvey": Style(quoting=csv.QUOTE_ALL, encoding="utf-8-sig"),
    "microsoft_forms": Style(encoding="utf-8-sig"),
    "kobo": Style(";", csv.QUOTE_ALL),
}


def write_export(path: Path, name: str) -> Path:
    """Write one of ``EXPORTS``: as the platform writes text files, or as a workbook."""
    layout, build = EXPORTS[name]
    if path.suffix != ".csv":
        return write_rows(path, build())
    style = STYLES.get(layout, Style())
    with path.open("w", encoding=style.encoding, newline="") as stream:
        csv.writer(stream, delimiter=style.delimiter, quoting=style.quoting).writerows(build())
    return path


def with_dates(rows: Rows, *columns: int) -> list[list[Cell | datetime]]:
    """Return rows whose times in ``columns``, from 1, are stored as a spreadsheet stores them."""
    found: list[list[Cell | datetime]] = [list(row) for row in rows]
    for row in found[1:]:
        for column in columns:
            row[column - 1] = datetime.strptime(str(row[column - 1]), "%m/%d/%y %H:%M:%S")
    return found


# Columns that say something of a respondent or an answer, in the order in which the platform writes them.
TOLD = ("respondent", "submitted", "started", "seconds", "source", "status")


def kinds(export: Export) -> dict[str, str]:
    """Return what each column of the platform's own is, without those that say nothing of an answer."""
    own = ((column.header, str(column.meta or column.role)) for column in export.columns)
    return {header: kind for header, kind in own if kind in (*TOLD, "contact")}


def one(export: Export, header: str) -> ExportColumn:
    """Return the first column whose header ends in ``header``."""
    return next(column for column in export.columns if column.header.endswith(header))


def group(export: Export, question: str) -> list[tuple[str | None, str | None, bool]]:
    """Return part, code of the part and whether it was typed, for each column of a question."""
    ours = (column for column in export.columns if column.question == question)
    return [(column.part, column.part_code, column.typed) for column in ours]


def states(export: Export, rows: Rows) -> list[set[str]]:
    """Return what the platform says of each row of answers."""
    answers = [row for row in head_of(rows) if row.number >= export.first_row]
    return [
        {state for column in export.states if (state := export.state(column, row.cells.get(column)))}
        for row in answers
    ]


def first_rows(path: Path) -> Iterator[tuple[Sheet, list[Row]]]:
    """Yield each sheet of a file with its first rows."""
    for sheet in read_workbook(path).sheets:
        yield sheet, list(islice(sheet.rows(), 50))
