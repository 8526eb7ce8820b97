"""Names: ids that stand for one thing, and workbook headers that lead to one column.

Items, columns, open and choice questions share one set of ids, because all of them are columns of a workbook.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from survey.questions import MAX_COLUMNS, ChoiceQuestion, Column, Item, OpenQuestion
from survey.rules.review import Review
from survey.wording import matching
from survey.yaml_lines import Location

Asked = Item | Column | OpenQuestion | ChoiceQuestion
_ASKED = ("columns", "items", "open_questions", "choice_questions")
_OTHERS = ("constructs", "outcomes", "switching_costs", "segments", "waves")


def check_ids(review: Review) -> None:
    """Ids are unique: within each part, and across everything that a workbook has a column for."""
    for part in ("items", "columns"):
        if (n := len(getattr(review.study, part))) > MAX_COLUMNS:
            review.add("study_too_many", part, key=part, n=n, limit=MAX_COLUMNS)
    _unique(review, chain.from_iterable(_ids(review, part) for part in _ASKED))
    for part in _OTHERS:
        _unique(review, _ids(review, part))


def check_headers(review: Review) -> None:
    """No header of a workbook means two things: ids, wordings, labels and aliases are all headers."""
    owners: dict[str, str] = {}
    for part in _ASKED:
        asked: Sequence[Asked] = getattr(review.study, part)
        for index, entry in enumerate(asked):
            for header, location in _headers(entry):
                owner = owners.setdefault(matching(header), entry.id)
                if owner != entry.id:
                    review.add("study_header_twice", part, index, *location, header=header, other=owner)


def _headers(entry: Asked) -> Iterator[tuple[str, Location]]:
    yield entry.id, ("id",)
    for key in ("text", "label"):
        text = getattr(entry, key, None)
        if text is not None:
            yield text.zh, (key, "zh")
            yield text.en, (key, "en")
    for index, alias in enumerate(entry.aliases):
        yield alias, ("aliases", index)


def _ids(review: Review, part: str) -> Iterator[tuple[str, Location]]:
    for index, entry in enumerate(getattr(review.study, part)):
        yield entry.id, (part, index, "id")


def _unique(review: Review, ids: Iterable[tuple[str, Location]]) -> None:
    first: dict[str, Location] = {}
    for name, location in ids:
        if name in first:
            review.add("study_id_twice", *location, name=name, line=review.line(*first[name]))
        else:
            first[name] = location
