"""The project file: the answers of every wave, and the account of how they came in.

An import is all or nothing, and nothing is ever deleted or overwritten. Each import asserts, for everybody
in its file, which version of their answers holds; what a wave holds is what its current imports say, later
ones before earlier ones. So a second file may add people and correct answers, and any import can be taken
back: what remains is what the other imports say, as if it had never been. Every wave has a digest of
everything answered in it, so that a report can say which answers it was made from and ``verify`` can tell
whether they are still the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace as changed
from datetime import datetime
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from survey.answer_tables import AnswerTables
from survey.audit import Audit, moment
from survey.canonical import canonical, digest_of
from survey.comparison import Change, Comparison, compare
from survey.definition import study_digest
from survey.disagreement import disagreements, numbers, rows_differ
from survey.errors import Place, Problem, StoreProblems
from survey.held_answers import misfits
from survey.import_record import AddOutcome, Exclusion, ImportRecord, ImportSource, UndoOutcome
from survey.language import listing
from survey.project_file import ProjectFile
from survey.pseudonyms import NEW, PLAIN
from survey.responses import Responses
from survey.study import Study
from survey.wave_contents import asked_otherwise, in_order_of, rows_of, wave_digest
from survey.weight_store import WeightStore

__all__ = ["AddOutcome", "Change", "Exclusion", "ImportRecord", "ImportSource", "Store", "UndoOutcome"]

_CHANGES_SHOWN = 200


class Store:
    """An open project file. Use it in a ``with`` statement, or close it."""

    def __init__(self, file: ProjectFile) -> None:
        self._file = file
        self._tables = AnswerTables(file)
        self._audit = Audit(file)
        self.weights = WeightStore(file)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Open the project file at ``path``; it is made when absent, unless ``read_only``.

        Raises ``StoreProblems`` when it is no project file, comes from a newer version, is damaged,
        locked by another program for more than 5 s, or may not be written.
        """
        return cls(ProjectFile(path, read_only=read_only))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # -- reading ----------------------------------------------------------------------------------

    def copy(self, path: Path) -> None:
        """Write the project file as it stands now to ``path``, to try something on."""
        self._file.copy(path)

    def waves(self) -> tuple[str, ...]:
        """Return the waves that hold answers, in the order of the first import of each that holds."""
        return self._audit.waves()

    def asked(self, wave: str) -> tuple[str, ...]:
        """Return the items of ``wave`` by the ids under which their answers stand; none without answers."""
        return self._tables.asked(wave)

    def digest(self, wave: str) -> str:
        """Return the digest of everything answered in ``wave``, by whomever.

        Raises ``StoreProblems`` when there are no answers.
        """
        rows = self._file.run("SELECT digest FROM wave WHERE id = ? AND digest <> ''", (wave,))
        if not rows:
            raise StoreProblems([self._file.problem("store_no_wave", wave=wave)])
        return str(rows[0][0])

    def basis(self, wave: str) -> str:
        """Return the digest of what results of ``wave`` rest on; ``digest`` as long as nobody is excluded."""
        digest = self.digest(wave)
        excluded = sorted(person.respondent for person in self.exclusions(wave))
        return digest_of([digest, excluded]) if excluded else digest

    def fingerprint(self, wave: str) -> str:
        """Return a digest that is another whenever anything that ``load`` returns may be another."""
        imports = [(record.number, record.sha256) for record in self._audit.current(wave)]
        return digest_of([self.basis(wave), imports])

    @property
    def identifiers(self) -> str:
        """Return ``new`` before the first import, ``plain`` where identifiers stand as given, else the
        fingerprint of the key to their pseudonyms.
        """
        return self._audit.identifiers

    def plain_identifiers(self) -> Problem:
        """Return the warning that whoever gets the file gets the identifiers in it."""
        return changed(self._file.problem("identifiers_plain"), severity="warning")

    def load(self, wave: str, study: Study | None = None, *, excluded: bool = False) -> Responses:
        """Return the answers of ``wave``, which must still mean under ``study`` what they meant when read.

        Respondents stand in the order in which the imports that hold first mention them. Those whom
        somebody decided to leave out are not among them, unless ``excluded``.

        Raises ``StoreProblems`` when there are none, or when ``study`` has another scale, category or
        column where these answers stand; see ``held_answers``.
        """
        with self._file.reading():
            without = () if excluded else [person.respondent for person in self._audit.exclusions(wave)]
            held = self._tables.load(wave, without)
            if study is not None and (found := self._misfits(held, study)):
                raise StoreProblems(found)
            return held

    def _misfits(self, held: Responses, study: Study) -> tuple[Problem, ...]:
        last = self._audit.current(held.wave)[-1]
        return misfits(held, self._audit.study(last.study), study, self._file.path.name)

    def imports(self) -> tuple[ImportRecord, ...]:
        """Return the audit trail, oldest first."""
        return self._audit.records()

    def exclusions(self, wave: str) -> tuple[Exclusion, ...]:
        """Return who of those that ``wave`` holds is left out of results, in the order of the decisions."""
        found = self._audit.exclusions(wave)
        held = self._tables.held(wave) if found else {}
        return tuple(person for person in found if person.respondent in held)

    def verify(self) -> tuple[Problem, ...]:
        """Return what is wrong with the file: its structure; waves, imports and weight sets altered."""
        problems = [self._file.problem("store_damaged", reason=reason) for reason in self._file.damage()]
        sets = () if problems else self.weights.verify()
        for wave in self.waves():
            try:
                self._sound(wave)
            except StoreProblems as error:
                problems += error.problems
        if not problems:
            # Answers that an undo would bring back are as good as those that hold.
            problems += [p for number in self._audit.past() for p in self._altered(number)]
        problems += sets
        return tuple(problems)

    def _sound(self, wave: str) -> Responses:
        """Return what ``wave`` holds; raises ``StoreProblems`` when that is not what was imported."""
        held = self._tables.load(wave)
        if wave_digest(held) != self.digest(wave):
            raise StoreProblems([self._file.problem("store_wave_altered", wave=wave)])
        return held

    def _altered(self, number: int) -> tuple[Problem, ...]:
        digest = self._audit.digest(number)
        try:
            if not digest or wave_digest(self._tables.brought(number)) == digest:
                return ()
        except StoreProblems as error:
            return error.problems
        return (self._file.problem("store_import_altered", number=number),)

    # -- writing ----------------------------------------------------------------------------------

    def add(self, responses: Responses, source: ImportSource, *, replace: bool = False) -> AddOutcome:
        """Add the answers of one file to their wave, all or none.

        The same file again, read in the same way under the same study, does nothing and says so. Of
        respondents who are there already, equal answers are left alone and others are corrected: the file
        says what holds from now on. Those whom it does not contain stay as they are. ``replace`` takes a
        file that answers differently for most people, which is refused otherwise.

        Raises
        ------
        StoreProblems
            When the project belongs to another study or its identifiers have another key, the same file
            went into another wave, the wave holds other questions or other kinds of identifiers, or so
            many people answer differently that another wave or a shifted export is more likely.
        """
        _refuse_nonfinite(responses, self._file)
        with self._file.writing():
            self._refuse_other_identifiers(source.key or PLAIN)
            digest = self._remember_study(source)
            wave = responses.wave
            if again := self._same_file(wave, source, digest):
                return AddOutcome(wave, 0, len(responses), self.digest(wave), None, again)
            self._refuse_file_of_other_wave(wave, source)
            found = self._compare(responses, source, replace=replace)
            return self._write(responses, source, found, digest)

    def undo(self, number: int, *, at: datetime, by: str | None = None) -> UndoOutcome:
        """Take import ``number`` back: its wave holds what the other imports say, as if it had never been.

        Nothing is deleted. To redo it, import the file again.

        Raises ``StoreProblems`` when there is no such import, it was undone before, or answers were altered.
        """
        with self._file.writing():
            record = self._undoable(number)
            wave = record.wave
            self._sound(wave)
            before = self._tables.held(wave)
            self._audit.write_undo(record, at, by)
            after = self._tables.held(wave)
            restored = [key for respondent, key in after.items() if before[respondent] != key]
            if found := [p for one in self._tables.came_with(restored) for p in self._altered(one)]:
                raise StoreProblems(found)
            digest = wave_digest(self._tables.load(wave)) if self._audit.current(wave) else ""
            self._tables.write_wave(wave, digest)
            gone = len(before) - len(after)
            return UndoOutcome(self._audit.record(number), gone, len(restored), len(after), digest or None)

    def exclude(
        self, wave: str, respondents: Sequence[str], reason: str, *, at: datetime, by: str | None = None
    ) -> None:
        """Leave some respondents out of all results of ``wave``; their answers stay where they are.

        Respondents are named as in ``load``. Raises ``StoreProblems`` when ``wave`` does not hold them.
        """
        self._decide("exclude", wave, respondents, reason, at, by)

    def include(
        self, wave: str, respondents: Sequence[str], reason: str, *, at: datetime, by: str | None = None
    ) -> None:
        """Take respondents into the results of ``wave`` again who were left out."""
        self._decide("include", wave, respondents, reason, at, by)

    def _decide(
        self,
        kind: Literal["exclude", "include"],
        wave: str,
        respondents: Sequence[str],
        reason: str,
        at: datetime,
        by: str | None,
    ) -> None:
        with self._file.writing():
            held = self._tables.held(wave)
            if unknown := [respondent for respondent in respondents if respondent not in held]:
                values = {"wave": wave, "names": listing(unknown[:5]), "n": len(unknown)}
                raise StoreProblems([self._file.problem("store_no_respondent", **values)])
            self._audit.write_decisions(kind, wave, respondents, reason, at, by)

    # -- what adding does -------------------------------------------------------------------------

    def _refuse_other_identifiers(self, mine: str) -> None:
        """Nobody could be recognised from one import to the next."""
        held = self.identifiers
        if held == NEW:
            self._audit.settle_identifiers(mine)
        elif held != mine:
            raise StoreProblems([self._file.problem("store_identifiers_differ")])

    def _remember_study(self, source: ImportSource) -> str:
        others = self._file.run("SELECT id FROM study WHERE id <> ? LIMIT 1", (source.study.id,))
        if others:
            values = {"held": others[0][0], "study": source.study.id}
            raise StoreProblems([self._file.problem("store_other_study", **values)])
        digest = study_digest(source.study)
        self._file.run(
            "INSERT INTO study (digest, id, definition, first_seen) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (digest, source.study.id, canonical(source.study.document()), moment(source.at)),
        )
        return digest

    def _same_file(self, wave: str, source: ImportSource, study: str) -> ImportRecord | None:
        same = [
            record
            for record in self._audit.current(wave)
            if (record.sha256, record.study) == (source.sha256, study)
            # Files of the first format do not say how a file was read.
            and record.mapping in (source.mapping, None)
        ]
        return same[0] if same else None

    def _refuse_file_of_other_wave(self, wave: str, source: ImportSource) -> None:
        """One file holds one wave; in another one it would double every answer."""
        where = "WHERE import.wave <> ? AND sha256 = ? AND state = 'current'"
        for before in self._audit.records(where, (wave, source.sha256))[:1]:
            about: Mapping[str, Any] = {"wave": wave, "held": before.wave, "number": before.number}
            at = f"{before.at:%Y-%m-%d %H:%M}"
            raise StoreProblems([Problem("store_file_elsewhere", Place(source.file), {**about, "at": at})])

    def _compare(self, new: Responses, source: ImportSource, *, replace: bool) -> Comparison | None:
        """Compare ``new`` with what its wave holds, if anything; raise where it may not be taken."""
        if new.wave not in self.waves():
            return None
        held = self._sound(new.wave)
        current = self._audit.current(new.wave)
        about: dict[str, Any] = {"wave": new.wave, "numbers": numbers(current)}
        if not all(source.mixes_with(identity) for identity in self._audit.identities(new.wave)):
            raise StoreProblems([self._file.problem("store_identity_differs", **about)])
        if names := asked_otherwise(held, new):
            raise StoreProblems([self._file.problem("store_wave_differs", **about, names=listing(names))])
        found = compare(held, in_order_of(held, new))
        # A file that holds the whole wave was read anew, so what a code stands for may have changed.
        if found.vanished and (wrong := self._misfits(held, source.study)):
            raise StoreProblems(wrong)
        if found.differing and source.identity == "row":
            raise StoreProblems(rows_differ(found, source, current))
        if found.doubtful(source.study.design.weight) and not replace:
            raise StoreProblems(disagreements(found, source))
        return found

    def _write(
        self, new: Responses, source: ImportSource, found: Comparison | None, study: str
    ) -> AddOutcome:
        """Write the versions that are new, who is asserted, and what the wave holds now."""
        if found is None:
            found = compare(rows_of(new, []), new)
        written = found.written
        brought = new if len(written) == len(new) else rows_of(new, written)
        brought_digest = wave_digest(brought)
        whole = brought_digest if brought is new and not found.held else wave_digest(found.whole())
        weight = source.study.design.weight
        counts = (len(found.fresh), len(found.differing), found.unchanged)
        self._tables.write_wave(new.wave, whole)
        self._tables.make_room(new)
        number = self._audit.write_import(new, source, study, counts, brought_digest)
        before = self._tables.held(new.wave)  # this import asserts nothing yet
        keys = dict(zip(written, self._tables.write_versions(brought, number), strict=True))
        self._tables.write_assertions(
            number, (keys.get(n) or before[who] for n, who in enumerate(new.respondents))
        )
        return AddOutcome(
            *(new.wave, counts[0], counts[2], whole, number),
            corrected=counts[1],
            reweighted=counts[1] - found.beyond(weight),
            vanished=found.vanished,
            changes=found.changes(source.shown or new.respondents, _CHANGES_SHOWN),
            changed=found.counts(),
        )

    def _undoable(self, number: int) -> ImportRecord:
        known = self._audit.records("WHERE import.number = ?", (number,))
        if not known:
            last = len(self._audit.records())
            raise StoreProblems([self._file.problem("store_no_import", number=number, last=last)])
        [record] = known
        if record.state == "undone":
            at = f"{record.undone_at:%Y-%m-%d %H:%M}"
            values = {"number": number, "file": record.file, "wave": record.wave, "at": at}
            raise StoreProblems([self._file.problem("store_undone_before", **values)])
        return record


def _refuse_nonfinite(responses: Responses, file: ProjectFile) -> None:
    """SQLite would store nan as a blank without a word."""
    wrong = [
        name
        for parts in (responses.columns, responses.paradata)
        for name, values in parts.items()
        if float in set(map(type, values)) and not all(isfinite(v) for v in values if isinstance(v, float))
    ]
    if wrong:
        raise StoreProblems([file.problem("store_not_finite", names=listing(wrong))])
