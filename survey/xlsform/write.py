"""A study written as a workbook: XLSForm sheets from the questionnaire, our own from the study's document.

Keys with their default value are left out, as in a study file. The same study gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from survey.definition import study_digest
from survey.language import LANGUAGES, Language, catalogue
from survey.questionnaire import LIST_ANSWERS, offered
from survey.study import IndexNode, Study
from survey.written_workbook import Written, new_workbook, put, workbook_bytes
from survey.xlsform import tables
from survey.xlsform.form import Lists, Row, choice_rows, survey_rows
from survey.xlsform.tables import Field, Table, text_header

_WIDE = ("label", "hint", "what", "constraint", "meaning", "alias", *tables.TAGS.values())


def write_xlsform(study: Study, path: Path, language: Language = "zh") -> None:
    """Write a study as a workbook that ODK and KoboToolbox can field and ``read_xlsform`` reads back.

    Parameters
    ----------
    study : a study that keeps the rules of ``definition``.
    path : the .xlsx file to write.
    language : the one in which the form opens; it holds both.
    """
    book, sheet = new_workbook("guide")
    _write_guide(sheet)
    _sheet(book, "survey", tables.SURVEY, survey_rows(study))
    _sheet(book, "choices", tables.CHOICES, choice_rows(study))
    _sheet(book, "settings", tables.SETTINGS, [_settings(study, language)])
    document = study.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if study.design.calibration is not None:
        # Said even where it is the default: a calibration of defaults would be no row at all.
        document["design"]["calibration"]["method"] = study.design.calibration.method
    _sheet(book, "study", tables.STUDY.headers, _fact_rows(document, language))
    _sheet(book, "scales", tables.SCALES.headers, _scale_rows(study))
    _sheet(book, "codes", tables.CODES.headers, _code_rows(study))
    _sheet(book, "columns", tables.COLUMNS.headers, _column_rows(study, document))
    _sheet(book, "categories", tables.CATEGORIES.headers, _category_rows(study))
    _sheet(book, "index", tables.INDEX.headers, _node_rows(study.index.children, None))
    for table in tables.PLAIN:
        if table is not tables.COLUMNS:
            _sheet(book, table.sheet, table.headers, _plain_rows(table, document))
    _sheet(book, "drivers", tables.DRIVERS.headers, _driver_rows(study))
    _sheet(book, "population", tables.POPULATION.headers, _population_rows(study))
    _sheet(book, "strata", tables.STRATA.headers, _stratum_rows(study))
    _sheet(book, "costs", tables.COSTS.headers, _cost_rows(study))
    _sheet(book, "aliases", tables.ALIASES.headers, _alias_rows(study))
    path.write_bytes(workbook_bytes(book, None))


def _sheet(book: Workbook, name: str, headers: Sequence[str], rows: Iterable[Row]) -> None:
    sheet = book.create_sheet(name)
    fill, bold = PatternFill("solid", fgColor="DDE5EE"), Font(bold=True)
    for column, header in enumerate(headers, start=1):
        cell = put(sheet, 1, column, header)
        cell.fill, cell.font = fill, bold
        width = 44 if header.startswith(_WIDE) else 18
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(rows, start=2):
        for column, header in enumerate(headers, start=1):
            if (value := _whole(row.get(header))) is not None:
                put(sheet, number, column, value).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "C2" if name in ("survey", "choices") else "A2"


def _whole(value: Written) -> Written:
    """Return a value that a cell can hold to its last digit: openpyxl writes 16 digits of a number."""
    if isinstance(value, float) and float(f"{value:.16g}") != value:
        return repr(value)
    return value


def _write_guide(sheet: Worksheet) -> None:
    """What each sheet holds, in both languages; nobody reads it but people."""
    for column, (width, header) in enumerate(((20, ""), (60, tables.TAGS["zh"]), (70, tables.TAGS["en"])), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        put(sheet, 1, column, header).font = Font(bold=True)
    for number, name in enumerate(tables.sheet_names(), start=2):
        put(sheet, number, 1, name).font = Font(bold=True)
        for column, language in enumerate(LANGUAGES, start=2):
            cell = put(sheet, number, column, catalogue("survey")(f"form.guide.{name}", language))
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _settings(study: Study, language: Language) -> Row:
    return {
        "form_title": study.title[language],
        "form_id": study.id,
        "version": study_digest(study)[:12],
        "default_language": tables.TAGS[language],
    }


def _fact_rows(document: Mapping[str, Any], language: Language) -> Iterator[Row]:
    words = catalogue("survey")
    for key, form in tables.FACTS.items():
        *above, last = key.split(".")
        holder: Mapping[str, Any] = document
        for part in above:
            holder = holder.get(part, {})
        model = above[-1].title().replace("_", "") if above else "Study"
        row: Row = {"key": key, "meaning": words(f"schema.{model}.{last}", language)}
        value = holder.get(last)
        if value is not None and form == "text":
            row |= {tables.TAGS[tag]: value[tag] for tag in LANGUAGES}
        elif value is not None:
            row["value"] = _cells(Field("value", form), value)["value"]
        yield row


def _scale_rows(study: Study) -> Iterator[Row]:
    for name, scale in study.scales.items():
        row: Row = {"id": name, "low": scale.ends[0], "high": scale.ends[1]}
        yield row | (_text("unit", scale.unit.model_dump()) if scale.unit else {})


def _code_rows(study: Study) -> Iterator[Row]:
    """Codes that ``choices`` does not list: for data only, or of a scale whose answers are typed."""
    for name, scale in study.scales.items():
        answers = offered(scale)
        listed = {answer.code for answer in answers} if len(answers) <= LIST_ANSWERS else set()
        for code, label in sorted(scale.labels.items()):
            if code not in listed or code in scale.blanks:
                yield {"scale": name, "code": code, **_text("label", label.model_dump())}
        for code, blank in sorted(scale.blanks.items()):
            if code not in listed:
                row: Row = {"scale": name, "code": code, "missing": blank.kind}
                yield row | (_text("label", blank.label.model_dump()) if blank.label else {})


def _column_rows(study: Study, document: Mapping[str, Any]) -> Iterator[Row]:
    lists = Lists.of(study)
    for column, row in zip(study.columns, _plain_rows(tables.COLUMNS, document), strict=True):
        listed = column.categories and column.text is not None
        yield row | ({"list": lists.options(column.id)} if listed else {})


def _category_rows(study: Study) -> Iterator[Row]:
    """Categories that nobody is asked for: on ``choices`` they would travel to every respondent."""
    for column in study.columns:
        for category in column.categories if column.text is None else ():
            label = _text("label", category.label.model_dump())
            yield {"column": column.id, "value": category.value, **label}


def _node_rows(nodes: Sequence[IndexNode], parent: str | None) -> Iterator[Row]:
    for node in nodes:
        row: Row = {"parent": parent, "id": node.id, "item": node.item, "weight": node.weight}
        yield row | (_text("label", node.label.model_dump()) if node.label else {})
        yield from _node_rows(node.children, node.id)


def _plain_rows(table: Table, document: Mapping[str, Any]) -> Iterator[Row]:
    part: Any = document
    for key in table.path:
        part = part.get(key, {})
    for entry in part:
        row: Row = {}
        for field in table.fields:
            if field.key in entry:
                row |= _cells(field, entry[field.key])
        yield row


def _cells(field: Field, value: Any) -> Row:
    match field.form:
        case "text":
            return _text(field.key, value)
        case "names":
            return {field.key: " ".join(value)}
        case "list":
            return {field.key: "; ".join(map(str, value))}
        case "flag":
            return {field.key: "yes" if value else None}
        case "day":
            return {field.key: date.fromisoformat(value)}
    return {field.key: value}


def _text(key: str, value: Mapping[str, str]) -> Row:
    return {text_header(key, language): value[language] for language in LANGUAGES}


def _population_rows(study: Study) -> Iterator[Row]:
    given = [(None, study.design.population), *((wave.id, wave.population) for wave in study.waves)]
    for wave, margins in given:
        for column, totals in margins.items():
            for value, total in totals.items():
                yield {"column": column, "value": value, "total": total, "wave": wave}


def _driver_rows(study: Study) -> Iterator[Row]:
    if study.drivers is None:
        return
    targets, stated = study.drivers.targets, study.drivers.stated
    for name in dict.fromkeys([*targets, *stated]):
        yield {"driver": name, "target": targets.get(name), "stated": stated.get(name)}


def _stratum_rows(study: Study) -> Iterator[Row]:
    for stratum, clusters in study.design.stratum_clusters.items():
        yield {"stratum": stratum, "clusters": clusters}


def _cost_rows(study: Study) -> Iterator[Row]:
    for item, cost in study.what_if.costs.items() if study.what_if else ():
        yield {"item": item, "cost": cost}


def _alias_rows(study: Study) -> Iterator[Row]:
    for of in ("item", "choice_question", "open_question", "column"):
        for part in getattr(study, f"{of}s"):
            yield from _aliases(of, part.id, None, part.aliases)
    for name, scale in study.scales.items():
        for code, aliases in sorted(scale.aliases.items()):
            yield from _aliases("scale", name, code, aliases)
    for question in study.choice_questions:
        for option in question.options:
            yield from _aliases("option", question.id, option.code, option.aliases)
    for column in study.columns:
        for category in column.categories:
            yield from _aliases("category", column.id, category.value, category.aliases)


def _aliases(of: str, name: str, code: Written, aliases: Iterable[str]) -> Iterator[Row]:
    for alias in aliases:
        yield {"of": of, "name": name, "code": code, "alias": alias}
