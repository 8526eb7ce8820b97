"""What is typed wrongly in a notebook is refused, with what would have been right."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Sample,
    benjamini_hochberg,
    driver_results,
    driver_shares,
    effective_sample_size,
    flat_tree,
    index_by_segment,
    index_by_wave,
    sample_from_frame,
    target_gap,
)
from analysis.driver_warnings import NOTES, REASONS
from analysis.pipeline import run
from survey.definition import load_study


def table() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.integers(1, 11, (100, 4)), columns=["price", "speed", "care", "sat"]).astype(
        float
    )
    return frame.assign(place="here", word="often", day=pd.Timestamp("2026-01-01"))


def shares(**options: Any) -> Any:
    given = {"drivers": ["price", "speed"], "replicates": 20, **options}
    return driver_shares(given.pop("frame", table()), "sat", **given)


def sample(**options: Any) -> Sample:
    given = {"items": ["price", "speed"], "scale": (1, 10), **options}
    return sample_from_frame(given.pop("frame", table()), **given)


def endless() -> pd.DataFrame:
    frame = table()
    frame.loc[7, "price"] = -np.inf
    return frame


STUDY = Path(__file__).parents[1] / "sample_surveys" / "key_accounts" / "study.yaml"
TREE = flat_tree({"price": 1, "speed": 1})
WRONG: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: shares(drivers=["price", "sat"]), ValueError, "'sat' stands among its own drivers; take it out"),
    (lambda: shares(drivers=["price", "price"]), ValueError, "drivers names 'price' more than once"),
    (lambda: shares(drivers="price"), TypeError, "drivers is a list of names, found the single name 'price'"),
    (lambda: shares(not_asked="price"), TypeError, "Write ['price']"),
    (lambda: shares(not_asked=["prise"]), ValueError, "no driver 'prise' (did you mean 'price'?)"),
    (
        lambda: shares(groups={"all": ["price", "care"]}),
        ValueError,
        "There is no driver 'care'. Known: 'price'",
    ),
    (
        lambda: shares(groups={"a": ["price"], "b": ["price"]}),
        ValueError,
        "groups names 'price' more than once",
    ),
    (
        lambda: shares(drivers=["prize", "zz"]),
        ValueError,
        "'prize' (did you mean 'price'?); there is no column 'zz'",
    ),
    (
        lambda: shares(cluster="zz"),
        ValueError,
        "There is no column 'zz'. Known: 'price', 'speed', 'care', 'sat'",
    ),
    (lambda: shares(frame=np.ones((3, 3))), TypeError, "A table is a data frame or maps"),
    (lambda: shares(frame=endless()), ValueError, "'price' holds infinite numbers in 1 rows, first in row 7"),
    (
        lambda: shares(drivers=["price", "word"]),
        TypeError,
        "'word' holds text in 100 rows, first 'often' in row 0",
    ),
    (lambda: shares(drivers=["price", "day"]), TypeError, "'day' holds dates"),
    (lambda: shares(weights="word"), TypeError, "'word' holds text"),
    (lambda: shares(level=95), ValueError, "level of confidence lies between 0 and 1, found 95. Write 0.95"),
    (lambda: shares(level=0), ValueError, "found 0."),
    (lambda: shares(replicates=0), ValueError, "at least 2 replicates, better 1,000; found 0"),
    (lambda: shares(replicates=1), ValueError, "at least 2 replicates"),
    (lambda: shares(seed=-1), ValueError, "from 0 up, found -1"),
    (lambda: flat_tree({"price": 1}, rollup="mean"), ValueError, "'aggregate' or 'respondent', found 'mean'"),  # type: ignore[arg-type]  # the mistake under test
    (lambda: flat_tree({"price": 1}, min_answered=50), ValueError, "a share from 0 to 1, found 50"),
    (lambda: target_gap(sample(), TREE, 780), ValueError, "points of 100, from 0 to 100; found 780"),
    (lambda: target_gap(sample(), TREE, float("nan")), ValueError, "found nan"),
    (lambda: index_by_wave(sample(), TREE, 95), ValueError, "Write 0.95 for 95 %"),
    (
        lambda: index_by_wave(sample(), flat_tree({"prise": 1})),
        ValueError,
        "no item 'prise' (did you mean 'price'?)",
    ),
    (
        lambda: index_by_segment(sample(), TREE, "place"),
        ValueError,
        "There is no segment 'place'. Known: none",
    ),
    (lambda: driver_results(sample(), "sat", ["price"]), ValueError, "There is no outcome 'sat'"),
    (lambda: driver_results(sample(), "sat", ["care"]), ValueError, "There is no item 'care'"),
    (lambda: sample(items="price"), TypeError, "items is a list of names"),
    (lambda: sample(items=[]), ValueError, "at least one item"),
    (lambda: sample(items=["price", "zz"]), ValueError, "There is no column 'zz'"),
    (lambda: sample(segments="place"), TypeError, "segments is a list of names"),
    (lambda: sample(frame=endless()), ValueError, "infinite numbers"),
    (lambda: sample(items=["word"]), TypeError, "holds text"),
    (lambda: sample(scale=(5, 5)), ValueError, "two numbers such as (1, 10); found (5, 5)"),
    (lambda: sample(scale=(1, 2, 3)), ValueError, "found (1, 2, 3)"),
    (lambda: sample_from_frame(table(), ["price"]), TypeError, "'scale'"),  # type: ignore[call-arg]  # the mistake under test
    (lambda: benjamini_hochberg([0.1, 2]), ValueError, "between 0 and 1"),
    (lambda: run(load_study(STUDY), [], wave="2030"), ValueError, "There is no wave '2030'. Known: none"),
]


@pytest.mark.parametrize(("call", "kind", "said"), WRONG, ids=[said for *_, said in WRONG])
def test_a_wrong_input_is_refused_in_words(
    call: Callable[[], object], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=re.escape(said)):
        call()


def test_lists_and_columns_of_any_number_type_are_taken() -> None:
    assert effective_sample_size([1, 1, 1, 3]) == 3.0
    np.testing.assert_allclose(benjamini_hochberg([0.01, 0.04, 0.03]), [0.03, 0.04, 0.04])
    plain = shares(frame=table().assign(price=lambda t: t["price"].mask(t.index < 5)))
    for kind in ("Int64", "object", "Float64"):
        frame = table()
        frame["price"] = frame["price"].astype(kind)
        frame.loc[frame.index < 5, "price"] = None if kind == "object" else pd.NA
        assert shares(frame=frame).to_frame().equals(plain.to_frame())
    mapping = {name: table()[name].tolist() for name in ("price", "speed", "sat")}
    assert shares(frame=mapping).to_frame().equals(shares().to_frame())


def test_the_summary_says_in_words_what_to_mind_and_names_the_seed() -> None:
    frame = table().assign(care=5.0)
    found = shares(frame=frame, drivers=["price", "speed", "care"], seed=9)
    lines = found.summary().splitlines()
    assert lines[0].endswith("B = 20, seed 9")
    assert "left out: care, everybody gave the same answer (no_spread)" in lines
    notes = [line for line in lines if line.startswith("note: ")]
    assert len(notes) == len(found.warnings) > 0
    adjusted = dict(found.warnings)["weak_fit"]["adjusted"]
    told = f"note: adjusted R² is only {adjusted:.2f}; these drivers hardly explain the outcome (weak_fit)"
    assert told in notes


def test_every_warning_and_reason_has_its_words() -> None:
    # The docstring's table is the list of keys that reports put into words as well.
    import analysis.driver_warnings as module

    keys = dict(re.findall(r"^``(\w+)``\s.*?((?:``\w+``(?:, )?)+)$", module.__doc__ or "", re.MULTILINE))
    assert set(NOTES) == set(keys)
    for key, values in keys.items():
        assert NOTES[key].format(**dict.fromkeys(re.findall(r"\w+", values), 1.0))
        assert set(re.findall(r"\{(\w+)", NOTES[key])) <= set(re.findall(r"\w+", values))
    assert set(REASONS) == {"no_answers", "few_answers", "no_spread", "duplicate", "aliased"}
