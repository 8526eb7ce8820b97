"""The weight sets of a project file: drafts, approved ones, and which of them results use.

A set is checked against its digest whenever it is read. It never changes: a draft can be approved, once,
or dropped; what is approved stays. Triggers in the file hold this for every program that opens it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from survey.audit import moment
from survey.canonical import canonical
from survey.errors import Place, Problem, StoreProblems
from survey.language import listing
from survey.project_file import ProjectFile, migration_files
from survey.weight_set import SetState, WeightSet

_SET = "SELECT name, digest, document, at, state, approved_at, approved_by, note FROM weight_set"
_LAST_USE = (
    "SELECT digest, name, at, who FROM weight_decision WHERE kind = 'use' ORDER BY number DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class HeldSet:
    """A weight set, its state, when it was saved (``None``: the project has it not), who approved it."""

    weights: WeightSet
    state: SetState
    at: datetime | None = None
    approved_at: datetime | None = None
    approved_by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class WeightUse:
    """Somebody's decision about what results use; ``digest`` is ``None`` for the weights of the study."""

    digest: str | None
    name: str
    at: datetime
    by: str | None


class WeightStore:
    """The weight sets of an open project file. Every failure is a ``StoreProblems`` that says what to do."""

    def __init__(self, file: ProjectFile) -> None:
        self._file = file

    # -- reading ----------------------------------------------------------------------------------

    def sets(self) -> tuple[HeldSet, ...]:
        """Return drafts and approved sets, oldest first."""
        rows = self._file.run(f"{_SET} WHERE state <> 'study' ORDER BY number")
        return tuple(self._held(row) for row in rows)

    def names(self) -> tuple[str, ...]:
        """Return the names of drafts and approved sets, oldest first."""
        rows = self._file.run("SELECT name FROM weight_set WHERE state <> 'study' ORDER BY number")
        return tuple(row[0] for row in rows)

    def named(self, name: str) -> HeldSet:
        """Return the draft or approved set ``name``; raises where there is none or it was altered."""
        rows = self._file.run(f"{_SET} WHERE name = ? AND state <> 'study'", (name,))
        if not rows:
            values = {"name": name, "known": listing(self.names() or ("–",))}
            raise StoreProblems([self._file.problem("weights_not_there", **values)])
        return self._held(rows[0])

    def with_digest(self, digest: str) -> HeldSet | None:
        """Return the set with ``digest``, one that a study file once declared included; else ``None``."""
        rows = self._file.run(f"{_SET} WHERE digest = ?", (digest,))
        return self._held(rows[0]) if rows else None

    def in_use(self) -> WeightUse | None:
        """Return the last decision about what results use; ``None`` where nobody decided anything."""
        rows = self._file.run(_LAST_USE)
        if not rows:
            return None
        digest, name, at, who = rows[0]
        return WeightUse(digest, name, datetime.fromisoformat(at), who)

    def used(self) -> HeldSet | None:
        """Return the approved set that results use; ``None`` for the weights of the study.

        Raises ``StoreProblems`` where that set is not in the file or was altered.
        """
        use = self.in_use()
        if use is None or use.digest is None:
            return None
        if (held := self.with_digest(use.digest)) is None:
            raise StoreProblems([self._file.problem("weights_in_use_gone", name=use.name)])
        return held

    def verify(self) -> tuple[Problem, ...]:
        """Return what is wrong with the sets: content altered, the one in use gone, triggers removed."""
        problems: list[Problem] = []
        for row in self._file.run(f"{_SET} ORDER BY number"):
            try:
                self._held(row)
            except StoreProblems as error:
                problems += error.problems
        rows = self._file.run("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        if missing := sorted(_triggers() - {row[0] for row in rows}):
            problems.append(self._file.problem("weights_unguarded", names=listing(missing)))
        use = self.in_use()
        digests = {row[0] for row in self._file.run("SELECT digest FROM weight_set")}
        if use is not None and use.digest is not None and use.digest not in digests:
            problems.append(self._file.problem("weights_in_use_gone", name=use.name))
        return tuple(problems)

    def _held(self, row: tuple[Any, ...]) -> HeldSet:
        name, digest, document, at, state, approved_at, approved_by, note = row
        try:
            weights = WeightSet.model_validate_json(document)
        except ValidationError:
            weights = None
        if weights is None or weights.digest != digest or weights.name != name:
            raise StoreProblems([self._file.problem("weights_altered", name=name)])
        approved = datetime.fromisoformat(approved_at) if approved_at else None
        return HeldSet(weights, state, datetime.fromisoformat(at), approved, approved_by, note)

    # -- writing ----------------------------------------------------------------------------------

    def add(self, weights: WeightSet, *, at: datetime, study: WeightSet | None = None) -> HeldSet:
        """Add a set as a draft.

        ``study`` are the weights of the study file where the set was made from them: they are kept too, so
        that what the set changed can be told when the study file says something else.

        Raises ``StoreProblems`` when the name is taken or the very set is there already.
        """
        with self._file.writing():
            if (same := self.with_digest(weights.digest)) is not None:
                raise StoreProblems([self._file.problem("weights_same", name=same.weights.name)])
            if weights.name in self.names():
                raise StoreProblems([self._file.problem("weights_exist", name=weights.name)])
            if study is not None and self.with_digest(study.digest) is None:
                self._write(study, "study", at)
            self._write(weights, "draft", at)
        return self.named(weights.name)

    def approve(self, name: str, *, by: str, at: datetime, note: str | None = None) -> HeldSet:
        """Approve a draft; from then on it can neither be changed nor dropped."""
        with self._file.writing():
            self._refuse_approved(self.named(name), "weights_approved_before")
            self._file.run(
                "UPDATE weight_set SET state = 'approved', approved_at = ?, approved_by = ?, note = ?"
                " WHERE name = ? AND state = 'draft'",
                (moment(at), by, note, name),
            )
        return self.named(name)

    def use(
        self, name: str | None, *, at: datetime, by: str | None = None, study: str = "study"
    ) -> WeightUse:
        """Decide what results use: the approved set ``name``, or with ``None`` the weights of the study.

        ``study`` is what the latter go by in the account of decisions.
        """
        with self._file.writing():
            held = None if name is None else self.named(name)
            if held is not None and held.state != "approved":
                raise StoreProblems([self._file.problem("weights_not_approved", name=name)])
            digest = None if held is None else held.weights.digest
            self._decide("use", digest, name or study, at, by)
        return WeightUse(digest, name or study, at, by)

    def drop(self, name: str, *, at: datetime, by: str | None = None) -> None:
        """Delete a draft; that it was there stays in the account of decisions."""
        with self._file.writing():
            # A draft that somebody altered must be possible to get rid of, so it is not checked.
            rows = self._file.run(f"{_SET} WHERE name = ? AND state <> 'study'", (name,))
            if not rows or rows[0][4] != "draft":
                self._refuse_approved(self.named(name), "weights_only_drafts")
            self._decide("drop", rows[0][1], name, at, by)
            self._file.run("DELETE FROM weight_set WHERE name = ? AND state = 'draft'", (name,))

    def _refuse_approved(self, held: HeldSet, code: str) -> None:
        if held.approved_at is not None:
            values = {"name": held.weights.name, "by": held.approved_by, "at": f"{held.approved_at:%Y-%m-%d}"}
            raise StoreProblems([Problem(code, Place(self._file.path.name), values)])

    def _write(self, weights: WeightSet, state: SetState, at: datetime) -> None:
        document = canonical(weights.model_dump(mode="json"))
        self._file.run(
            "INSERT INTO weight_set (digest, name, document, at, state) VALUES (?, ?, ?, ?, ?)",
            (weights.digest, weights.name, document, moment(at), state),
        )

    def _decide(self, kind: str, digest: str | None, name: str, at: datetime, by: str | None) -> None:
        self._file.run(
            "INSERT INTO weight_decision (at, who, kind, digest, name) VALUES (?, ?, ?, ?, ?)",
            (moment(at), by, kind, digest, name),
        )


def _triggers() -> set[str]:
    """Return the names of the triggers that the schema declares."""
    scripts = (step.read_text(encoding="utf-8") for step in migration_files())
    return {name for script in scripts for name in re.findall(r"(?m)^CREATE TRIGGER (\w+)", script)}
