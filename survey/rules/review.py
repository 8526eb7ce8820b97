"""A review collects what the rules find, each finding at its place in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from survey.draft import Draft
from survey.errors import Place, Problem
from survey.study import Study
from survey.yaml_lines import Document, Key, Location


@dataclass(slots=True)
class Review:
    """A draft under review. Locations are those of the draft; places are those of the file."""

    draft: Draft
    document: Document
    problems: list[Problem] = field(default_factory=list)

    @property
    def study(self) -> Study:
        """The parts that have the right shape."""
        return self.draft.study

    def add(self, code: str, /, *location: Key, **values: object) -> None:
        """Note a problem at ``location``."""
        self.problems.append(Problem(code, self._place(location), values))

    def warn(self, code: str, /, *location: Key, **values: object) -> None:
        """Note something at ``location`` that need not be wrong."""
        self.problems.append(Problem(code, self._place(location), values, "warning"))

    def _place(self, location: Location) -> Place:
        return self.document.place(self.draft.location(location))

    def line(self, *location: Key) -> int | None:
        """Return the line of ``location``, to name it in a problem elsewhere."""
        return self._place(location).line

    def known(self, part: str, name: str, *location: Key) -> bool:
        """Whether ``name`` is an id of ``part``; a problem at ``location`` where it is not."""
        if self.draft.knows(part, name):
            return True
        guess = self.draft.nearest(part, name)
        code = f"study_unknown_{part}"
        self.add(f"{code}_near" if guess else code, *location, name=name, guess=guess)
        return False

    def known_once(self, part: str, names: Iterable[str], *location: Key) -> None:
        """Check a list of ids: all known, none twice."""
        seen: set[str] = set()
        for index, name in enumerate(names):
            if name in seen:
                self.add("study_listed_twice", *location, index, name=name)
            elif self.known(part, name, *location, index):
                seen.add(name)
