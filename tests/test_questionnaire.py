"""The printed questionnaire: fields that carry the names of columns, and routing in words."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from drawing import both, small_study
from form_studies import every_feature
from pypdfium2 import raw

from report_templates.pdf import Printer
from report_templates.questionnaire.context import form_context
from report_templates.questionnaire.render import form_html, form_pdf
from report_templates.questionnaire.routing import condition, jumps
from survey.answer_columns import answer_columns
from survey.language import LANGUAGES
from survey.questionnaire import numbered, offered
from survey.questions import AskedIf

STUDY = every_feature()
WAVE = "2026Q1"
# Facts from the customer system, which nobody asks.
NOT_ASKED = {"region", "spend", "lost"}


@pytest.fixture(scope="module")
def printer() -> Iterator[Printer]:
    with Printer() as one:
        yield one


@pytest.fixture(scope="module")
def printed(printer: Printer) -> bytes:
    # A page that WeasyPrint has anything to say about raises.
    return form_pdf(STUDY, WAVE, "zh", printer)


@pytest.fixture
def document(printed: bytes) -> Iterator[pypdfium2.PdfDocument]:
    opened = pypdfium2.PdfDocument(printed)
    opened.init_forms()
    yield opened
    opened.close()


def fields(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[tuple[Any, str]]:
    """Yield every field of a page with its full name."""
    assert document.formenv is not None
    env = document.formenv.raw
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        field = raw.FPDFPage_GetAnnot(page, number)
        if raw.FPDFAnnot_GetSubtype(field) == raw.FPDF_ANNOT_WIDGET:
            size = raw.FPDFAnnot_GetFormFieldName(env, field, None, 0)
            buffer = ctypes.create_string_buffer(size)
            wide = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
            raw.FPDFAnnot_GetFormFieldName(env, field, wide, size)
            yield field, buffer.raw.decode("utf-16-le").rstrip("\0")


def test_each_question_has_its_fields_under_the_names_of_its_columns(
    document: pypdfium2.PdfDocument,
) -> None:
    found = Counter(name for page in document for _, name in fields(document, page))
    columns = {column.id for column in answer_columns(STUDY, "zh")} - NOT_ASKED
    assert set(found) - columns == {"share/998"}  # a blank beside a number that is written
    assert columns <= set(found)
    for item in STUDY.items:
        marks = 1 if item.id == "share" else len(offered(STUDY.scales[item.scale]))
        assert found[item.id] == marks, item.id
    assert found["gender"] == 3
    assert found["comment"] == found["reasons/8/text"] == found["customer"] == 1


def test_a_row_of_a_scale_takes_one_answer(document: pypdfium2.PdfDocument) -> None:
    page = document[0]
    assert document.formenv is not None
    env = document.formenv.raw
    marks: dict[str, list[Any]] = {}
    for field, name in fields(document, page):
        marks.setdefault(name, []).append(field)
    for name, which in (("greeting", 1), ("greeting", 4), ("advice", 0)):
        place = raw.FS_RECTF()
        raw.FPDFAnnot_GetRect(marks[name][which], place)
        at = ((place.left + place.right) / 2, (place.top + place.bottom) / 2)
        raw.FORM_OnMouseMove(env, page, 0, *at)
        raw.FORM_OnLButtonDown(env, page, 0, *at)
        raw.FORM_OnLButtonUp(env, page, 0, *at)
    chosen = {
        name: [n for n, mark in enumerate(group) if raw.FPDFAnnot_IsChecked(env, mark)]
        for name, group in marks.items()
    }
    assert chosen["greeting"] == [4]
    assert chosen["advice"] == [0]
    assert chosen["waiting"] == []


def test_the_page_tells_where_to_go_on(document: pypdfium2.PdfDocument) -> None:
    text = document[0].get_textpage().get_text_range()
    assert "若选“没有”，请跳到第 7 题。" in text
    assert "第 4 题选“有”或“记不清”的，请回答：" in text
    assert f"1 / {len(document)}" in text


def test_same_study_same_bytes(printer: Printer, printed: bytes) -> None:
    assert form_pdf(STUDY, WAVE, "zh", printer) == printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_web_page_is_the_same_form_and_needs_nothing_else(language: Any) -> None:
    page = form_html(STUDY, WAVE, language)
    for column in answer_columns(STUDY, language):
        assert (f'name="{column.id}"' in page) == (column.id not in NOT_ASKED), column.id
    for question in (*STUDY.items, *STUDY.choice_questions, *STUDY.open_questions):
        assert question.text[language] in page
    assert "src=" not in page
    assert "style=" not in page
    assert "url(" not in page.replace('url("data:font/woff2', "")


def test_every_question_is_numbered_once() -> None:
    numbers = [asked.number for block in form_context(STUDY, WAVE, "en").blocks for asked in block.questions]
    assert numbers == list(numbered(STUDY).values()) == list(range(1, 19))


YES_NO = {"ends": [1, 2], "labels": {1: both("是", "Yes"), 2: both("否", "No")}}


def routed(*items: dict[str, Any], **parts: Any) -> dict[str, str]:
    study = small_study(*items, scales={"yn": YES_NO, "ten": {"ends": [1, 10]}}, **parts)
    return dict(jumps(study, "en"))


def test_those_who_are_not_asked_go_on_behind_what_they_are_not_asked() -> None:
    gate = {"id": "a", "scale": "yn"}
    inner = {"id": "b", "scale": "yn", "asked_if": {"item": "a", "answers": [1]}}
    innermost = {"id": "c", "scale": "ten", "asked_if": {"item": "b", "answers": [2]}}
    last = {"id": "d", "scale": "ten"}
    # Whoever skips b skips c as well, because c is only put to those who were asked b.
    assert routed(gate, inner, innermost, last) == {
        "a": 'If "No", go to question 4.',
        "b": 'If "Yes", go to question 4.',
    }
    assert routed(gate, inner) == {"a": 'If "No", go to the end.'}
    # Nothing right behind the gate depends on it, so nobody skips anything.
    assert routed(gate, last, inner) == {}


def test_many_answers_to_skip_on_are_told_by_the_others() -> None:
    gate = {"id": "a", "scale": "ten"}
    after = {"id": "b", "scale": "ten", "asked_if": {"item": "a", "answers": [1, 2, 3, 4]}}
    assert routed(gate, after) == {"a": "Unless 1–4, go to the end."}


def test_conditions_name_answers_as_they_stand_on_the_form() -> None:
    asked_if = AskedIf(item="repair_speed", answers=(10, 9, 1))
    shown = condition(STUDY, asked_if, "en")
    assert shown == 'If you chose "Very poor" or "9" or "Very good" in question 5:'
    assert condition(STUDY, None, "en") == ""


def test_long_lists_stand_in_columns_and_words_break_only_where_they_must() -> None:
    def labels(*words: str) -> dict[int, Any]:
        return {code: both("甲", word) for code, word in enumerate(words, start=1)}

    options = [{"code": n, "label": both(f"第{n}项", f"Option {n}")} for n in range(12)]
    asked = {"id": "r", "text": both("哪些？", "Which?"), "label": both("哪些"), "options": options}
    scales = {
        "short": {"ends": [1, 3], "labels": labels("Poor", "Fair", "Good")},
        "long": {"ends": [1, 7], "labels": labels(*["Extraordinarily dissatisfied"] * 7)},
    }
    items = [{"id": f"{scale}{n}", "scale": scale} for scale in scales for n in range(2)]
    study = small_study(*items, scales=scales, choice_questions=[asked])
    short, long, choice = form_context(study, "w1", "en").blocks
    assert short.heads is not None
    assert long.heads is not None
    assert (short.heads.tight, long.heads.tight) == (False, True)
    assert 7 * long.heads.code_width <= 100
    assert choice.columns == "four"
