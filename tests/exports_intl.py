"""Exports of the international platforms drawn by code, one small invented survey in every form there is.

Each function returns rows of cells, header rows first, ``None`` for a blank. ``EXPORTS`` names every form
with the layout that has to know it; ``write_export`` makes a file of it as the platform would.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exports_cn import Cell, Rows, write_rows

NBSP = "\u00a0"
# Everything that headers are known to hold: commas, quotes, line breaks, no-break spaces.
AWKWARD = f'Staff,{NBSP}"front\ndesk"'
OVERALL = "How satisfied are you?"
WHY = "What matters?"

# -- Qualtrics ------------------------------------------------------------------------------------

_QUALTRICS = (
    ("StartDate", "startDate", "Anfangsdatum"),
    ("EndDate", "endDate", "Enddatum"),
    ("Status", "status", "Antworttyp"),
    ("IPAddress", "ipAddress", "IP-Adresse"),
    ("Progress", "progress", "Aktueller Stand"),
    ("Duration (in seconds)", "duration", "Dauer (in Sekunden)"),
    ("Finished", "finished", "Beendet"),
    ("RecordedDate", "recordedDate", "Erfassungsdatum"),
    ("ResponseId", "_recordId", "Antwort-ID"),
    ("RecipientLastName", "recipientLastName", "Nachname des Empfängers"),
    ("RecipientFirstName", "recipientFirstName", "Vorname des Empfängers"),
    ("RecipientEmail", "recipientEmail", "E-Mail des Empfängers"),
    ("ExternalReference", "externalDataReference", "Externe Datenreferenz"),
    ("LocationLatitude", "locationLatitude", "Breitengrad des Standorts"),
    ("LocationLongitude", "locationLongitude", "Längengrad des Standorts"),
    ("DistributionChannel", "distributionChannel", "Verteilungskanal"),
    ("UserLanguage", "userLanguage", "Benutzersprache"),
)


def _ids(**parts: str) -> str:
    return json.dumps(parts, separators=(",", ":"))


def _qualtrics_row(n: int, status: Cell, finished: Cell, *answers: Cell) -> list[Cell]:
    start, end = f"2026-09-0{n} 08:28:09", f"2026-09-0{n} 08:28:48"
    begin: list[Cell] = [start, end, status, "192.0.2.66", "100", "39", finished, end, f"R_{n}aB2cD3eF4"]
    return [*begin, None, None, None, "A-7", "47.1", "7.2", "anonymous", "DE", *answers]


def qualtrics(*, labels: bool = False, language: str = "en") -> Rows:
    """Return the three header rows with a question of each kind: ``language`` is that of the second."""
    local = language == "de"
    first = "Ausgewählte Option" if local else "Selected Choice"
    columns = [
        ("Q1", OVERALL, _ids(ImportId="QID1")),
        ("Q2", "Anything else?", _ids(ImportId="QID2_TEXT")),
        ("Q13_1", f"Rate us: - {AWKWARD}", _ids(ImportId="QID20_3")),
        ("Q13_2", "Rate us: - Speed - by phone", _ids(ImportId="QID20_7")),
        ("Q5_1", f"{WHY} - {first} - Price", _ids(ImportId="QID5", choiceId="1")),
        ("Q5_8", f"{WHY} - {first} - Other (please specify)", _ids(ImportId="QID5", choiceId="8")),
        ("Q5_8_TEXT", f"{WHY} - Other (please specify) - Text", _ids(ImportId="QID5_8_TEXT")),
        ("Q6", f"Which shop? - {first}", _ids(ImportId="QID6")),
        ("Q6_4_TEXT", "Which shop? - Another one - Text", _ids(ImportId="QID6_4_TEXT")),
        ("Q7_1_1", "Seen where? - Web - Ours", _ids(ImportId="QID7_1_1")),
        ("Q7_1_2", "Seen where? - Web - Theirs", _ids(ImportId="QID7_1_2")),
        ("Q2 - Topics", "Q2 - Topics", _ids(ImportId="QID2_TEXT_eae5a8d0e7fd4bd183e983e5Topics")),
        ("Q1_NPS_GROUP", "Q1 - Group", _ids(ImportId="QID1_NPS_GROUP")),
        ("Q9_Page Submit", "Timing - Page Submit", _ids(ImportId="QID9_PAGE_SUBMIT")),
        ("Q5_DO_1", f"{WHY} - Display Order - Price", _ids(ImportId="QID5_DO", choiceId="1")),
        ("region", "region", _ids(ImportId="region")),
        ("Q1", "And next year?", _ids(ImportId="QID30")),
        ("added", "added", "added"),
    ]
    zone = {"timeZone": "Europe/Zurich"}
    begin = [
        (name, text if local else name, _ids(ImportId=id_, **(zone if "Date" in name else {})))
        for name, id_, text in _QUALTRICS
    ]
    heads = [list(row) for row in zip(*begin, *columns, strict=True)]
    shares: list[Cell] = ["Web", None, "Fine", "1", "1.5", None, "North"]
    if labels:
        answers: list[Cell] = [
            "Very satisfied",
            "Fine",
            "Good",
            "Bad",
            None,
            "Other (please specify)",
            "queues",
        ]
        rows = [
            _qualtrics_row(1, "IP Address", "True", *answers, "Ours", None, *shares, "Good", None),
            _qualtrics_row(2, "Survey Preview", "False", *answers, "Ours", None, *shares, "Good", None),
        ]
    else:
        answers = ["4", "Fine", "5", "2", None, "1", "queues"]
        rows = [
            _qualtrics_row(1, "0", "1", *answers, "4", "Market", *shares, "5", None),
            _qualtrics_row(2, "1", "1", *answers, "1", None, *shares, "5", None),
            _qualtrics_row(3, "8", "0", *answers, "1", None, *shares, "5", None),
        ]
    return [*heads, *rows]


def qualtrics_legacy() -> Rows:
    """Return the two header rows of before 2018; the last column has no header."""
    names = [f"V{n}" for n in range(1, 11)]
    texts = ["ResponseID", "ResponseSet", "Name", "ExternalDataReference", "EmailAddress"]
    texts += ["IPAddress", "Status", "StartDate", "EndDate", "Finished"]
    questions = [
        ("Q1", OVERALL),
        ("Q2_1", "Rate us-Staff"),
        ("Q2_2", "Rate us-Speed-by e-mail"),
        ("Q3", "Which shop?-Selected Choice"),
        ("Q3_4_TEXT", "Which shop?-Another one-TEXT"),
        ("Q4_1", "A walk-in visit"),
        ("LocationLatitude", "LocationLatitude"),
        ("LocationLongitude", "LocationLongitude"),
        ("LocationAccuracy", "LocationAccuracy"),
    ]
    answer: list[Cell] = ["R_1aB2cD3eF4", "Default Response Set", "Anonymous", None, None, "192.0.2.7", "0"]
    answer += ["2016-09-03 12:00:00", "2016-09-03 12:01:00", "1", "4", "5", "3", "4", "Market", "2"]
    return [
        [*names, *(name for name, _ in questions), None],
        [*texts, *(text for _, text in questions), None],
        [*answer, "47.1", "7.2", "-1", None],
    ]


# -- SurveyMonkey ---------------------------------------------------------------------------------

_MONKEY: list[Cell] = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address"]
_MONKEY += ["Email Address", "First Name", "Last Name", "Custom Data 1"]


def surveymonkey(*, localized: bool = False) -> Rows:
    """Return two header rows; ``localized`` says that the author reworded the open option."""
    other = "Something else" if localized else "Other (please specify)"
    first: list[Cell] = [
        OVERALL,
        WHY,
        None,
        None,
        "Rate us",
        None,
        "Which shop?",
        None,
        "Why, then?\nPlease say",
    ]
    first += ["Rate us", None, "Who are you?", None, None, None]
    second: list[Cell] = ["Response", "Price", "Network", other, AWKWARD, "Speed", "Response", other]
    second += ["Open-Ended Response", "Staff", "Speed", "Name", "Company", "Email Address", "Phone Number"]
    begin: list[Cell] = [
        "118012345678",
        "401234567",
        "11/02/2026 09:15:00",
        "11/22/2026 09:18:30",
        "192.0.2.7",
    ]
    begin += [None, None, None, "north"]
    answers: list[Cell] = [
        "Very satisfied",
        "Price",
        None,
        "queues",
        "4",
        "5",
        "Ours",
        None,
        "Because",
        "5",
        "3",
    ]
    contact: list[Cell] = ["Li", "Acme", "li@example.org", "555"]
    return [
        [*_MONKEY, *first, None],
        [*[None] * 9, *second, None],
        [*begin, *answers, *contact, None],
        ["118012345679", *begin[1:], "Satisfied", None, "Network", *answers[3:], *contact, None],
    ]


def surveymonkey_condensed() -> Rows:
    """Return one header row, the second being blank throughout, as a condensed export has it."""
    answer: list[Cell] = [
        "118012345678",
        "401234567",
        "11/22/2026 09:15:00",
        "11/22/2026 09:18:30",
        "192.0.2.7",
    ]
    return [
        [*_MONKEY, OVERALL, WHY],
        [None] * 11,
        [*answer, None, None, None, None, "Very satisfied", "Price, Network"],
    ]


# -- LimeSurvey -----------------------------------------------------------------------------------

_LIME_OWN = (
    ("id", "Response ID", "7", "8"),
    ("submitdate", "Date submitted", "2026-09-03 12:00:38", None),
    ("lastpage", "Last page", "4", "1"),
    ("startlanguage", "Start language", "zh-Hans", "en"),
    ("seed", "Seed", "1094873211", "204775310"),
    ("startdate", "Date started", "2026-09-03 11:58:00", "2026-09-03 13:00:00"),
    ("datestamp", "Date last action", "2026-09-03 12:00:38", "2026-09-03 13:01:00"),
    ("ipaddr", "IP address", "192.0.2.7", "192.0.2.8"),
    ("refurl", "Referrer URL", None, None),
    ("token", "Access code", "x7Kq", "p2Lw"),
)
_LIME_ASKED = (
    ("Q1", "", OVERALL, "A4", "A2"),
    ("Q2[SQ001]", "Price", WHY, "Y", None),
    ("Q2[SQ002]", "Network [4G]", WHY, None, "Y"),
    ("Q2[other]", "Other", WHY, "queues", None),
    ("Q3", "", "Which shop?", "-oth-", "A1"),
    ("Q3[other]", "Other", "Which shop?", "market", None),
    ("M4[SQ001]", "Staff", "Rate us", "5", "3"),
    ("M4[SQ002]", "Speed", "Rate us", "4", "2"),
    ("P5[SQ001]", "Web", "Seen where?", "Y", None),
    ("P5[SQ001comment]", "Comment", "Seen where?", "'=often", None),
    ("D6[SQ001][1]", "Staff][Scale 1", "Twice", "1", "2"),
    ("D6[SQ001][2]", "Staff][Scale 2", "Twice", "2", "2"),
    ("attribute_1", "", "region", "north", "south"),
)
_LIME_TIMES = (
    ("interviewtime", "Total time", "158.2", "61.0"),
    ("groupTime8106", "Group time: First", "90.1", "61.0"),
    ("Q1Time", "Question time: Q1", "12.4", None),
)
_CHINESE = ("响应 ID", "提交日期", "最后一页", "起始语言", "种子", "开始日期", "最近操作日期")


def limesurvey(
    headings: str = "code", *, bracketed: bool = True, underscores: bool = False, chinese: bool = False
) -> Rows:
    """Return an export whose ``headings`` are ``code``, ``text``, ``cut`` or ``both``.

    Without ``bracketed`` codes are ``Q2_SQ001``; with ``underscores`` spaces of headings become underscores;
    ``chinese`` translates the headings of the platform's own columns.
    """
    own = _LIME_OWN[:7] if chinese else _LIME_OWN
    told = [(code, _CHINESE[n] if chinese else text) for n, (code, text, *_) in enumerate(own)]
    for code, part, stem, *_ in _LIME_ASKED:
        shown = f"{stem[:15]}.. " if headings == "cut" and len(stem) > 15 else stem
        told.append((code, f"{shown} [{part}]" if part else shown))
    told += [(code, text) for code, text, *_ in _LIME_TIMES]
    heads: list[Cell] = []
    for code, text in told:
        spelled = code if bracketed else code.replace("[", "_").replace("]", "")
        said = text.replace(" ", "_") if underscores else text
        heads.append({"code": spelled, "both": f"{spelled}. {said}"}.get(headings, said))
    rows: Rows = [heads]
    for n in (-2, -1):
        rows.append([column[n] for column in (*own, *_LIME_ASKED, *_LIME_TIMES)])
    return rows


# -- Microsoft Forms, Google Forms ----------------------------------------------------------------

_MS_HEADERS = {
    "en": ("ID", "Start time", "Completion time", "Email", "Name"),
    "zh": ("ID", "开始时间", "完成时间", "电子邮件", "名称"),
    "fi": ("Tunnus", "Aloitusaika", "Valmistumisaika", "Sähköposti", "Nimi"),
}


def microsoft_forms(language: str = "en", *, quiz: bool = False, signed_in: bool = False) -> Rows:
    """Return an export as text; ``quiz`` adds points and feedback, ``signed_in`` mails and names."""
    anonymous = {"en": "anonymous", "zh": "匿名", "fi": "anonyymi"}[language]
    people: list[list[Cell]] = [["li@example.org", "Li"], ["wu@example.org", "Wu"]]
    if not signed_in:
        people = [[anonymous, None], [anonymous, None]]
    more: list[Cell] = ["Total points", "Quiz feedback", "Last modified time"] if quiz else []
    asked: list[Cell] = [OVERALL, WHY, AWKWARD, "Staff", "Story key", "Story key2"]
    if quiz:
        asked[1:1] = [f"Points - {OVERALL}", f"Feedback - {OVERALL}"]
    rows: Rows = [[*_MS_HEADERS[language], *more, *asked]]
    for n, person in enumerate(people, 1):
        times: list[Cell] = [f"7/27/26 19:0{n}:23", f"7/27/26 19:1{n}:10"]
        extra: list[Cell] = ["4", None, None] if quiz else []
        answers: list[Cell] = ["4", "Price;Network;", "Good", "Bad", "k1", "k2"]
        if quiz:
            answers[1:1] = ["1", None]
        rows.append([str(n), *times, *person, *extra, *answers])
    return rows


def google_forms(header: str = "Timestamp", *, mail: bool = False, score: bool = False) -> Rows:
    """Return an export with a grid and a repeated question; the form of times goes with ``header``."""
    stamps = {
        "Timestamp": ("8/4/2025 23:25:41", "8/14/2025 9:02:11"),
        "时间戳记": ("2025-12-5 上午10:22:10", "2025-12-5 下午01:14:13"),
        "": ("2026-09-08 14:03:21", "2026-09-08 15:00:00"),
        "Aikaleima": ("2026-09-08 14:03:21", "2026-09-08 15:00:00"),
        "Lokaalne aeg": ("2026/09/27 3:00:00 PM GMT+3", "2026/09/27 3:10:09 PM GMT+3"),
    }[header]
    asked: list[Cell] = [OVERALL, WHY, "Rate us [Staff]", "Rate us [Speed [any]]", "Brand [2026]", OVERALL]
    if score:
        asked += [f"{WHY} [Score]", f"{WHY} [Feedback]"]
    rows: Rows = [[header or "Timestamp", *(["Email Address"] * mail), *(["Score"] * score), *asked]]
    for n, stamp in enumerate(stamps):
        begin: list[Cell] = [stamp, *([f"p{n}@example.org"] * mail), *(["4 / 5"] * score)]
        answers: list[Cell] = ["4", "Price, Network", "Good", "Bad", "Ours", "5"]
        rows.append([*begin, *answers, *(["-- / 5", None] if score else [])])
    return rows


# -- REDCap, KoboToolbox, ODK Central -------------------------------------------------------------


def redcap(*, labels: bool = False, longitudinal: bool = True, repeated: bool = False) -> Rows:
    """Return field names with codes or ``labels``; ``longitudinal`` adds columns that only REDCap has."""
    own = ["redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]
    own += ["redcap_data_access_group", "redcap_survey_identifier"]
    asked: list[Cell] = ["visit_timestamp", "sat", "why___1", "why___2", "why____99", "visit_complete"]
    rows: Rows = [["record_id", *(own if longitudinal else []), *asked]]
    boxes = ("Unchecked", "Checked") if labels else ("0", "1")
    states = ("Complete", "Incomplete") if labels else ("2", "0")
    for n, event in enumerate(("wave_1_arm_1", "wave_2_arm_1")):
        begin: list[Cell] = [event, "visit" if repeated else None, "1" if repeated else None, None, None]
        stamp = "[not completed]" if n else "2026-09-03 12:00:38"
        answers: list[Cell] = [stamp, "4", boxes[1], boxes[0], boxes[0], states[n]]
        rows.append([str(n + 1), *(begin if longitudinal else []), *answers])
    return rows


_KOBO_OWN: list[Cell] = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status"]
_KOBO_OWN += ["_submitted_by", "__version__", "_tags", "_index"]


def kobo(*, labels: bool = False, joined: bool = True) -> Rows:
    """Return names with groups, or labels without; ``joined`` adds the column of all that was chosen."""
    begin: list[Cell] = ["start", "end"]
    if labels:
        asked: list[Cell] = [OVERALL, WHY, f"{WHY}/Price", f"{WHY}/4G/5G network", "Prices / value"]
    else:
        asked = ["g1/N1", "M1", "M1/price", "M1/network", "g2/N2"]
    places: list[Cell] = ["spot", "_spot_latitude", "_spot_longitude", "_spot_altitude", "_spot_precision"]
    end: list[Cell] = ["41", "5f0c9a1e-3b7d-4c52-9a10-2d6e8b7f4c11", "2026-09-03T04:00:40", None, None]
    rows: Rows = [[*begin, *asked, *places, *_KOBO_OWN]]
    for n in (1, 2):
        times: list[Cell] = [f"2026-09-0{n}T11:58:00.000+08:00", f"2026-09-0{n}T12:00:38.000+08:00"]
        answers: list[Cell] = ["5", "price" if n == 1 else "network", str(2 - n), str(n - 1), "4"]
        spot: list[Cell] = ["47.1 7.2 0 0", "47.1", "7.2", "0", "0"]
        rows.append([*times, *answers, *spot, *end, "submitted_via_web", None, "v1", None, str(n)])
    if not joined:
        rows = [[*row[:3], *row[4:]] for row in rows]
    return rows


def kobo_repeats() -> Rows:
    """Return the sheet of a repeat."""
    return [
        ["name", "age", "_index", "_parent_table_name", "_parent_index", "_submission__id"],
        ["Xiao", "4", "1", "household", "1", "41"],
    ]


def odk() -> Rows:
    """Return an export with groups, a split choice and a location."""
    asked: list[Cell] = ["sat", "q1", "q1/a", "q1/b", "g1-q2", "g1-pre-test", "g2-sat2", "spot-Latitude"]
    asked += ["spot-Longitude", "spot-Altitude", "spot-Accuracy"]
    tail: list[Cell] = ["KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected"]
    tail += ["Status", "ReviewState", "DeviceID", "Edits", "FormVersion"]
    rows: Rows = [["SubmissionDate", "meta-instanceID", *asked, *tail]]
    for n, review in ((1, None), (2, "rejected")):
        answers: list[Cell] = ["5", "a b", "1", "1", "3", "2", "4", "47.1", "7.2", "0", "5"]
        end: list[Cell] = [f"uuid:4{n}", "5", "Wang", "0", "0", None, review, None, "0", "2"]
        rows.append([f"2026-09-0{n}T04:00:38.000Z", f"uuid:4{n}", *answers, *end])
    return rows


def odk_repeats() -> Rows:
    """Return the file of a repeat."""
    return [
        ["name", "age", "PARENT_KEY", "KEY"],
        ["Xiao", "4", "uuid:41", "uuid:41/children/child[1]"],
    ]


# -- all of them ----------------------------------------------------------------------------------

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
