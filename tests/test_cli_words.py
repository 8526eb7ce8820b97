"""Help, usage errors and exit codes: the same command line in two languages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from cli import csat
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.definition import study_schema
from survey.language import LANGUAGES, Language
from workbench.cli import app
from workbench.help import give_words
from workbench.layout import cells, wrap
from workbench.terminal import language_of

HAN = re.compile("[\u4e00-\u9fff]")


def commands(group: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command below ``group`` by the words that call it, groups before their commands."""
    for name, command in getattr(group, "commands", {}).items():
        yield (*path, name), command
        yield from commands(command, *path, name)


COMMANDS = dict(commands(typer.main.get_command(app)))
PATHS = list(COMMANDS)
LEAVES = [path for path, command in COMMANDS.items() if not hasattr(command, "commands")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_every_option_has_words(language: Language) -> None:
    group: Any = typer.main.get_command(app)
    give_words(group, language)
    for command in (group, *dict(commands(group)).values()):
        assert command.help
        assert all(param.help for param in command.params)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_shows_examples_that_parse(path: tuple[str, ...]) -> None:
    for language in LANGUAGES:
        text = csat(*path, "--help", "--lang", language).out
        examples = [line for line in text.splitlines() if line.startswith(f"  csat {' '.join(path)}")]
        assert examples
        for example in examples:
            names = re.findall(r"(?<= )--?[a-z-]+", example.partition("#")[0])
            assert all(re.search(rf"(?m)^  .*{name}\b", text.partition(examples[0])[0]) for name in names)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_remarks_make_no_example_wider_than_the_terminal(path: tuple[str, ...]) -> None:
    for language in LANGUAGES:
        lines = csat(*path, "--help", "--lang", language).out.splitlines()
        assert all(cells(line) <= 80 for line in lines if "  # " in line)


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_takes_project_and_lang(path: tuple[str, ...]) -> None:
    text = csat(*path, "--help").out
    assert "--project DIR" in text
    assert "--lang zh|en" in text


def test_help_is_in_one_language() -> None:
    for path in PATHS:
        assert not HAN.search(csat(*path, "--help", "--lang", "en").out)
        for line in csat(*path, "--help", "--lang", "zh").out.splitlines():
            # A line of words alone; names of files and commands are the same in both languages.
            assert (
                HAN.search(line)
                or line.startswith("  csat ")
                or not re.search(r"[a-z] [a-z]+ [a-z]+ [a-z]+", line)
            )


def test_help_keeps_to_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for path in PATHS:
        for language in LANGUAGES:
            for line in csat(*path, "--help", "--lang", language).out.splitlines():
                assert cells(line) <= 80 or line.startswith("  csat")


WRONG = {
    ("chek",): ("no command “chek”", "没有命令“chek”"),
    ("check", "--prject", "x"): ("Perhaps: --project", "您要的可能是：--project"),
    ("check", "one", "two"): ("Too many arguments: one two", "多余的参数：one two"),
    ("init", "--preset"): ("--preset needs a value", "--preset 后面要跟一个值"),
    ("init", "there", "--preset", "nosuch"): ("no preset “nosuch”", "预置研究"),
    ("check", "--json=1"): ("--json takes no value", "--json 不带值"),
    ("weights", "lst"): ("Perhaps: list", "您要的可能是：list"),
    ("weights", "list", "one"): ("See csat weights list --help", "csat weights list --help"),
    ("weights", "--json"): ("There is no option --json", "没有选项 --json"),
    ("weights", "--lang", "en"): ("See csat weights --help", "csat weights --help"),
    ("--csat",): ("There is no option --csat", "没有选项 --csat"),
}


@pytest.mark.parametrize("words", WRONG)
def test_wrong_usage_is_told_in_both_languages(words: tuple[str, ...]) -> None:
    english, chinese = WRONG[words]
    run = csat(*words, code=2)
    assert english in run.err
    assert run.out == ""
    assert not HAN.search(run.err)
    assert chinese in csat(*words, code=2, language="zh").err


def test_a_value_of_the_wrong_kind_says_what_is_needed() -> None:
    assert "must be zh or en" in csat("check", "--lang", "fr", code=2).err


def test_options_without_a_command_are_wrong_usage() -> None:
    assert "缺少命令" in csat("--lang", "zh", code=2).err
    assert "A command is missing" in csat("--lang", "en", code=2, language="zh").err


def test_csat_alone_shows_help_and_is_wrong_usage() -> None:
    assert "Commands" in csat(code=2).out


def test_no_traceback_reaches_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: object) -> None:
        raise ZeroDivisionError("nobody\nforesaw this")

    monkeypatch.setattr("survey.definition.read_study_text", broken)
    monkeypatch.setattr("workbench.project.Project.found_study_file", lambda self: "study.yaml")
    run = csat("check", code=1)
    assert run.err.count("\n") == 1
    assert "csat doctor" in run.err
    monkeypatch.setenv("CSAT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        csat("check")


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        (["index", "--lang", "zh"], {"LANG": "en_GB.UTF-8"}, "zh"),
        (["index", "--lang=en"], {"CSAT_LANG": "zh"}, "en"),
        (["index", "--lang"], {"CSAT_LANG": "zh"}, "zh"),
        (["index", "--lang", "fr"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"CSAT_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ([], {"LC_ALL": "", "LANG": "zh_TW.UTF-8"}, "zh"),
        ([], {"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {}, "en"),
    ],
)
def test_language_comes_from_the_option_then_the_environment(
    arguments: list[str], environment: dict[str, str], language: Language
) -> None:
    assert language_of(arguments, environment) == language


@settings(max_examples=30, deadline=None)
@given(st.text("指数满意，。（） 「」abc-1%", max_size=80), st.integers(12, 40))
def test_wrapping_loses_no_character_and_keeps_the_width(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        # Only what may not be broken is longer: one piece with the marks that cling to it.
        assert cells(line) <= width or len(wrap(line, 1)) == 1


def test_a_line_never_begins_with_a_closing_mark() -> None:
    assert wrap("导入答卷（问卷），得到指数。", 8) == ["导入答卷", "（问", "卷），得", "到指数。"]


def python(
    *words: str, stdout: int = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a fresh interpreter, for what only a whole process shows."""
    return subprocess.run(
        [sys.executable, *words],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "CSAT_LANG": "zh", **environment},
    )


def test_help_starts_without_the_heavy_libraries() -> None:
    heavy = {"numpy", "pandas", "scipy", "weasyprint", "pydantic", "rich", "openpyxl", "sqlite3"}
    code = (
        "import sys; from workbench.cli import main; main(['--help']);"
        f"found = {heavy!r} & set(sys.modules); sys.exit(f'{{sorted(found)}}' if found else 0)"
    )
    assert python("-c", code).stderr == ""


def test_a_report_of_known_results_starts_without_the_numerics() -> None:
    code = (
        "import sys, report_templates.render; found = {'scipy', 'pandas', 'statsmodels'} & set(sys.modules);"
        "sys.exit(f'{sorted(found)}' if found else 0)"
    )
    assert python("-c", code).stderr == ""


def test_a_reader_that_goes_away_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    run = python("-m", "workbench", "schema", stdout=write)
    os.close(write)
    assert run.returncode == 1
    assert run.stderr == ""


def test_a_terminal_that_is_not_utf8_still_gets_its_answer() -> None:
    assert "csat" in python("-m", "workbench", "--help", PYTHONIOENCODING="ascii").stdout
    run = python("-m", "workbench", "schema", PYTHONIOENCODING="ascii")
    assert json.loads(run.stdout) == study_schema("zh")


def test_control_c_is_told_in_one_line() -> None:
    code = (
        "import signal, sys, workbench.project; from workbench.cli import main;"
        "signal.signal(signal.SIGINT, signal.default_int_handler);"  # a job in the background ignores it
        "workbench.project.Project.found_study_file = lambda self: signal.raise_signal(signal.SIGINT);"
        "sys.exit(main(['check', '--lang', 'zh']))"
    )
    run = python("-c", code)
    assert run.returncode == 130
    assert run.stderr.startswith("错误：已中断")
    assert run.stderr.count("\n") == 1
