"""Exports of Qualtrics, SurveyMonkey and LimeSurvey drawn by code: one small invented survey in every form.

Each function returns rows of cells, header rows first, ``None`` for a blank.
"""

from __future__ import annotations

import json

from exports_cn import Cell, Rows

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
