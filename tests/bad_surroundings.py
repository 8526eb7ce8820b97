"""Answers that are fine and figures that are not, and what can go wrong around the files."""

from __future__ import annotations

from bad_kinds import BadInput, Read, Refused, Section, Shown, drawn_as
from drawing import both, small_study

Q1_Q2 = small_study("Q1", "Q2")
WEIGHTED = small_study(
    "Q1",
    columns=[{"id": "w", "label": both("权重", "Weight"), "kind": "number"}],
    design={"weight": "w"},
)

ANSWERS = Section(
    "F",
    "答卷没有问题，数字却做不出来",
    "Answers that are fine and figures that cannot be made",
    (
        BadInput(
            81,
            "只有一份答卷",
            "One single answer",
            Shown(
                "照常导入；少于 10 份答卷时不出报告，并说明还缺多少。",
                "Imported as usual; with fewer than ten answers no report is made, and that is said.",
                "test_pipeline.py::test_a_wave_smaller_than_the_disclosure_limit_has_no_results",
            ),
            {"one": drawn_as("Q1 Q2\n5 4")},
            study=Q1_Q2,
        ),
        BadInput(
            82,
            "所有人对某题给出同一答案",
            "An item with one answer for everybody",
            Shown(
                "照常导入；该题不进入驱动因素分析，报告点名说明。",
                "Imported as usual; the item is left out of the drivers, by name.",
                "test_drivers.py::test_constants_and_copies_are_dropped_by_name",
            ),
            {"constant": drawn_as("Q1 Q2\n5 3\n5 4\n5 2")},
            study=Q1_Q2,
        ),
        BadInput(
            83,
            "两道题的答案完全相同",
            "Two items with the same answers",
            Shown(
                "照常导入；两题无法区分，报告点名说明，重复的一题不进入驱动因素分析。",
                "Imported as usual; the two cannot be told apart, so one is no driver, and named.",
                "test_drivers.py::test_constants_and_copies_are_dropped_by_name",
            ),
            {"copies": drawn_as("Q1 Q2\n5 5\n4 4\n2 2")},
            study=Q1_Q2,
        ),
        BadInput(
            84,
            "没有人回答的题目",
            "An item that nobody answered",
            Read(codes=[[5, -1], [4, -1]]),
            {"nobody": drawn_as("Q1 Q2\n5 ~\n4 ~")},
            study=Q1_Q2,
        ),
        BadInput(
            85,
            "权重为零、为负或缺失",
            "A weight of zero, below zero, or none",
            Refused("import_weight", ("import_weight", "import_design_blank")),
            {"weights": drawn_as("Q1 w\n5 0\n4 -1\n3 ~")},
            study=WEIGHTED,
        ),
        BadInput(
            86,
            "一个分组只有 9 份答卷",
            "A group of only nine answers",
            Shown(
                "照常导入；少于 10 份的分组在任何输出中都不显示，也不能由总数反推。",
                "Imported as usual; a group of fewer than ten is shown nowhere, and no total gives it away.",
                "test_suppression.py::test_no_combination_of_shown_figures_gives_a_small_group",
            ),
        ),
    ),
)

SURROUNDINGS = Section(
    "G",
    "项目文件、磁盘与字体",
    "The project file, disks and fonts",
    (
        BadInput(
            50,
            "同一文件导入两次",
            "The same file imported twice",
            Shown(
                "第二次什么也不改，并说明第一次是何时导入的。",
                "The second time changes nothing and says when the first was.",
                "test_cli_answers.py::test_the_same_file_again_does_nothing_and_says_so",
            ),
        ),
        BadInput(
            87,
            "导入时磁盘写满",
            "The disk fills up during an import",
            Shown(
                "导入被撤销，项目与此前完全一样，并说明磁盘已满。",
                "The import is undone, the project is as it was before, and the full disk is named.",
                "test_interrupted.py::test_a_full_disk_leaves_the_project_as_it_was",
            ),
        ),
        BadInput(
            88,
            "导入时程序被强行终止或断电",
            "The program is killed, or the power fails, during an import",
            Shown(
                "项目是导入之前或之后的样子，不会停在中间；下次打开时自动恢复。",
                "The project is as before the import or as after it; the next start puts the file right.",
                "test_interrupted.py::test_a_killed_import_is_whole_or_absent",
            ),
        ),
        BadInput(
            89,
            "项目正被另一程序使用",
            "Another program has the project open",
            Shown(
                "等待 5 秒，然后说明项目在别处打开着。",
                "It waits for 5 seconds, then says that the project is open elsewhere.",
                "test_project_file.py::test_a_locked_file_is_said_to_be_open_elsewhere",
            ),
        ),
        BadInput(
            90,
            "项目文件被截断或改动",
            "A project file that was cut short or altered",
            Shown(
                "`csat verify` 指出是哪一期；不会再往里添加答卷。",
                "`csat verify` names the wave; nothing more is added to it.",
                "test_project_file.py::test_whatever_is_altered_verify_names_the_wave",
            ),
        ),
        BadInput(
            91,
            "文件夹不可写",
            "A folder that may not be written",
            Shown(
                "什么也不做，并说明无法写入的位置和原因。",
                "Nothing is done, and the place and the reason are named.",
                "test_project_file.py::test_a_place_where_nothing_can_be_written_is_a_clear_problem",
            ),
        ),
        BadInput(
            92,
            "字体里没有的字",
            "A character that the fonts do not have",
            Shown(
                "不生成会出现方框的 PDF；列出这些字及其所在的文字。",
                "No PDF with boxes is made; each such character is named with its text.",
                "test_pdf.py::test_every_character_without_a_glyph_is_named_with_its_text",
            ),
        ),
        BadInput(
            93,
            "页面中引用外部地址的图片",
            "A picture that refers to an address outside the page",
            Shown(
                "不生成 PDF，也不访问该地址。",
                "No PDF is made, and the address is never visited.",
                "test_pdf.py::test_addresses_outside_the_page_are_refused",
            ),
        ),
    ),
)
