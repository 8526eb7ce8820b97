"""A project folder: ``study.yaml`` that people edit, ``csat.db`` with the answers, ``reports/``.

Beside them lies ``csat.key``, the key to the pseudonyms in ``csat.db``, which does not travel with it.
Opening one reads nothing; each part is read when it is asked for. The numbers all come from one call,
``analysis.pipeline.run``: nothing is computed here.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from survey.language import listing
from workbench.remembered import recall, remember, results_file
from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse
from workbench.weight_choice import Weighted, choose

if TYPE_CHECKING:
    from analysis.results import StudyResults
    from survey.errors import Problem
    from survey.responses import Responses
    from survey.store import Store
    from survey.study import Study
    from survey.weight_set import ChosenWeights

STUDY_FILE = "study.yaml"
TRUTH_FILE = "truth.yaml"
DATABASE = "csat.db"
KEY_FILE = "csat.key"
REPORTS = "reports"


class Project:
    """One folder with a study and its answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.study_file = folder / STUDY_FILE
        self.database = folder / DATABASE
        # Whoever shares the folder may keep the key elsewhere.
        self.key_file = Path(os.environ.get("CSAT_KEY") or folder / KEY_FILE)

    @property
    def option(self) -> str:
        """What a command that is shown needs to find this project from here; empty inside it."""
        return "" if self.folder == Path() else f" --project {shlex.quote(str(self.folder))}"

    def found_study_file(self) -> Path:
        """Return the study file; raises ``Stop`` where the folder has none."""
        if not self.study_file.is_file():
            raise Stop("message.no_study", folder=self.folder.resolve())
        return self.study_file

    @cached_property
    def study(self) -> Study:
        """The study; raises ``StudyProblems`` with every problem of its file."""
        from survey.definition import load_study

        return load_study(self.found_study_file())

    def declared_wave(self, wave: str, command: str) -> str:
        """Return ``wave``; raises ``Misuse`` where the study declares no such wave."""
        if wave not in self.study.wave_by_id:
            raise Misuse.unknown("wave", wave, list(self.study.wave_by_id), command)
        return wave

    def declared_segment(self, segment: str | None, command: str) -> str | None:
        """Return ``segment``; raises ``Misuse`` where the study declares no such segment."""
        known = list(self.study.segment_by_id)
        if segment is not None and not known:
            raise Misuse("usage.no_segments", command, name=segment)
        if segment is not None and segment not in known:
            raise Misuse.unknown("segment", segment, known, command)
        return segment

    def answered_wave(self, wave: str | None, command: str) -> str:
        """Return ``wave``, by default the latest with answers; ``Misuse`` or ``Stop`` where there is none."""
        if wave is not None:
            self.declared_wave(wave, command)
        with self.store() as store:
            return list(self._digests(store, wave))[-1]

    def known_parts(self, ids: Iterable[str], command: str) -> Iterator[str]:
        """Yield ``ids``; raises ``Misuse`` at one that is no item, column or question of the study."""
        for id_ in ids:
            if id_ not in self.study.part_by_id:
                raise Misuse.unknown("part", id_, list(self.study.part_by_id), command)
            yield id_

    def store(self) -> Store:
        """Open the project file for reading; raises ``Stop`` where nothing was imported yet."""
        from survey.store import Store

        if not self.database.is_file():
            raise Stop("message.no_answers", folder=self.folder)
        return Store.open(self.database, read_only=True)

    def weight_set(self, name: str | None, command: str) -> Weighted:
        """Return the study with the weights of the set ``name``, the set and its state.

        ``name`` may be a set of the project, a YAML file of one, or ``study`` (or the version of the index)
        for the weights that the study file declares. ``None`` is what the project uses by default: the
        approved set that ``csat weights use`` chose last, else the study's own weights.

        Raises
        ------
        Misuse
            If there is no such set.
        ProblemsError
            If it is for another index tree than the study has now, was altered, or the file is wrong.
        """
        return choose(self, name, command)

    def results(
        self, wave: str | None, terminal: Terminal, command: str, weights: str | None = None
    ) -> StudyResults:
        """Return the results of ``wave``, by default the latest with answers, under a weight set.

        ``weights`` are those of ``weight_set``. All waves up to ``wave`` are analysed together, under the
        same weights; later ones are left aside. What was worked out before is not worked out again.
        """
        if wave is not None:
            self.declared_wave(wave, command)
        weighted = self.weight_set(weights, command)
        with self.store() as store:
            digests = self._checked(store, wave, terminal)
            kept = {known: store.fingerprint(known) for known in digests}
            file = results_file(self.folder, self.study, weighted.chosen, kept)
            if known := recall(file):
                return known
            answers = self._answers(store, digests, terminal)
        results = self._analyse(answers, digests, weighted.chosen, terminal)
        remember(file, results)
        return results

    def history(self, wave: str | None, terminal: Terminal, command: str) -> list[Responses]:
        """Return the answers of every wave up to ``wave``, by default the latest, in time order.

        For what is worked out on demand: design-based errors need the waves before as well.
        """
        if wave is not None:
            self.declared_wave(wave, command)
        with self.store() as store:
            return self._answers(store, self._checked(store, wave, terminal), terminal)

    def wave_before(self, since: str | None, answers: Sequence[Responses], command: str) -> str:
        """Return the wave to compare the last of ``answers`` with: ``since``, by default the one before.

        Raises ``Stop`` where there is none before, ``Misuse`` where ``since`` is not one of them.
        """
        *before, last = (part.wave for part in answers)
        if not before:
            raise Stop("change.first_wave", wave=last)
        if since is not None and since not in before:
            raise Misuse("change.not_before", command, since=since, wave=last, known=listing(before))
        return since or before[-1]

    def _checked(self, store: Store, wave: str | None, terminal: Terminal) -> dict[str, str]:
        """Return the digests of every wave up to ``wave``, having warned of what does not fit the study."""
        from survey.held_waves import undeclared

        terminal.warnings(undeclared(store.waves(), self.study, self.database.name))
        digests = self._digests(store, wave)
        terminal.warnings(self._unasked(store, list(digests)))
        return digests

    def held_problems(self, study: Study) -> tuple[Problem, ...]:
        """Return what is wrong between ``study`` and the answers that were imported, warnings last."""
        from survey.errors import StoreProblems
        from survey.held_waves import renamed, undeclared

        if not self.database.is_file():
            return ()
        errors: list[Problem] = []
        warnings: list[Problem] = []
        with self.store() as store:
            warnings += undeclared(store.waves(), study, self.database.name)
            for wave in (wave for wave in store.waves() if wave in study.wave_by_id):
                warnings += renamed(wave, store.asked(wave), study, self.database.name, "warning")
                try:
                    store.load(wave, study)
                except StoreProblems as error:
                    errors += error.problems
        return (*errors, *warnings)

    def _unasked(self, store: Store, waves: Sequence[str]) -> list[Problem]:
        """Return warnings about items that a wave did not ask; raise where the last one needs them."""
        from survey.errors import StoreProblems
        from survey.held_waves import added, renamed

        *before, last = waves
        study, file = self.study, self.database.name
        found = [
            problem for wave in before for problem in renamed(wave, store.asked(wave), study, file, "warning")
        ]
        # People scored first can do without an item; a mean of items cannot.
        if study.index.rollup == "respondent":
            return [*found, *renamed(last, store.asked(last), study, file, "warning")]
        asked = store.asked(last)
        if wrong := renamed(last, asked, study, file, "error") + added(last, asked, study, file):
            raise StoreProblems(wrong)
        return found

    def _digests(self, store: Store, wave: str | None) -> dict[str, str]:
        """Return the digest of the answers that count of every wave up to ``wave``, in time order."""
        held = [known for known in self.study.wave_by_id if known in store.waves()]
        if not held:
            raise Stop("message.no_answers", folder=self.folder)
        if wave is not None and wave not in held:
            raise Stop("message.wave_without_answers", wave=wave, held=listing(held))
        return {known: store.basis(known) for known in held[: held.index(wave or held[-1]) + 1]}

    def _answers(self, store: Store, waves: Iterable[str], terminal: Terminal) -> list[Responses]:
        with terminal.progress("progress.reading"):
            return [store.load(wave, self.study) for wave in waves]

    def _analyse(
        self,
        answers: Sequence[Responses],
        digests: Mapping[str, str],
        weights: ChosenWeights,
        terminal: Terminal,
    ) -> StudyResults:
        from analysis.pipeline import run

        with terminal.progress("progress.estimating") as at:

            def step(name: str, done: int, total: int) -> None:
                at(terminal.text(f"progress.step.{name}"), done, total)

            wave = answers[-1].wave
            return run(self.study, answers, wave=wave, digests=digests, weights=weights, step=step)

    def report_file(self, wave: str, language: str, suffix: str) -> Path:
        """Return where the report of a wave stands unless the user says otherwise."""
        return self.folder / REPORTS / f"{self.study.id}-{wave}-{language}.{suffix}"
