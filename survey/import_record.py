"""What is kept and said of an import: where answers came from, what they changed, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

from survey import __version__
from survey.comparison import Change
from survey.errors import Place
from survey.import_report import ImportReport, KnownBy
from survey.study import Study

_PLAIN_LAYOUT = "plain"


@dataclass(frozen=True, slots=True)
class ImportSource:
    """Where answers come from.

    Attributes
    ----------
    at : when, with its time zone; the store reads no clock.
    places : where each respondent stands in the file, for messages.
    shown : what the file calls each respondent, for messages.
    key : fingerprint of the key under which respondents were given pseudonyms; ``None`` where they keep the
        names of the file.
    by : who imports, if that is known.
    layout : name of the layout of the file.
    mapping : digest of everything decided about how this file is read. The same file under another one is
        another import.
    known_by : what told respondents apart in this file; by default what the study and the layout promise.
    """

    file: str
    sha256: str
    study: Study
    at: datetime
    rows: int
    tool: str = __version__
    report: Mapping[str, Any] = field(default_factory=dict)
    places: Sequence[Place] = ()
    shown: tuple[str, ...] = ()
    key: str | None = None
    by: str | None = None
    layout: str | None = None
    mapping: str | None = None
    known_by: KnownBy | None = None

    @classmethod
    def of(
        cls, report: ImportReport, study: Study, at: datetime, places: Sequence[Place] = (), **more: Any
    ) -> Self:
        """Return the source that an import report describes; ``more`` are fields of the source.

        Sentences of warnings may quote identifiers and are not kept; their codes and places are.
        """
        document = report.document()
        document["warnings"] = [
            {name: warning[name] for name in ("code", "place")} for warning in document["warnings"]
        ]
        known: dict[str, Any] = {"report": document, "places": places}
        known |= {"layout": report.layout, "known_by": report.known_by}
        return cls(report.file, report.sha256, study, at, report.rows, **(known | more))

    @property
    def platform(self) -> str | None:
        """The layout whose own number of the answer stands for respondents of whom the study asks no other;
        ``None`` elsewhere.
        """
        own = self.study.design.respondent is None and self._known_by == "platform"
        return self.layout if own else None

    @property
    def identity(self) -> str:
        """What respondents are known by: ``column:ID``, ``platform:LAYOUT`` or ``row``.

        Only people known by the same can be recognised; by the number of a row nobody can.
        """
        known = self._known_by
        about = {"column": self.study.design.respondent, "platform": self.layout, "row": None}[known]
        return known if about is None else f"{known}:{about}"

    @property
    def _known_by(self) -> KnownBy:
        if self.known_by is not None:
            return self.known_by
        if self.study.design.respondent is not None:
            return "column"
        return "row" if self.layout in (None, _PLAIN_LAYOUT) else "platform"

    def mixes_with(self, identity: str) -> bool:
        """Whether these people can stand beside others: known by the same, or each by a platform's number.

        Equal numbers of two platforms differ only under pseudonyms.
        """
        both = identity.startswith("platform:") and self.platform is not None and self.key is not None
        return identity == self.identity or both


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One line of the audit trail. ``undone_at`` and ``undone_by`` are of an import that was taken back."""

    number: int
    wave: str
    file: str
    sha256: str
    study: str
    tool: str
    at: datetime
    rows: int
    added: int
    corrected: int
    unchanged: int
    state: Literal["current", "undone"]
    report: Mapping[str, Any]
    by: str | None = None
    layout: str | None = None
    mapping: str | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None


@dataclass(frozen=True, slots=True)
class AddOutcome:
    """What adding did.

    Attributes
    ----------
    added, corrected, unchanged : respondents of the file by what it changed about them.
    reweighted : how many of the corrected differ in their weight alone.
    vanished : respondents that the wave holds and of whom the file brought nothing; they stay.
    changes : the first answers that were corrected.
    changed : how many people were corrected, by item, column and question.
    digest : of everything answered in the wave now.
    number : of this import; ``None`` when nothing was done.
    again : the earlier import of the same file, when nothing was done.
    """

    wave: str
    added: int
    unchanged: int
    digest: str
    number: int | None
    again: ImportRecord | None = None
    corrected: int = 0
    reweighted: int = 0
    vanished: int = 0
    changes: tuple[Change, ...] = ()
    changed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """What taking an import back did.

    Attributes
    ----------
    gone : respondents that no import is left to speak of.
    restored : respondents whose answers are those of an earlier import again.
    respondents : how many the wave holds now.
    digest : of everything answered in the wave now; ``None`` where that is nothing.
    """

    undone: ImportRecord
    gone: int
    restored: int
    respondents: int
    digest: str | None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Somebody whose answers count in no result, by whose decision, when and why."""

    respondent: str
    reason: str
    at: datetime
    by: str | None
