"""The sheets of our own: which part of a study each holds, and which column which key.

Writer and reader follow these declarations, so a key that stands here goes out and comes back. Keys are
those of ``study.yaml``; a text has a column for each language, headed as XLSForm heads its labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from survey.check_limits import Checks
from survey.language import LANGUAGES, Language

TAGS: Mapping[Language, str] = {"zh": "中文 (zh)", "en": "English (en)"}

Form = Literal["value", "text", "names", "list", "flag", "day"]


@dataclass(frozen=True, slots=True)
class Field:
    """One key and the form of its cells.

    ``text`` takes two columns; ``names`` are ids separated by spaces, and a ``list`` holds words separated
    by semicolons; a ``flag`` is yes or blank.
    """

    key: str
    form: Form = "value"

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers of its columns."""
        if self.form != "text":
            return (self.key,)
        return tuple(text_header(self.key, language) for language in LANGUAGES)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of ours. ``path`` leads to the list of the study document that it holds."""

    sheet: str
    path: tuple[str, ...]
    fields: tuple[Field, ...]
    extra: tuple[str, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header, left to right."""
        return (*(header for field in self.fields for header in field.headers), *self.extra)


def text_header(key: str, language: Language) -> str:
    """Return the header over one language of a text: ``label::中文 (zh)``."""
    return f"{key}::{TAGS[language]}"


_ID, _LABEL, _KIND, _ITEMS = Field("id"), Field("label", "text"), Field("kind"), Field("items", "names")

COLUMNS = Table(
    "columns",
    ("columns",),
    (_ID, _LABEL, _KIND, Field("optional", "flag"), Field("minimum"), Field("maximum")),
    ("list",),
)
SCALES = Table("scales", ("scales",), (_ID, Field("low"), Field("high"), Field("unit", "text")))
CATEGORIES = Table("categories", (), (Field("column"), Field("value"), _LABEL))
CODES = Table("codes", (), (Field("scale"), Field("code"), _LABEL, Field("missing")))
INDEX = Table("index", ("index", "children"), (Field("parent"), _ID, Field("item"), _LABEL, Field("weight")))
ALIASES = Table("aliases", (), (Field("of"), Field("name"), Field("code"), Field("alias")))
POPULATION = Table("population", (), (Field("column"), Field("value"), Field("total"), Field("wave")))
DRIVERS = Table("drivers", (), (Field("driver"), Field("target"), Field("stated")))
STRATA = Table("strata", (), (Field("stratum"), Field("clusters")))
COSTS = Table("costs", (), (Field("item"), Field("cost")))
STUDY = Table(
    "study", (), (Field("key"), Field("value"), *(Field(TAGS[tag]) for tag in LANGUAGES)), ("meaning",)
)

# Sheets whose rows are entries of a list and nothing else.
PLAIN: tuple[Table, ...] = (
    COLUMNS,
    Table("constructs", ("constructs",), (_ID, _LABEL, _ITEMS, Field("mode"))),
    Table("paths", ("paths",), (Field("from"), Field("to"))),
    Table("outcomes", ("outcomes",), (_ID, _LABEL, _KIND, _ITEMS, Field("column"))),
    Table("switching_costs", ("switching_costs",), (_ID, _LABEL, Field("facet"), _ITEMS)),
    Table("gap_dimensions", ("gaps", "dimensions"), (_ID, _LABEL, Field("weight"))),
    Table(
        "gap_pairs",
        ("gaps", "pairs"),
        (Field("dimension"), Field("expectation"), Field("performance"), Field("disconfirmation")),
    ),
    Table("segments", ("segments",), (_ID, _LABEL, Field("plural", "text"), Field("column"))),
    Table(
        "waves",
        ("waves",),
        (_ID, _LABEL, Field("short", "text"), Field("start", "day"), Field("end", "day"), Field("invited")),
    ),
    Table(
        "actions",
        ("reporting", "actions"),
        (Field("item"), Field("what", "text"), Field("owner", "text"), Field("due", "day")),
    ),
)

# What stands once in a study: a row each on the sheet ``study``.
FACTS: Mapping[str, Form] = {
    "csat": "value",
    "id": "value",
    "title": "text",
    "organisation": "text",
    "population": "text",
    "index.id": "value",
    "index.label": "text",
    "index.version": "value",
    "index.rollup": "value",
    "index.min_answered": "value",
    "drivers.items": "names",
    "drivers.outcomes": "names",
    "drivers.groups": "value",
    "drivers.always": "names",
    "drivers.blanks": "value",
    "drivers.probability": "value",
    "drivers.lines": "value",
    "drivers.map": "value",
    "chain.satisfaction": "value",
    "chain.loyalty": "value",
    "chain.outcome": "value",
    "chain.covariates": "names",
    "chain.blanks": "value",
    "gaps.satisfaction": "value",
    "gaps.disconfirmation": "value",
    "what_if.steps": "list",
    "what_if.outcomes": "names",
    "what_if.cost_unit": "text",
    "what_if.value.column": "value",
    "what_if.value.unit": "text",
    "design.respondent": "value",
    "design.weight": "value",
    "design.stratum": "names",
    "design.cluster": "value",
    "design.lonely_stratum": "value",
    "design.calibration.method": "value",
    "design.calibration.margins": "list",
    "design.calibration.trim": "value",
    "design.calibration.least_ratio": "value",
    "design.calibration.largest_ratio": "value",
    "design.calibration.least_weight": "value",
    "design.calibration.largest_weight": "value",
    "design.calibration.unknown": "value",
    "reporting.level": "value",
    "reporting.disclosure_limit": "value",
    "reporting.minimum_base": "value",
    "reporting.target": "value",
    "reporting.false_discovery_rate": "value",
    "reporting.share_interval": "value",
    "reporting.replicates": "value",
    "reporting.seed": "value",
    "reporting.classification": "text",
    **{f"reporting.checks.{name}": "value" for name in Checks.model_fields},
}

SURVEY_TEXTS = ("label", "hint", "constraint_message", "short")
SURVEY = (
    "type",
    "name",
    *(text_header(key, language) for key in ("label", "hint") for language in LANGUAGES),
    *("required", "relevant", "constraint"),
    *(text_header("constraint_message", language) for language in LANGUAGES),
    *("appearance", "parameters"),
    *("role", "scale", "reversed", "most"),
    *(text_header("short", language) for language in LANGUAGES),
)
CHOICES = (
    *("list_name", "name"),
    *(text_header("label", language) for language in LANGUAGES),
    *("missing", "open", "exclusive"),
)
SETTINGS = ("form_title", "form_id", "version", "default_language")

Role = Literal["respondent", "column", "item", "choice_question", "open_question", "beside"]


def sheet_names() -> Iterator[str]:
    """Yield every sheet in the order of the workbook."""
    yield from ("guide", "survey", "choices", "settings", STUDY.sheet, SCALES.sheet, CODES.sheet)
    yield from (COLUMNS.sheet, CATEGORIES.sheet, INDEX.sheet)
    yield from (table.sheet for table in PLAIN if table is not COLUMNS)
    yield from (DRIVERS.sheet, POPULATION.sheet, STRATA.sheet, COSTS.sheet, ALIASES.sheet)
