"""From a panel's workbook to a weight set, as somebody at a terminal does it."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from cli import csat
from openpyxl import Workbook, load_workbook
from panels import Points, Ratios, allot, edited, judge, name_expert, rows
from report_studies import ROOT, key_accounts

from survey.language import Language
from survey.panel import panel_families
from survey.panel_workbook import AFTER

FAMILIES = panel_families(key_accounts())
PARTS = [member.id for member in FAMILIES[0].members]
IMPORTANCE = dict(zip(PARTS, (4, 2, 2, 4, 1), strict=True))
ITEMS = {
    "reliability": 3,
    "information": 1,
    "ordering": 2,
    "billing": 4,
    "fault_reporting": 2,
    "am_initiative": 2,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "sample_surveys" / "key_accounts" / "study.yaml", tmp_path)
    return tmp_path


def consistent(family: Any, importance: dict[str, int]) -> Ratios:
    """Return judgements that fit together: ratios of whole importances, 1 where none is given."""
    ids = [member.id for member in family.members]
    return {(a, b): importance.get(a, 1) / importance.get(b, 1) for a, b in combinations(ids, 2)}


def answer(sheet: Any, language: Language = "en", **changed: float) -> None:
    """Fill in a sheet coherently, but for ``a__b=ratio``."""
    judgements = dict(consistent(FAMILIES[0], IMPORTANCE))
    for pair, ratio in changed.items():
        first, _, second = pair.partition("__")
        judgements[first, second] = ratio
    judge(sheet, FAMILIES[0], judgements, language)
    for family in FAMILIES[1:]:
        judge(sheet, family, consistent(family, ITEMS), language)


def share(sheet: Any, total: Points) -> None:
    allot(sheet, FAMILIES[0], total)
    for family in FAMILIES[1:]:
        ids = [member.id for member in family.members]
        allot(sheet, family, dict(zip(ids, (50, 50) if len(ids) == 2 else (40, 30, 30), strict=True)))


def panel_of(project: Path, language: Language = "en") -> Path:
    """Hand out comparisons to three experts, of whom one contradicts herself and one stays silent."""
    path = project / "panel.xlsx"
    csat(
        *("weights", "panel", "-o", path, "--method", "ahp", "--experts", "Fang", "Qiang", "Min"),
        *("--project", project, "--lang", language),
    )

    def fill(book: Workbook) -> None:
        answer(book.worksheets[1], language)
        answer(book.worksheets[2], language, product__account_manager=1 / 9, pre_sales__in_sales=9)

    return edited(path, fill)


def derive(project: Path, *words: object, code: int = 0, language: str = "en") -> Any:
    return csat("weights", "derive", *words, "--project", project, code=code, language=language)


def test_a_panel_is_handed_out_filled_in_derived_and_shown(project: Path) -> None:
    path = panel_of(project)
    named = ("--name", "panel-2026", "--reason", "yearly panel")
    refused = derive(project, "--method", "ahp", "--from", path, *named, code=1)
    assert "“Qiang” on “Key account satisfaction” contradict each other" in refused.err
    assert "Nothing was saved." in refused.err
    assert "Product quality to Account manager: 1/9 stated, 4 implied" in refused.out
    done = derive(project, "--method", "ahp", "--from", path, "--without", "Qiang", *named)
    assert "Blank sheets, left out: 1 (Min)" in done.out
    assert "Experts left out by the researcher: Qiang." in done.out
    shown = csat("weights", "show", "panel-2026", "--json", "--project", project).document
    total = sum(IMPORTANCE.values())
    for part, importance in IMPORTANCE.items():
        # The judgements fit together, so weights are exact up to the eigenvector's last digits.
        assert shown["relative"][part] == pytest.approx(importance / total, rel=1e-9)
    assert shown["relative"]["reliability"] == pytest.approx(0.75, rel=1e-9)
    assert shown["method"] == "ahp"
    assert shown["evidence"]["without"] == ["Qiang"]
    assert shown["evidence"]["families"][0]["experts"][0]["judgements"][0] == ["product", "pre_sales", 2.0]
    keys = [caveat["key"] for caveat in shown["evidence"]["caveats"]]
    assert {"ahp", "one_expert", "experts_dropped"} <= set(keys)


def test_without_a_name_weights_are_shown_in_either_language_and_not_saved(project: Path) -> None:
    path = panel_of(project, "zh")
    shown = derive(project, "--method", "ahp", "--from", path, code=1, language="zh")
    assert "“Qiang”对“大客户满意度指数”的判断互相矛盾" in shown.err
    assert "建议复核" in shown.out
    without = derive(project, "--method", "ahp", "--from", path, "--without", "Qiang", language="zh")
    assert "没有保存" in without.out
    document = derive(project, "--method", "ahp", "--from", path, "--json", code=1).document
    assert [caveat["key"] for caveat in document["blocked"]] == ["ahp_blocked"]
    assert document["blocked"][0]["values"]["expert"] == "Qiang"
    names = csat("weights", "list", "--json", "--project", project).document["sets"]
    assert len(names) == 1


def test_rules_of_a_panel_are_chosen_and_checked(project: Path) -> None:
    path = panel_of(project)
    words = ("--method", "ahp", "--from", path, "--without", "Qiang", "--json")
    old = derive(project, *words, "--rule", "geometric", "--random-index", "saaty_older").document
    assert old["evidence"]["rule"] == "geometric"
    assert old["evidence"]["random_index"] == "saaty_older"
    own = derive(project, *words, "--group", "priorities", "--expert-weight", "Fang=2").document
    assert own["evidence"]["aggregation"] == "priorities"
    assert own["evidence"]["families"][0]["experts"][0]["weight"] == 2
    for wrong, why in (
        (("--rule", "median"), "has no rule “median”"),
        (("--random-index", "saaty"), "has no “saaty”"),
        (("--group", "mean"), "cannot be “mean”"),
        (("--expert-weight", "Fang=0"), "Fang=0 is not EXPERT=N"),
        (("--without", "Fan"), "Did you mean “Fang”?"),
    ):
        assert why in derive(project, *words, *wrong, code=2).err
    assert "does not go with" in derive(
        project, "--method", "budget", "--from", path, "--group", "priorities", code=2
    ).err  # fmt: skip
    assert "--from is missing" in derive(project, "--method", "ahp", code=2).err
    assert "no method “ahpp”" in derive(project, "--method", "ahpp", "--from", path, code=2).err
    named = ("--method", "ahp", "--from", path, "--name", "x")
    assert "--reason is missing" in derive(project, *named, code=2).err


def test_comparisons_that_do_not_link_are_asked_for_again(project: Path) -> None:
    path = panel_of(project)

    def loosen(book: Workbook) -> None:
        sheet = book.worksheets[3]
        judge(sheet, FAMILIES[0], {("product", "pre_sales"): 3, ("after_sales", "account_manager"): 2})

    edited(path, loosen)
    told = derive(project, "--method", "ahp", "--from", path, code=1).err
    assert "“Min” for “Key account satisfaction” do not link all parts" in told
    assert "Product quality – In-sales service, Product quality – After-sales service" in told
    assert "--annotate" not in told


def test_every_problem_of_every_file_is_told_at_once(project: Path) -> None:
    path = panel_of(project)

    def spoil(book: Workbook) -> None:
        row = rows(book.worksheets[1])["product/reliability/fit"]
        book.worksheets[1].cell(row, 6, "a lot")

    edited(path, spoil)
    absent = project / "absent.xlsx"
    told = derive(project, "--method", "ahp", "--from", path, absent, "--json", code=1).document
    assert [problem["code"] for problem in told["problems"]] == ["workbook_not_found", "panel_degree_unknown"]
    assert told["problems"][1]["place"]["sheet"] == "Fang"
    other = derive(project, "--method", "budget", "--from", panel_of_again(project), code=1).err
    assert "handed out for ahp, which budget cannot use" in other


def panel_of_again(project: Path) -> Path:
    (project / "panel.xlsx").unlink()
    return panel_of(project)


def test_a_delphi_panel_goes_on_until_it_agrees(project: Path) -> None:
    first, second = project / "round1.xlsx", project / "round2.xlsx"
    words = ("weights", "panel", "--method", "budget", "--project", project)
    csat(*words, "-o", first, "--experts", "Fang", "Qiang")
    far = ((40, 10, 20, 20, 10), (10, 40, 20, 20, 10))
    near = ((28, 22, 20, 20, 10), (26, 24, 20, 20, 10))

    def fill(answers: tuple[tuple[int, ...], ...]) -> Any:
        def edit(book: Workbook) -> None:
            for sheet, points in zip(book.worksheets[1:3], answers, strict=True):
                share(sheet, dict(zip(PARTS, points, strict=True)))

        return edit

    edited(first, fill(far))
    once = derive(project, "--method", "delphi", "--from", first)
    assert "not yet agreed. Another one: csat weights panel --method budget --round 2 --from" in once.out
    again = csat(*words, "-o", second, "--round", 2, "--from", first)
    assert f"--method delphi --from {first} {second}" in again.out
    sheet = load_workbook(second)["Fang"]
    row = rows(sheet)["key_account_index/product"]
    assert [sheet.cell(row, AFTER["budget"] + place).value for place in range(3)] == [
        "40",
        "25",
        "17.5 to 32.5",
    ]
    edited(second, fill(near))
    named = ("--name", "delphi", "--reason", "two rounds", "--json")
    done = derive(project, "--method", "delphi", "--from", first, second, *named).document
    assert done["relative"]["product"] == pytest.approx(0.27)
    family = done["evidence"]["families"][0]
    assert family["state"] == "agreed"
    assert family["rounds"][0]["Fang"] == [40, 10, 20, 20, 10]
    assert "two rounds" in csat("weights", "show", "delphi", "--project", project).out
    several = derive(project, "--method", "budget", "--from", first, second, code=1).err
    assert "several rounds (1, 2)" in several


def test_a_folder_gets_a_file_for_each_expert(project: Path) -> None:
    out = project / "out"
    words = ("weights", "panel", "-o", out, "--method", "budget", "--project", project)
    csat(*words, "--experts", "Fang", "Li/Wang", "Li:Wang")
    assert sorted(path.name for path in out.iterdir()) == [
        "budget-1-Fang.xlsx", "budget-1-Li_Wang.xlsx", "budget-1-Li_Wang_.xlsx",
    ]  # fmt: skip
    equal = dict.fromkeys(PARTS, 20)
    for path in out.iterdir():
        edited(path, lambda book: share(book.worksheets[1], equal))
    found = derive(
        project, "--method", "budget", "--from", *sorted(out.iterdir()), "--rule", "median", "--json"
    )
    assert found.document["weights"]["product"] == pytest.approx(0.2)
    assert list(found.document["evidence"]["expert_weights"]) == ["Fang", "Li/Wang", "Li:Wang"]


def test_a_panel_is_never_overwritten_and_says_what_it_needs(project: Path) -> None:
    path = panel_of(project)
    words = ("weights", "panel", "--project", project, "--method", "ahp")
    assert "was left alone" in csat(*words, "-o", path, code=1).err
    assert "Wrote" in csat(*words, "-o", path, "--force").out
    assert "This is round 2" in csat(*words, "-o", project / "x.xlsx", "--round", 2, code=2).err.replace(
        "this", "This"
    )
    assert "End it in .xlsx" in csat(*words, "-o", project / "x.pdf", code=2).err
    later = ("--round", 2, "--from", path, "-o", project / "x.xlsx")
    assert "No sheet of an expert holds an answer" in csat(*words, *later, code=1).err
    edited(path, lambda book: (name_expert(book.worksheets[1], "Fang"), answer(book.worksheets[1])))
    third = ("--round", 3, "--from", path, "-o", project / "x.xlsx")
    assert "no such sheet of round 2 (rounds there: 1)" in csat(*words, *third, code=1).err
    csat(*words, *later)
    sheet = load_workbook(project / "x.xlsx")["Fang"]
    row = rows(sheet)["key_account_index/product/pre_sales"]
    assert sheet.cell(row, AFTER["ahp"]).value == "Product quality 2"


def test_too_many_parts_are_not_compared(project: Path) -> None:
    study = project / "study.yaml"
    text = study.read_text(encoding="utf-8")
    start, rest = text.split("  children:\n    - id: product", 1)
    end = rest[rest.index("\n# 维度由") :]
    leaves = ("reliability", "fit", "information", "advice", "ordering", "provisioning", "billing",
              "fault_reporting", "fault_handling", "am_initiative")  # fmt: skip
    flat = "".join(f"    - {leaf}\n" for leaf in leaves)
    # What is no driver any longer may not have a cost.
    for gone in ("am_coordination: 130", "am_competence: 170"):
        end = end.replace(f"    {gone}\n", "")
    study.write_text(f"{start}  children:\n{flat}{end}", encoding="utf-8")
    words = ("weights", "panel", "--project", project, "-o", project / "x.xlsx")
    assert "More than 9 parts are hard to compare" in csat(*words, "--method", "ahp", code=1).err
    csat(*words, "--method", "budget")
