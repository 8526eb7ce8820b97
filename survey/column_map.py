"""Which column is read as what, and what is said about the columns that are not.

Decisions of a person come first, then what headers say by themselves, then how an earlier wave was read.
A header that is only similar is proposed and never taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from survey.cells import column_letters
from survey.decisions import LEFT_OUT, Decision, Decisions
from survey.import_report import LeftOut
from survey.language import listing
from survey.layouts.export import ExportColumn, Meta
from survey.layouts.plain import PLAIN
from survey.mapping import HeaderIndex, OptionPart, Target, most_similar, proposal
from survey.notes import Notes
from survey.our_headers import is_our_header, is_row_header
from survey.questions import ChoiceQuestion
from survey.study import Study
from survey.table import Table
from survey.wording import Wordings, matching

READ_META: tuple[Meta, ...] = ("respondent", "submitted", "started", "seconds", "source")

How = Literal["study", "decided", "earlier", "accepted"]


@dataclass
class ColumnMap:
    """The columns that are read.

    ``columns`` and ``parts`` hold targets read from one column, and options of choice questions read from
    a column each; ``typed`` the columns of what was written beside whichever open option was chosen;
    ``meta`` what the platform noted; ``how`` by what each column was recognised; ``decided`` what has to be
    remembered. ``absent`` are the items and columns that the file does not have, as somebody decided;
    ``original`` is our own column in a file of refused rows that says where they stood.
    """

    columns: dict[Target, int] = field(default_factory=dict)
    parts: dict[Target, dict[int, OptionPart]] = field(default_factory=dict)
    typed: dict[Target, list[int]] = field(default_factory=dict)
    meta: dict[Meta, list[int]] = field(default_factory=dict)
    how: dict[int, How] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    decided: dict[int, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    original: int | None = None

    @property
    def read(self) -> list[int]:
        """Every column that is read."""
        parts = (column for parts in self.parts.values() for column in parts)
        typed = (column for columns in self.typed.values() for column in columns)
        meta = (column for kind in READ_META for column in self.meta.get(kind, ()))
        return sorted({*self.columns.values(), *typed, *parts, *meta})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beforehand.

    Attributes
    ----------
    decisions : those of the mapping file.
    earlier : key or header (form ``matching``) -> target of earlier imports of this layout.
    accept : take every proposal as right, and remember it.
    leave_out : leave out whatever matches nothing, and remember that.
    """

    decisions: Decisions
    earlier: Mapping[str, str] = field(default_factory=dict)
    accept: bool = False
    leave_out: bool = False


def map_columns(table: Table, study: Study, known: Known, notes: Notes) -> ColumnMap:
    """Return what each column is; note what is named twice, by nobody, or by two names."""
    return _Mapper(table, study, known, notes).map()


