"""What a drafted study makes of columns that say who answered: no question, and no value quoted."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawing import workbook
from test_draft_study import drafted, imported, sound

from survey.definition import dump_study
from survey.draft_people import identity
from survey.draft_study import DraftedStudy
from survey.draft_values import guess
from survey.language import LANGUAGES, Language
from survey.layouts.export import Dialect
from workbench.drafted import CONFIRM_FILE, drafted_files, drafted_lines
from workbench.terminal import Terminal

MOBILES = [13800000001, 13900000002, 15000000003, 18600000004]


def found(header: str, values: list) -> str | None:
    return identity([header], values, guess(values, Dialect(), header).looks)


def written(draft: DraftedStudy, language: Language) -> str:
    return "\n".join(drafted_files(draft, language, "#").values())


@pytest.mark.parametrize(
    "values",
    [
        MOBILES,
        [float(number) for number in MOBILES],
        ["138-0000-0001", "+86 139 0000 0002", "(+86)15000000003", "8618600000004"],
        ["138.0000.0001", "１３９００００００02", "13800000001 白天", "没有"],
        ["13800000001"] * 9 + ["13900000002"] * 9,
        ["a@b.cn", "C.D@e-f.com", "无"],
        ["11010519491231002X", "11010519491231002x"],
    ],
)
def test_what_reaches_a_person_is_left_out_under_any_header(values: list) -> None:
    assert found("业务资料", values) == "contact"


@pytest.mark.parametrize(
    "values",
    [
        [13.456789012, 138.12345678, 15.5],
        ["110105194912310021", "110105194912310022", "110105194912310023"],
        ["服务好，我的号码是13800000001", "太慢", "价格高", "没意见了"],
        [1, 5, 4, 3],
    ],
)
def test_what_only_looks_like_it_is_no_contact(values: list) -> None:
    assert found("业务资料", values) != "contact"


@pytest.mark.parametrize(
    ("header", "values", "what"),
    [
        ("用户编号", ["A1", "B2", "C3"], "key"),
        ("客户号", [70012, 70013, 80011], "key"),
        ("2、订单编号（必填）", [1, 2, 5, 4], "key"),
        ("Customer ID", ["x", "y", "x", "y"], "key"),
        ("OrderID", ["one two", "b"], "key"),
        ("Invoice No.", [12, 13, 9000], "key"),
        ("服务号码", [10086, 10010, 95598], "key"),
        ("主叫号码", MOBILES, "contact"),
        ("业务资料", ["GD-2201", "GD-2202", "SZ-0007"], "key"),
        ("业务资料", [20260001, 20260002, 20260007], "key"),
        ("客户名称", ["广州一厂", "深圳二厂", "佛山三厂"], "contact"),
        ("您的单位名称", ["广州一厂", "深圳二厂", "佛山三厂"], "contact"),
        ("Company", ["Acme Ltd", "Bee Inc", "Sea GmbH"], "contact"),
        ("公司名称", ["总公司", "分公司"] * 9, None),
        ("受访者", ["张三", "李四"] * 9, "contact"),
        ("地址", ["天河路1号", "中山路2号", "解放路3号"], "contact"),
        ("序号", [1, 2, 3], "running"),
        ("网点编号", ["G1", "G2"] * 9, None),
        ("客户编号", ["G1", "G2"] * 9, "key"),
        ("服务地址变更方便吗", ["方便得很", "不太清楚", "没变更过"], None),
        ("您知道客服号码吗", ["知道一个", "不知道的", "忘记号码"], None),
        ("手机价格", ["高", "低"] * 9, None),
        ("月消费金额", [120, 35000, 88], None),
        ("不满意的原因", ["太慢了", "5G不好", "太贵了"], None),
    ],
)
def test_headers_and_values_tell_identifiers_and_names(header: str, values: list, what: str | None) -> None:
    assert found(header, values) == what


def test_a_table_full_of_people_is_drafted_without_them(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        "序号 客户编号 订单编号 服务号码 客户名称 地址 满意度 意见\n"
        "1 KH001 DD9001 13800000001 甲厂 东路 5 很好很好\n"
        "2 KH002 DD9002 13900000002 乙厂 西路 4 太慢太慢\n"
        "3 KH003 DD9003 15000000003 丙厂 南路 4 价格太高",
    )
    draft = drafted(path)
    sound(draft)
    study = draft.study
    assert [(column.label.zh, column.kind, column.optional) for column in study.columns] == [
        ("客户编号", "key", False),
        ("订单编号", "key", True),
    ]
    assert [question.text.zh for question in study.open_questions] == ["意见"]
    for language in LANGUAGES:
        texts = written(draft, language)
        assert not any(value in texts for value in ("KH00", "DD90", "0000000", "甲厂", "东路"))
        confirm = drafted_files(draft, language, "#")[CONFIRM_FILE]
        assert all(name in confirm for name in ("服务号码 · 客户名称 · 地址", "序号", "订单编号"))
    left_out = {decision.header for decision in draft.decisions.columns if decision.target == "none"}
    assert left_out == {"序号", "服务号码", "客户名称", "地址"}
    assert set(imported(path, draft).responses.columns) == {column.id for column in study.columns}


def test_what_stands_in_is_to_be_filled_in(tmp_path: Path) -> None:
    draft = drafted(workbook(tmp_path, "性别 城市\n男 广州\n女 深圳\n男 广州\n女 深圳"))
    assert "（请填写单位名称）" in dump_study(draft.study)
    confirm = drafted_files(draft, "zh", "#")[CONFIRM_FILE]
    assert "organisation" in confirm
    assert f"“{draft.study.title.zh}”只是文件名" in confirm
    assert "量表题 0（另有一道占位题）" in drafted_lines(draft, Terminal("zh"))[0]


def test_durations_and_times_of_a_plain_table_are_no_answers(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        "编号 填写时间 作答时长 满意度\n1 2026-09-03T12:00:01 85秒 5\n2 2026-09-03T12:09:01 1分3秒 4",
    )
    draft = drafted(path)
    sound(draft)
    assert [wave.id for wave in draft.study.waves] == ["2026Q3"]
    assert [column.id for column in draft.study.columns] == ["respondent"]
    assert imported(path, draft).responses.paradata["seconds"] == (85.0, 63.0)


def test_a_header_of_a_duration_above_words_is_a_question(tmp_path: Path) -> None:
    path = workbook(tmp_path, "编号 用时 提交日期 满意度\n1 太久 2026-09-03 5\n2 很快 ~ 4\n3 不长 ~ 3")
    draft = drafted(path)
    sound(draft)
    assert [question.text.zh for question in draft.study.open_questions] == ["用时"]
    assert [column.kind for column in draft.study.columns] == ["key", "date"]
    assert imported(path, draft).report.imported == 3


def test_a_wording_stands_as_it_was_written(tmp_path: Path) -> None:
    rows = "\n".join(f"{n} 9 是\n{n}x 6 否" for n in range(4))
    path = workbook(tmp_path, f"编号 3、您会推荐我们？（０－10分） 是否投诉\n{rows}")
    draft = drafted(path)
    sound(draft)
    [item] = draft.study.items
    assert item.text.zh == "您会推荐我们？（０－10分）"
    assert draft.study.scale_of(item.id).ends == (0, 10)
    [complained] = [column for column in draft.study.columns if column.kind == "category"]
    assert "yes_or_no" in {note.key for note in draft.confirm[complained.id]}
    assert imported(path, draft).report.imported == 8
