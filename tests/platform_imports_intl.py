"""A study that asks what the drawn exports of international platforms ask, under the names each gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drawing import both, small_study
from exports_survey_tools import AWKWARD, OVERALL, WHY

from survey.importing import Imported
from survey.study import Study

PRICE, NETWORK, OTHER = 10, 20, 30

# What each platform calls the parts of the study, where it does not use their wording.
NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "qualtrics": {"speed": ("Speed - by phone",), "staff": (AWKWARD,), "remark": ("Anything else?",)},
    "qualtrics_legacy": {"speed": ("Speed-by e-mail",)},
    "surveymonkey": {"staff": (AWKWARD,), "remark": ("Why, then?\nPlease say",)},
    "limesurvey": {
        "overall": ("Q1", "How satisfied a.."),
        "why": ("Q2",),
        "shop": ("Q3",),
        "staff": ("M4_SQ001", "M4[SQ001]"),
        "speed": ("M4_SQ002", "M4[SQ002]"),
    },
    "microsoft_forms": {"speed": (AWKWARD,)},
    "google_forms": {"speed": ("Speed [any]",)},
    "redcap": {"overall": ("sat",)},
    "kobo": {"overall": ("N1",), "why": ("M1",)},
    "odk": {"overall": ("sat",), "why": ("q1",), "staff": ("q2",), "speed": ("sat2",)},
}
_OPTIONS: Mapping[int, tuple[str, tuple[str, ...]]] = {
    PRICE: ("Price", ("SQ001", "a", "1")),
    NETWORK: ("Network", ("SQ002", "b", "2", "Network [4G]", "4G/5G network")),
    OTHER: ("Other", ("Other (please specify)", "Something else", "-99")),
}
_SCALES: dict[str, Any] = {
    "overall": {
        "ends": [1, 5],
        "labels": {
            2: both("还行", "Fair"),
            3: both("满意", "Satisfied"),
            4: both("很满意", "Very satisfied"),
        },
        "aliases": {2: ["A2"], 4: ["A4"]},
    },
    "rate": {"ends": [1, 5], "labels": {2: both("差", "Bad"), 5: both("好", "Good")}},
}


def intl_study(layout: str, *items: str) -> Study:
    """Return the study as ``layout`` names its parts, with ``items`` beside the overall satisfaction."""
    names = NAMES.get(layout, {})

    def item(id_: str, text: str, scale: str) -> dict[str, Any]:
        return {
            "id": id_,
            "text": both(text),
            "label": both(id_),
            "scale": scale,
            "aliases": names.get(id_, ()),
        }

    return small_study(
        item("overall", OVERALL, "overall"),
        *(item(id_, id_.capitalize(), "rate") for id_ in items),
        scales=_SCALES,
        choice_questions=[
            {
                "id": "why",
                "text": both(WHY),
                "label": both("为何", "Why"),
                "aliases": names.get("why", ()),
                "options": [
                    {"code": code, "label": both(label), "aliases": aliases, "open": code == OTHER}
                    for code, (label, aliases) in _OPTIONS.items()
                ],
            }
        ],
        open_questions=[
            {
                "id": "remark",
                "text": both("Remark"),
                "label": both("Remark"),
                "aliases": names.get("remark", ()),
            }
        ],
        columns=[
            {
                "id": "shop",
                "label": both("Which shop?"),
                "kind": "category",
                "optional": True,
                "aliases": names.get("shop", ()),
                "categories": [
                    {"value": "ours", "label": both("Ours"), "aliases": ["1", "A1"]},
                    {
                        "value": "another",
                        "label": both("Another one"),
                        "aliases": ["4", "-oth-"],
                        "open": True,
                    },
                ],
            }
        ],
    )


def told(found: Imported) -> list[tuple[Any, ...]]:
    """Return what each respondent told: codes, reasons, shop, and what was typed beside either."""
    responses = found.responses
    parts = zip(
        responses.codes.tolist(),
        responses.choices["why"],
        responses.columns["shop"],
        responses.comments["why"],
        responses.comments["shop"],
        strict=True,
    )
    return [tuple(part) for part in parts]
