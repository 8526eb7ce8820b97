"""The audit trail of a project file: every import and every decision of a person, when and by whom.

Rows are only ever added; the one thing that changes is whether an import is current or undone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from survey.canonical import canonical
from survey.import_record import Exclusion, ImportRecord, ImportSource
from survey.project_file import ProjectFile
from survey.pseudonyms import NEW, PLAIN
from survey.responses import Responses

_RECORD = """
SELECT import.number, import.wave, file, sha256, study, tool, import.at, rows, added, corrected, unchanged,
    state, report, import.who, layout, mapping, decision.at, decision.who
FROM import LEFT JOIN decision ON decision.kind = 'undo' AND decision.import = import.number
"""
# The last decision about everybody about whom there is one.
_DECIDED = """
SELECT respondent, reason, at, who, kind FROM decision
WHERE number IN (
    SELECT max(number) FROM decision WHERE wave = ? AND kind IN ('exclude', 'include') GROUP BY respondent
)
ORDER BY number
"""


class Audit:
    """Imports, decisions and settings of a project file."""

    def __init__(self, file: ProjectFile) -> None:
        self._file = file

    # -- imports ----------------------------------------------------------------------------------

    def records(self, where: str = "", values: Sequence[Any] = ()) -> tuple[ImportRecord, ...]:
        """Return the imports for which ``where`` holds, oldest first."""
        rows = self._file.run(f"{_RECORD} {where} ORDER BY import.number", values)
        return tuple(_record(row) for row in rows)

    def record(self, number: int) -> ImportRecord:
        """Return the import ``number``, which exists."""
        [found] = self.records("WHERE import.number = ?", (number,))
        return found

    def past(self) -> tuple[int, ...]:
        """Return the imports that brought answers of which some do not hold now."""
        rows = self._file.run(
            "SELECT DISTINCT import FROM respondent"
            " WHERE key NOT IN (SELECT respondent_key FROM held) ORDER BY 1"
        )
        return tuple(row[0] for row in rows)

    def digest(self, number: int) -> str:
        """Return the digest of the answers that import ``number`` brought, empty where it is not known."""
        return str(self._file.run("SELECT digest FROM import WHERE number = ?", (number,))[0][0])

    def study(self, digest: str) -> Any:
        """Return the document of a study under which answers came in."""
        [[definition]] = self._file.run("SELECT definition FROM study WHERE digest = ?", (digest,))
        return json.loads(definition)

    def current(self, wave: str) -> tuple[ImportRecord, ...]:
        """Return the imports that say what ``wave`` holds, oldest first."""
        return self.records("WHERE import.wave = ? AND state = 'current'", (wave,))

    def waves(self) -> tuple[str, ...]:
        """Return the waves with a current import, in the order of their first one."""
        current = "SELECT wave FROM import WHERE state = 'current' GROUP BY wave ORDER BY min(number)"
        return tuple(row[0] for row in self._file.run(current))

    def identities(self, wave: str) -> set[str]:
        """Return what the respondents of ``wave`` are known by."""
        rows = self._file.run(
            "SELECT DISTINCT identity FROM import WHERE wave = ? AND state = 'current'", (wave,)
        )
        return {row[0] for row in rows}

    def write_import(
        self, answers: Responses, source: ImportSource, study: str, counts: tuple[int, int, int], digest: str
    ) -> int:
        """Write down an import and return its number.

        ``counts`` are the respondents added, corrected and unchanged; ``digest`` is that of the answers that
        are new with it.
        """
        lists = (list(answers.items), list(answers.columns), list(answers.comments), list(answers.choices))
        values = {
            "wave": answers.wave,
            "study": study,
            "file": source.file,
            "sha256": source.sha256,
            "tool": source.tool,
            "at": moment(source.at),
            "rows": source.rows,
            **dict(zip(("added", "corrected", "unchanged"), counts, strict=True)),
            "report": canonical(source.report),
            "state": "current",
            **dict(zip(("items", "facts", "questions", "choices"), map(canonical, lists), strict=True)),
            "identity": source.identity,
            "digest": digest,
            "who": source.by,
            "layout": source.layout,
            "mapping": source.mapping,
        }
        marks = ", ".join("?" * len(values))
        self._file.run(
            f"INSERT INTO import ({', '.join(values)}) VALUES ({marks})",  # noqa: S608 (the names above)
            tuple(values.values()),
        )
        return int(self._file.run("SELECT max(number) FROM import")[0][0])

    # -- decisions --------------------------------------------------------------------------------

    def write_undo(self, record: ImportRecord, at: datetime, by: str | None) -> None:
        """Take an import out of what holds, and write down who did."""
        self._file.run("UPDATE import SET state = 'undone' WHERE number = ?", (record.number,))
        self._file.run(
            "INSERT INTO decision (at, who, kind, wave, import, reason) VALUES (?, ?, 'undo', ?, ?, '')",
            (moment(at), by, record.wave, record.number),
        )

    def write_decisions(
        self,
        kind: Literal["exclude", "include"],
        wave: str,
        respondents: Sequence[str],
        reason: str,
        at: datetime,
        by: str | None,
    ) -> None:
        """Write down that the answers of some respondents count no longer, or again."""
        self._file.run_many(
            "INSERT INTO decision (at, who, kind, wave, respondent, reason) VALUES (?, ?, ?, ?, ?, ?)",
            ((moment(at), by, kind, wave, respondent, reason) for respondent in respondents),
        )

    def exclusions(self, wave: str) -> tuple[Exclusion, ...]:
        """Return who was last decided to be left out, in the order of the decisions."""
        return tuple(
            Exclusion(respondent, reason, datetime.fromisoformat(at), by)
            for respondent, reason, at, by, kind in self._file.run(_DECIDED, (wave,))
            if kind == "exclude"
        )

    # -- settings ---------------------------------------------------------------------------------

    @property
    def identifiers(self) -> str:
        """What identifiers are: ``new`` before the first import, ``plain``, or a key's fingerprint."""
        rows = self._file.run("SELECT value FROM setting WHERE name = 'identifiers'")
        if rows:
            return str(rows[0][0])
        # Files of the first format know no pseudonyms.
        return PLAIN if self._file.run("SELECT 1 FROM import LIMIT 1") else NEW

    def settle_identifiers(self, identifiers: str) -> None:
        """Write down, at the first import, what identifiers are from now on."""
        self._file.run("INSERT INTO setting (name, value) VALUES ('identifiers', ?)", (identifiers,))


def moment(at: datetime) -> str:
    """Return a moment as the file holds it."""
    return at.isoformat(timespec="seconds")


def _record(row: tuple[Any, ...]) -> ImportRecord:
    number, wave, file, sha256, study, tool, at, rows, added, corrected, unchanged, *rest = row
    state, report, by, layout, mapping, undone_at, undone_by = rest
    return ImportRecord(
        *(number, wave, file, sha256, study, tool, datetime.fromisoformat(at)),
        *(rows, added, corrected, unchanged, state, json.loads(report), by, layout, mapping),
        undone_at=datetime.fromisoformat(undone_at) if undone_at else None,
        undone_by=undone_by,
    )
