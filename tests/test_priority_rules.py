"""What can be wrong with targets of drivers, and with the questions that ask for importance."""

from __future__ import annotations

import pytest
from small_study import changed, found, only

from survey.language import LANGUAGES

DRIVERS = "{items: [speed, care]"
WAITS = "  - {id: waits, text: {zh: 等候？, en: Waits}, label: {zh: 等候, en: Waits}, scale: ten}\n"

RULES = [
    ("lines: target, targets: {speed: 80}", "study_target_missing", "drivers.lines"),
    ("lines: target", "study_target_missing", "drivers.lines"),
    ("targets: {speed: 80}", "study_targets_unused", "drivers.targets"),
    (
        "lines: target, targets: {speed: 80, care: 70, price: 60}",
        "study_target_driver",
        "drivers.targets.price",
    ),
    ("lines: target, targets: {speed: 180, care: 70}", "study_above", "drivers.targets.speed"),
    ("lines: medians", "study_not_allowed_near", "drivers.lines"),
    ("stated: {speed: price, care: price}", "study_stated_few", "drivers.stated"),
]


@pytest.mark.parametrize(("told", "code", "key"), RULES, ids=[f"{r[1]}-{r[0]}" for r in RULES])
def test_a_broken_rule_is_said_once_at_its_place(told: str, code: str, key: str) -> None:
    text = changed(DRIVERS, f"{{{told}, items: [speed, care]")
    assert [(said, place) for said, _, place in found(text)] == [(code, key)]
    for language in LANGUAGES:
        assert "{" not in only(text).message(language)


def test_a_target_of_the_survey_is_one_for_every_driver() -> None:
    text = changed(DRIVERS, "{lines: target, targets: {speed: 80}, items: [speed, care]")
    assert found(text.replace("reporting:\n", "reporting:\n  target: 75\n")) == []


def test_importance_is_asked_by_an_item_of_its_own() -> None:
    text = changed("open_questions:", WAITS + "open_questions:").replace(
        "    - care\n", "    - care\n    - waits\n"
    )

    def stated(more: str) -> str:
        return text.replace(DRIVERS, f"{{stated: {{{more}}}, items: [speed, care, waits]")

    assert found(stated("speed: price, care: price, waits: price")) == []
    for item in ("overall", "care", "speed"):
        problem = only(stated(f"speed: {item}, care: price, waits: price"))
        assert (problem.code, problem.values["item"]) == ("study_stated_item", item)
    problem = only(stated("speed: prise, care: price, waits: price"))
    assert (problem.code, problem.values["guess"]) == ("study_unknown_items_near", "price")
    problem = only(stated("speed: price, care: price, waits: price, overall: price"))
    assert (problem.code, problem.place.key) == ("study_stated_driver", "drivers.stated.overall")
