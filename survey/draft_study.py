"""A study drafted from a platform's export: what was asked, on which scales, and in which role.

The draft is complete and consistent, so that the same export imports with it; but it is a draft. Whatever
was guessed is listed with what it was guessed from, for a person to confirm. Where an export asks nothing
that looks like satisfaction, a stand-in item says so instead of any question being taken for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from survey.cells import CellValue, Row, raw_text
from survey.decisions import LEFT_OUT, Decision, Decisions, Meaning, NumbersMean
from survey.draft_notes import Note
from survey.draft_parts import STAND_IN, STAND_IN_WORDINGS, Part, drafted_parts
from survey.draft_scales import DraftedScale
from survey.language import catalogue
from survey.layouts.export import Export, Meta
from survey.layouts.moments import moment_of, seconds_of
from survey.layouts.plain import PLAIN
from survey.questions import Column, Item, Scale, Text
from survey.study import Design, Drivers, Index, IndexNode, Outcome, OutcomeKind, Segment, Study, Wave
from survey.wording import matching

RESPONDENT = "respondent"
_MOST_SEGMENTS = 12
_CHOICES = ("multiple", "ranking")
_LEFT_OUT = ("contact", "running", "empty")
_FACTS = ("category", "number", "date", "key")
_ROLES: Mapping[OutcomeKind, str] = {
    "recommendation": "推荐|recommend",
    "renewal_intention": "续约|续签|继续使用|继续合作|继续选择|renew|stay with|keep using",
    "purchase_intention": "再次购买|继续购买|购买意愿|buy again|purchase",
    "satisfaction": (
        "(总体|整体|总的).{0,12}满意|满意.{0,6}(总体|整体)|overall.{0,40}satisf|satisf.{0,40}overall"
    ),
}


@dataclass(frozen=True)
class DraftedStudy:
    """A drafted study with what it rests on.

    Attributes
    ----------
    study : the draft; every rule of a study holds.
    decisions : how the columns of this layout are read, so that the same export imports.
    evidence : id of a part -> what was seen in its columns.
    confirm : id of a part, or ``""`` for the whole -> what a person has to confirm.
    """

    study: Study
    decisions: Decisions
    evidence: Mapping[str, tuple[Note, ...]]
    confirm: Mapping[str, tuple[Note, ...]] = field(default_factory=dict)

    @property
    def reads_numbers(self) -> bool:
        """Whether it is known what numbers are; else the first import has to be told."""
        return all(note.key != "numbers" for note in self.confirm.get("", ()))


def draft_study(
    export: Export, rows: Sequence[Row], file: str, numbers: NumbersMean | None = None
) -> DraftedStudy:
    """Return a study in which this export can be imported.

    Parameters
    ----------
    export : what the layout says of the sheet.
    rows : its rows of answers.
    file : name of the file, for the title.
    numbers : what numbers are, where the layout leaves it open and somebody said so.
    """
    columns = {column.column: [row.cells.get(column.column) for row in rows] for column in export.columns}
    export = _told_apart(export, columns)
    parts = drafted_parts(export, columns)
    return _Drafter(export, columns, parts, file, numbers).draft()


class _Drafter:
    def __init__(
        self,
        export: Export,
        columns: Mapping[int, Sequence[CellValue | None]],
        parts: Sequence[Part],
        file: str,
        numbers: NumbersMean | None,
    ) -> None:
        self.export, self.columns, self.parts = export, columns, parts
        self.file, self.numbers = file, numbers
        self.scales: dict[str, Scale] = {}
        self.confirm: dict[str, list[Note]] = {}

    def draft(self) -> DraftedStudy:
        """Return the whole draft."""
        items = [self._item(part) for part in self.parts if part.looks == "scale"]
        outcomes, leaves = self._roles(items)
        absent: tuple[str, ...] = ()
        if not items:
            items, absent = [self._stand_in()], (STAND_IN,)
            leaves = items
        study = self._study(items, outcomes, leaves)
        decisions = Decisions(self.export.layout, self.numbers, tuple(self._decisions()), absent)
        evidence = {part.id: part.evidence for part in self.parts if part.evidence}
        for part in self.parts:
            self.confirm.setdefault(part.id, []).extend(part.doubts)
        self._note_whole(absent)
        confirm = {name: tuple(notes) for name, notes in self.confirm.items() if notes}
        return DraftedStudy(study, decisions, evidence, confirm)

    @property
    def numbered_by(self) -> int | None:
        """The column that alone identifies an answer; what several identify together needs no column."""
        found = [column.column for column in self.export.columns if column.meta == "respondent"]
        return found[0] if len(found) == 1 else None

    # -- parts ------------------------------------------------------------------------------------

    def _item(self, part: Part) -> Item:
        assert part.scale is not None  # noqa: S101 - a part that looks like a scale has one
        return Item(id=part.id, text=part.text, label=part.label, scale=self._scale(part.scale))

    def _scale(self, drafted: DraftedScale) -> str:
        """Return the name of a scale; questions with the same one share it."""
        for name, known in self.scales.items():
            if known == drafted.scale:
                return name
        low, high = drafted.scale.ends
        base = drafted.meaning or f"scale_{low}_{high}"
        names = (base, *(f"{base}_{n}" for n in range(2, len(self.scales) + 2)))
        name = next(name for name in names if name not in self.scales)
        self.scales[name] = drafted.scale
        return name

    def _stand_in(self) -> Item:
        text, label = STAND_IN_WORDINGS
        scale = self._scale(DraftedScale(Scale(ends=(1, 10)), ()))
        return Item(id=STAND_IN, text=text, label=label, scale=scale)

    def _roles(self, items: Sequence[Item]) -> tuple[list[Outcome], list[Item]]:
        """Return the outcomes that questions look like, and the items of which the index is made."""
        outcomes: list[Outcome] = []
        taken: set[str] = set()
        for item in items:
            words = f"{item.text.zh} {item.text.en}"
            kind = next(
                (kind for kind, like in _ROLES.items() if re.search(like, words, re.IGNORECASE)), None
            )
            if kind is not None and all(outcome.kind != kind for outcome in outcomes):
                outcomes.append(Outcome(id=f"{kind}_outcome", label=item.label, kind=kind, items=(item.id,)))
                taken.add(item.id)
                self.confirm.setdefault(item.id, []).append(
                    Note("role", {"kind": catalogue("survey")[f"draft.role.{kind}"]})
                )
        rest = [item for item in items if item.id not in taken]
        return outcomes, rest or list(items)

    def _decisions(self) -> Iterator[Decision]:
        drafted = [part for part in self.parts if part.looks not in _LEFT_OUT]
        targets = {column: part for part in drafted for column in part.columns}
        for column in self.export.columns:
            # A platform's number holds within one survey, so a study may not share it between waves.
            if column.column == self.numbered_by and self.export.layout == PLAIN:
                yield Decision(column.header, RESPONDENT)
            elif column.role == "question":
                part = targets.get(column.column)
                target = LEFT_OUT if part is None else part.id
                yield Decision(column.header, target, column.key, self._positions(part))

    def _positions(self, part: Part | None) -> Mapping[int, Meaning] | None:
        """Return the meaning of numbered options: the draft knows them by their numbers alone."""
        dialect = self.export.dialect
        listed = part is not None and part.looks in ("category", *_CHOICES) and len(part.columns) == 1
        if part is None or not listed or not (dialect.positions or dialect.numbers != "codes"):
            return None
        if not all(option.isascii() and option.isdigit() for option in part.options):
            return None
        if part.looks == "category":
            return {int(option): option for option in part.options}
        return {int(option): code for code, option in enumerate(part.options, start=1)}

    # -- the whole --------------------------------------------------------------------------------

    def _study(self, items: Sequence[Item], outcomes: Sequence[Outcome], leaves: Sequence[Item]) -> Study:
        columns = [part.column() for part in self.parts if part.looks in _FACTS]
        design = Design()
        if self.numbered_by is not None:
            label = self._respondent()
            columns.insert(0, Column(id=RESPONDENT, label=label, kind="key"))
            design = Design(respondent=RESPONDENT)
        satisfied = [outcome.id for outcome in outcomes if outcome.kind == "satisfaction"]
        others = [outcome.id for outcome in outcomes if outcome.kind != "satisfaction"]
        explained = [*satisfied, *others]
        free = [item for item in leaves if all(item.id not in outcome.items for outcome in outcomes)]
        drivers = Drivers(outcomes=tuple(explained)) if explained and len(free) > 1 else None
        title = _title(self.file)
        return Study(
            csat=1,
            id=_identifier(title),
            title=Text(zh=title, en=title),
            organisation=Text(zh="（请填写单位名称）", en="(name of the organisation)"),
            scales=self.scales,
            columns=tuple(columns),
            items=tuple(items),
            open_questions=tuple(part.open_question() for part in self.parts if part.looks == "open"),
            choice_questions=tuple(
                part.choice() for part in self.parts if part.looks in ("multiple", "ranking")
            ),
            index=Index(
                id="index",
                label=Text(zh="满意度指数", en="Satisfaction index"),
                version="1",
                children=tuple(IndexNode(item=item.id) for item in leaves),
            ),
            outcomes=tuple(outcomes),
            drivers=drivers,
            segments=tuple(_segments(columns)),
            design=design,
            waves=(self._wave(),),
        )

    def _respondent(self) -> Text:
        if self.export.layout == PLAIN:
            header = next(column.header for column in self.export.columns if column.meta == "respondent")
            return Text(zh=header, en=header)
        return Text(zh="答卷编号", en="Response number")

    def _wave(self) -> Wave:
        """Return the quarter in which most answers were submitted."""
        quarters = Counter(
            f"{moment[:4]}Q{(int(moment[5:7]) + 2) // 3}"
            for column in self.export.columns
            if column.meta == "submitted"
            for cell in self.columns[column.column]
            if cell is not None
            and (moment := moment_of(cell, month_first=self.export.dialect.month_first)) is not None
        )
        if not quarters:
            self.confirm.setdefault("", []).append(Note("wave_unknown", {"wave": "w1"}))
            return Wave(id="w1", label=Text(zh="第一期", en="First wave"))
        wave = min(quarters, key=lambda name: (-quarters[name], name))
        self.confirm.setdefault("", []).append(Note("wave", {"wave": wave, "n": quarters[wave]}))
        year, quarter = wave.split("Q")
        label = Text(zh=f"{year} 年第 {quarter} 季度", en=f"Q{quarter} {year}")
        return Wave(id=wave, label=label, short=Text(zh=wave[2:], en=wave[2:]))

    def _note_whole(self, absent: Sequence[str]) -> None:
        whole = self.confirm.setdefault("", [])
        title = _title(self.file)
        whole[:0] = [Note("title", {"title": title}), Note("organisation"), Note("languages")]
        if self.export.layout == PLAIN and self.numbered_by is not None:
            whole.append(Note("respondent", {"header": self._respondent().zh, "id": RESPONDENT}))
        whole.append(Note("stand_in", {"id": STAND_IN}) if absent else Note("index"))
        if self.export.dialect.numbers != "codes" and self.numbers is None:
            whole.append(Note("numbers"))
        contacts = [column.header for column in self.export.columns if column.role == "contact"]
        contacts += [part.text.zh for part in self.parts if part.looks == "contact"]
        if contacts:
            whole.append(Note("contacts", {"names": " · ".join(contacts)}))
        if running := [part.text.zh for part in self.parts if part.looks == "running"]:
            whole.append(Note("running", {"names": " · ".join(running)}))
        if empty := [part.text.zh for part in self.parts if part.looks == "empty"]:
            whole.append(Note("empty_columns", {"names": " · ".join(empty)}))


def _told_apart(export: Export, columns: Mapping[int, Sequence[CellValue | None]]) -> Export:
    """Return a plain table in which a column that is not what its header says is a question like any other.

    A number of respondents repeats none, and times and durations can be read as such.
    """
    if export.layout != PLAIN:
        return export
    return replace(
        export,
        columns=tuple(
            column
            if _holds(column.meta, [cell for cell in columns[column.column] if cell is not None])
            else replace(column, role="question", meta=None)
            for column in export.columns
        ),
    )


def _holds(meta: Meta | None, cells: Sequence[CellValue]) -> bool:
    """Return whether most cells are what a note of a platform holds."""
    if meta == "respondent":
        return len(set(map(raw_text, cells))) == len(cells)
    if meta == "seconds":
        return 2 * sum(seconds_of(cell) is not None for cell in cells) >= len(cells)
    if meta in ("submitted", "started"):
        return 2 * sum(moment_of(cell) is not None for cell in cells) >= len(cells)
    return True


def _segments(columns: Sequence[Column]) -> Iterator[Segment]:
    for column in columns:
        if column.kind == "category" and 2 <= len(column.categories) <= _MOST_SEGMENTS:
            yield Segment(id=column.id, label=column.label, column=column.id)


def _title(file: str) -> str:
    stem = PurePath(file).stem
    parts = [part for part in stem.split("_") if part and not part.isdigit()]
    parts = [part for part in parts if matching(part) not in ("按文本", "按序号", "按分数")]
    return " ".join(parts) or stem or "survey"


def _identifier(title: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")[:40]
    return name if re.match(r"[a-z_]", name) else f"survey_{name}".rstrip("_")
