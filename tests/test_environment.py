"""Templates escape everything, know no undefined names, and let only safe addresses through."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from report_templates import environment as env

TEMPLATES = sorted(Path(str(resources.files("report_templates"))).rglob("*.html"))
HOSTILE = "<script>alert('x')</script> {{ 7*7 }} & \" ▲ 76.8–78.6"


@pytest.mark.parametrize("name", ["page.html", "chart.svg", "part.j2", "text.txt"])
def test_everything_is_escaped_whatever_the_file_is_called(name: str) -> None:
    template = env.environment().from_string("{{ x }}")
    template.name = name
    assert template.render(x="<b>") == "&lt;b&gt;"
    assert env.environment().autoescape is True


def test_an_undefined_name_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        env.environment().from_string("{{ absent }}").render()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_neither_trust_data_nor_format_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b(?!_)|autoescape false|\|\s*(round|float|int|format)\b", text)
    assert not re.search(r"\sstyle=|\son\w+=", text), "a strict policy allows no inline styles or scripts"
    assert not re.search(r"<\w+[^>]*=\{\{", text), "an unquoted attribute is not protected by escaping"
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)), (
        "words in a template"
    )


def test_every_template_compiles() -> None:
    assert TEMPLATES
    for path in TEMPLATES:
        env.environment().get_template(path.relative_to(str(resources.files("report_templates"))).as_posix())


class Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_marked_text_escapes_and_draws_the_signs() -> None:
    reader = Texts()
    reader.feed(env.marked(HOSTILE))
    assert reader.tags == {"span", "svg", "title", "polygon"}
    # The sign and the space after it became a drawing whose title is the sign.
    assert "".join(reader.texts) == HOSTILE.replace("▲ ", "▲")


def test_a_range_and_a_mark_with_its_word_stay_on_one_line() -> None:
    assert '<span class="phrase">76.8–78.6</span>' in env.marked("区间 76.8–78.6 分")
    assert re.search(
        r'<span class="phrase"><span class="mark">.*</span>better,</span> x', env.marked("▲ better, x")
    )


def test_marks_in_a_row_are_all_drawn() -> None:
    assert env.marked("▲▼ 显著").count("<svg") == 2


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://example.org/a?b=1", True),
        ("mailto:a@example.org", True),
        ("#page-3", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("file:///etc/passwd", False),
        ("http://example.org", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("#a\nb", False),
        (" https://example.org", False),
    ],
)
def test_only_safe_addresses_pass(address: str, kept: bool) -> None:
    assert env.safe_link(address) == (address if kept else "#")


def test_escaped_parts_stay_markup() -> None:
    assert isinstance(env.marked("a"), Markup)
    assert env.marked("<") == escape("<")
