"""Choice questions: every cell of a multiple choice or a ranking leads to options, and to one each."""

from __future__ import annotations

from survey.questions import ChoiceQuestion
from survey.rules.questionnaire import folded
from survey.rules.review import Review


def check_choices(review: Review) -> None:
    """Options have codes and wordings of their own, and a limit that can be reached."""
    for index, question in enumerate(review.study.choice_questions):
        _check_options(review, index, question)
        if question.most is not None and question.most > len(question.options):
            values = {"most": question.most, "n": len(question.options)}
            review.add("study_most_options", "choice_questions", index, "most", **values)
        if question.kind == "ranking":
            for number, option in enumerate(question.options):
                if option.exclusive:
                    location = ("choice_questions", index, "options", number, "exclusive")
                    review.add("study_exclusive_rank", *location, code=option.code)


def _check_options(review: Review, index: int, question: ChoiceQuestion) -> None:
    codes: set[int] = set()
    owners: dict[str, int] = {}
    for number, option in enumerate(question.options):
        location = ("choice_questions", index, "options", number)
        if option.code in codes:
            review.add("study_option_twice", *location, "code", code=option.code)
        codes.add(option.code)
        for wording in dict.fromkeys((option.label.zh, option.label.en, *option.aliases)):
            owner = owners.setdefault(folded(wording), option.code)
            if owner != option.code:
                values = {"wording": wording, "first": owner, "second": option.code}
                review.add("study_wording_twice", *location, **values)
