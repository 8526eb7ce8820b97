"""Whose answers count: a person decides, and the project file keeps who, when and why.

Nothing is deleted. What is excluded stands in no result and can be taken in again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from workbench.project import Project
from workbench.terminal import Stop
from workbench.user import user

if TYPE_CHECKING:
    from survey.store import Store


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: whose answers count no longer (``exclude``) or again (``include``), and why."""

    kind: Literal["exclude", "include"]
    wave: str
    respondents: tuple[str, ...]
    reason: str
    at: datetime
    by: str | None

    def document(self) -> dict[str, Any]:
        """Return the decision as JSON values."""
        return {
            "kind": self.kind,
            "wave": self.wave,
            "respondents": list(self.respondents),
            "reason": self.reason,
            "at": self.at.isoformat(timespec="seconds"),
            "by": self.by,
        }


def exclude_proposed(opened: Project, wave: str, reason: str) -> Decision:
    """Leave out of all results whoever ``careless_flags`` proposes and is not left out yet."""
    return _decide(opened, "exclude", wave, reason, lambda store: _proposed(opened, store, wave))


def include_all(opened: Project, wave: str, reason: str) -> Decision:
    """Take everybody into the results of ``wave`` again who was left out."""

    def left_out(store: Store) -> list[str]:
        return [person.respondent for person in store.exclusions(wave)]

    return _decide(opened, "include", wave, reason, left_out)


def _decide(
    opened: Project,
    kind: Literal["exclude", "include"],
    wave: str,
    reason: str,
    choose: Callable[[Store], Sequence[str]],
) -> Decision:
    """Write down a decision about those whom ``choose`` finds; about nobody nothing is written."""
    from survey.store import Store

    if not opened.database.is_file():
        raise Stop("message.no_answers", folder=opened.folder)
    with Store.open(opened.database) as store:
        made = Decision(kind, wave, tuple(choose(store)), reason, datetime.now().astimezone(), user())
        if made.respondents:
            write = store.exclude if kind == "exclude" else store.include
            write(wave, made.respondents, reason, at=made.at, by=made.by)
    return made


def _proposed(opened: Project, store: Store, wave: str) -> list[str]:
    from survey.careless_flags import careless_flags

    flags = careless_flags(store.load(wave, opened.study, excluded=True), opened.study)
    gone = {person.respondent for person in store.exclusions(wave)}
    found = zip(flags.respondents, flags.proposed, strict=True)
    return [respondent for respondent, out in found if out and respondent not in gone]
