"""Exports of form builders drawn by code: Microsoft and Google Forms, REDCap, KoboToolbox, ODK Central.

Each function returns rows of cells, header rows first, ``None`` for a blank.
"""

from __future__ import annotations

from exports_cn import Cell, Rows
from exports_survey_tools import AWKWARD, OVERALL, WHY

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
    end: list[Cell] = ["2026-09-03T04:00:40", None, None]
    rows: Rows = [[*begin, *asked, *places, *_KOBO_OWN]]
    for n in (1, 2):
        times: list[Cell] = [f"2026-09-0{n}T11:58:00.000+08:00", f"2026-09-0{n}T12:00:38.000+08:00"]
        answers: list[Cell] = ["5", "price" if n == 1 else "network", str(2 - n), str(n - 1), "4"]
        spot: list[Cell] = ["47.1 7.2 0 0", "47.1", "7.2", "0", "0"]
        ids: list[Cell] = [f"4{n}", f"5f0c9a1e-3b7d-4c52-9a10-2d6e8b7f4c1{n}"]
        rows.append([*times, *answers, *spot, *ids, *end, "submitted_via_web", None, "v1", None, str(n)])
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