class _Mapper:
    def __init__(self, table: Table, study: Study, known: Known, notes: Notes) -> None:
        self.table, self.study, self.known, self.notes = table, study, known, notes
        self.index: HeaderIndex = table.index
        self.plain = table.export.layout == PLAIN
        self.options = {question.id: _option_wordings(question) for question in study.choice_questions}
        self.found = ColumnMap()
        self.seen: set[Target] = set()
        self.free: list[ExportColumn] = []
        self.decided = known.decisions.about(table.export.columns)

    def map(self) -> ColumnMap:
        for column in self.table.export.columns:
            self._place_column(column)
        self._key_of_platform()
        self._proposals()
        self._missing()
        self._options_absent()
        return self.found

    # -- one column -------------------------------------------------------------------------------

    def _place_column(self, column: ExportColumn) -> None:
        if is_our_header(column.header):
            if is_row_header(column.header):
                self.found.original = column.column
            return
        decision, named = self.decided.get(column.column), self._named(column)
        if column.role == "meta" and column.meta is not None and decision is None:
            self.found.meta.setdefault(column.meta, []).append(column.column)
        if decision is not None:
            self._as_decided(column, decision, named)
        elif named:
            self._take(column, named, "study")
        elif column.role == "contact":
            self._leave_out(column, "import_contact_left_out", contact=True)
        elif column.role == "question" and (known := self._earlier(column)):
            self._take(column, (known,), "earlier")
        elif column.role == "question":
            self.free.append(column)

    def _as_decided(self, column: ExportColumn, decision: Decision, named: tuple[Target, ...]) -> None:
        """Do as somebody decided; say so where the header by itself says something else."""
        if decision.target == LEFT_OUT:
            self._leave_out(column, "import_column_left_out_decided")
            return
        target = self.index.by_id[decision.target]
        if named and target not in named:
            place = self.table.place(self.table.header_row, column.column)
            about = {"id": target.id, "label": target.label, "names": listing(t.id for t in named)}
            layout = self.table.export.layout
            self.notes.warn("import_mapping_differs", place, header=column.header, layout=layout, **about)
        self._take(column, (target,), "decided")

    def _named(self, column: ExportColumn) -> tuple[Target, ...]:
        """Return what the column's own names say: of a plain header every name has to say the same."""
        found = self._stems_name(column)
        for name in () if found else (*column.names, *((column.key,) if column.key else ())):
            option = self.index.find_option(name)
            found |= dict.fromkeys((option.target,) if option else self.index.find(name))
            if found and not self.plain:
                break
        return tuple(found)

    def _stems_name(self, column: ExportColumn) -> dict[Target, None]:
        """Return the choice question of which the column is an option, whatever else the option is called."""
        if column.part is None and not column.typed:
            return {}
        kinds = ("choice", "column") if column.typed else ("choice",)
        named = (target for stem in column.stems for target in self.index.find(stem))
        return dict.fromkeys(target for target in named if target.kind in kinds)

    def _earlier(self, column: ExportColumn) -> Target | None:
        for name in (column.key, matching(column.header)):
            if name is not None and (target := self.known.earlier.get(name)) in self.index.by_id:
                return self.index.by_id[str(target)]
        return None

    def _take(self, column: ExportColumn, targets: tuple[Target, ...], how: How) -> None:
        place = self.table.place(self.table.header_row, column.column)
        if len(targets) > 1:
            names = listing(target.id for target in targets)
            self.notes.problem("import_header_ambiguous", place, header=column.header, names=names)
            return
        [target] = targets
        part = self._part(column, target) if target.kind == "choice" else None
        if column.typed and (target.kind == "column" or (target.kind == "choice" and column.part is None)):
            self.found.typed.setdefault(target, []).append(column.column)
        elif part is not None:
            self._place_part(column, part)
        elif target.kind == "choice" and column.part is not None:
            values = {"header": column.header, "option": column.part, "id": target.id, "label": target.label}
            self.notes.problem("import_option_unknown", place, **values)
        elif target in self.found.columns:
            self._twice(column, target, self.found.columns[target])
        else:
            self.found.columns[target] = column.column
        self.seen.add(target)
        self.found.how[column.column] = how

    def _place_part(self, column: ExportColumn, part: OptionPart) -> None:
        parts = self.found.parts.setdefault(part.target, {})
        same = [at for at, other in parts.items() if other == part]
        if same:
            self._twice(column, part.target, same[0], f"{part.target.id}/{part.code}")
        else:
            parts[column.column] = part

    def _twice(self, column: ExportColumn, target: Target, first: int, id_: str | None = None) -> None:
        place = self.table.place(self.table.header_row, column.column)
        about = {"id": id_ or target.id, "label": target.label, "first": column_letters(first)}
        if self.plain:
            self.notes.problem("import_column_twice", place, **about)
        else:
            layout = self.table.export.layout
            self.notes.problem("import_column_twice_export", place, layout=layout, **about)

    def _part(self, column: ExportColumn, target: Target) -> OptionPart | None:
        for name in column.names:
            if (option := self.index.find_option(name)) and option.target is target:
                return option._replace(typed=option.typed or column.typed)
        if column.part is None:
            return None
        code = self.options[target.id].find(column.part)
        if code is None and column.part_code is not None:
            code = self.options[target.id].find(f"={column.part_code}")
        return None if code is None else OptionPart(target, code, column.typed)

    # -- all columns ------------------------------------------------------------------------------

    def _key_of_platform(self) -> None:
        """Let the platform's own number of an answer identify its respondent where nothing else does.

        Such numbers begin anew in every survey, so a study of several waves is told what that costs.
        """
        key = self.study.design.respondent
        columns = self.found.meta.get("respondent", [])
        if key is None or not columns or self.index.by_id[key] in self.found.columns:
            return
        target = self.index.by_id[key]
        self.seen.add(target)
        if len(self.study.waves) > 1:
            place = self.table.place(self.table.header_row, columns[0])
            about = {"id": key, "label": target.label, "header": self.table.headers[columns[0]]}
            self.notes.warn("import_key_of_platform", place, **about)

    def _proposals(self) -> None:
        absent = self.known.decisions.absent
        open_ = [t for t in self.index.targets if t not in self.seen and t.id not in absent]
        for column in self.free:
            near = proposal(column.names[0] if column.names else column.header, open_)
            if near is not None and self.known.accept:
                self._take(column, (near.target,), "accepted")
                self.found.decided[column.column] = near.target.id
                open_.remove(near.target)
            elif column.role == "question" and not self.plain and not self.known.leave_out:
                self._undecided(column, near.target if near else None, near.similarity if near else 0.0)
            else:
                self._leave_out(column, "import_column_left_out")
                if not self.plain:
                    self.found.decided[column.column] = LEFT_OUT

    def _undecided(self, column: ExportColumn, target: Target | None, similarity: float) -> None:
        place = self.table.place(self.table.header_row, column.column)
        about: dict[str, Any] = {"header": column.header, "layout": self.table.export.layout}
        if target is None:
            self.notes.problem("import_question_unknown", place, **about)
        else:
            about |= {"id": target.id, "label": target.label, "similarity": f"{similarity:.2f}"}
            self.notes.problem("import_question_proposed", place, **about)

    def _leave_out(self, column: ExportColumn, code: str, *, contact: bool = False) -> None:
        self.found.left_out.append(LeftOut(column_letters(column.column), column.header, contact))
        place = self.table.place(self.table.header_row, column.column)
        self.notes.warn(code, place, header=column.header)

    def _missing(self) -> None:
        """Note what no column is, unless something is wrong with the column that names it."""
        said = {id_: self.index.by_id[id_] for id_ in self.known.decisions.absent}
        for id_, target in said.items():
            if target in self.seen:
                layout = self.table.export.layout
                place = self.table.sheet.place(self.table.header_row, None)
                self.notes.warn("import_absent_present", place, id=id_, label=target.label, layout=layout)
        proposed = {p.values["id"] for p in self.notes.problems if p.code == "import_question_proposed"}
        self.found.absent = frozenset(id_ for id_, target in said.items() if target not in self.seen)
        for target in self.index.targets:
            if target not in self.seen and target.id not in self.found.absent | proposed:
                self._note_missing(target)

    def _options_absent(self) -> None:
        """Warn of options that have no column although others of their question have one."""
        for question in self.study.choice_questions:
            target = self.index.by_id[question.id]
            known = {part.code for part in self.found.parts.get(target, {}).values()}
            lost = [option.label for option in question.options if option.code not in known]
            if known and lost and target not in self.found.columns:
                place = self.table.place(self.table.header_row, min(self.found.parts[target]))
                options = {"zh": "、".join(o.zh for o in lost), "en": ", ".join(o.en for o in lost)}
                about = {"id": target.id, "label": target.label, "options": options}
                self.notes.warn("import_options_absent", place, **about)

    def _note_missing(self, target: Target) -> None:
        taken = self.found.how.keys()
        free = {c.column: c.header for c in self.free if c.role == "question" and c.column not in taken}
        place = self.table.sheet.place(self.table.header_row, None)
        values: dict[str, Any] = {"id": target.id, "label": target.label, "text": target.text}
        if not target.required:
            self.notes.warn("import_column_absent", place, **values)
            return
        kind = "column"
        if target.design is not None:
            kind = "design"
            values["part"] = target.design
        near = most_similar(target, free)
        if near is None and kind == "column" and not self.plain:
            layout = self.table.export.layout
            self.notes.problem("import_column_missing_export", place, layout=layout, **values)
        elif near is None:
            self.notes.problem(f"import_{kind}_missing", place, **values)
        else:
            near_by = {"column": column_letters(near), "header": free[near]}
            self.notes.problem(f"import_{kind}_missing_near", place, **values, **near_by)


def _option_wordings(question: ChoiceQuestion) -> Wordings[int]:
    """Return what the names of options mean; ``=3`` is the option whose code is 3."""
    names = [(f"={option.code}", option.code) for option in question.options]
    for option in question.options:
        names += [(name, option.code) for name in (option.label.zh, option.label.en, *option.aliases)]
    return Wordings(names)
