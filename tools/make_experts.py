"""Make the workbooks that the key-account sample's three invented experts sent back.

Each is what ``csat weights panel`` hands out, filled in with what ``judgements.yaml`` says, in both
languages.
Run it after the study, its index or the judgements have changed::

    python tools/make_experts.py [DIR]

``DIR`` is where the files go, by default the sample's own folder of experts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import yaml
from openpyxl import load_workbook

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from panels import allot, judge  # noqa: E402 # found only now

from survey.definition import load_study  # noqa: E402 # as above
from survey.language import LANGUAGES, Language  # noqa: E402 # as above
from survey.panel import Family, panel_families  # noqa: E402 # as above
from survey.written_workbook import workbook_bytes  # noqa: E402 # as above
from workbench.cli import main  # noqa: E402 # as above

SAMPLE = ROOT / "sample_surveys" / "key_accounts"

# What one expert says: A/B to how many times A matters more than B (negative: B than A), or parts to points.
Said = Mapping[str, int]


def make(folder: Path) -> None:
    """Write ``pairs.LANGUAGE.xlsx``, and ``points-ROUND.LANGUAGE.xlsx`` for every round."""
    told = yaml.safe_load((SAMPLE / "experts" / "judgements.yaml").read_text(encoding="utf-8"))
    for language in LANGUAGES:
        names = {person: name[language] for person, name in told["people"].items()}
        pairs = folder / f"pairs.{language}.xlsx"
        hand_out(pairs, language, "--method", "ahp", "--experts", *names.values())
        fill_in(pairs, language, {names[person]: said for person, said in told["pairs"].items()})
        before: list[str] = []
        for number, of_round in told["points"].items():
            points = folder / f"points-{number}.{language}.xlsx"
            asked = ["--from", before[-1]] if before else ["--experts", *names.values()]
            hand_out(points, language, "--method", "budget", "--round", str(number), *asked)
            fill_in(points, language, {names[person]: said for person, said in of_round.items()})
            before.append(str(points))


def hand_out(file: Path, language: Language, *words: str) -> None:
    """Write a workbook for experts as a researcher does."""
    with redirect_stdout(StringIO()):
        where = ["--project", str(SAMPLE), "--lang", language, "--force"]
        code = main(["weights", "panel", "-o", str(file), *words, *where])
    if code:
        raise SystemExit(code)


def fill_in(file: Path, language: Language, answers: Mapping[str, Said]) -> None:
    """Fill in everybody's sheet, and save the workbook so that the same answers give the same bytes."""
    book = load_workbook(file)
    for name, said in answers.items():
        sheet = next(sheet for sheet in book.worksheets if sheet.title == name)
        for family in panel_families(load_study(SAMPLE / "study.yaml")):
            judge(sheet, family, dict(ratios(said, family)), language)
            allot(sheet, family, said)
    file.write_bytes(workbook_bytes(book, None))


def ratios(said: Said, family: Family) -> Iterator[tuple[tuple[str, str], float]]:
    """Yield the pairs of a family that were compared, as how many times as important the first is."""
    for first, second in family.pairs:
        degree = said.get(f"{first.id}/{second.id}")
        if degree is not None:
            yield (first.id, second.id), float(degree) if degree > 0 else -1 / degree


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE / "experts")
