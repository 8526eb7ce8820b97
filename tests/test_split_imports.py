"""A wave that comes in two files is the wave: index, change, drivers and calibration are the same."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_answers import answers, study
from stores import source

from analysis.pipeline import run
from analysis.plain import plain
from survey.responses import Responses
from survey.store import Store
from survey.study import Study

PEOPLE = 160


@cache
def small() -> Study:
    """The sample study calibrated to its tiers, with few replicates and one outcome: quick, and complete."""
    full = study()
    assert full.drivers is not None
    calibrated = {"method": "raking", "margins": ("tier",)}
    document = full.document()
    document["design"]["calibration"] = calibrated
    document["drivers"]["outcomes"] = ["satisfaction"]
    document["segments"] = [part for part in document["segments"] if part["id"] == "tier"]
    for wave in document["waves"]:
        wave["invited"] = None
    return Study.model_validate(document)


@cache
def wave(name: str) -> Responses:
    """Some people of one wave of the sample, of every tier."""
    return rows(answers(name), np.linspace(0, len(answers(name)) - 1, PEOPLE).astype(int))


def rows(responses: Responses, chosen: Any) -> Responses:
    def of(parts: Any) -> Any:
        return {name: tuple(values[i] for i in chosen) for name, values in parts.items()}

    return dataclasses.replace(
        responses,
        respondents=tuple(responses.respondents[i] for i in chosen),
        codes=responses.codes[chosen],
        columns=of(responses.columns),
        comments=of(responses.comments),
        choices=of(responses.choices),
        paradata=of(responses.paradata),
    )


def held(*parts: Responses) -> Responses:
    """What a project holds of a wave after its parts were imported one after the other."""
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "csat.db") as store:
        for number, part in enumerate(parts):
            store.add(part, source(f"{number:x}" * 64, small()))
        return store.load(parts[0].wave, small())


@cache
def whole() -> Any:
    return plain(run(small(), [wave("2026Q2"), held(wave("2026Q3"))], wave="2026Q3"))


@settings(max_examples=3)
@given(seed=st.integers(0, 2**32), first=st.integers(1, PEOPLE - 1))
def test_a_wave_in_two_imports_is_the_same_wave(seed: int, first: int) -> None:
    order = np.random.default_rng(seed).permutation(PEOPLE)
    parts = (rows(wave("2026Q3"), order[:first]), rows(wave("2026Q3"), order[first:]))
    split = plain(run(small(), [wave("2026Q2"), held(*parts)], wave="2026Q3"))
    assert alike(whole(), split)


def alike(one: Any, other: Any) -> bool:
    """Whether two results are equal but for the order in which doubles were added."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float):
        # What cancels to nothing is nothing beside points of 100.
        return bool(np.isclose(one, other, rtol=1e-7, atol=1e-9))
    return bool(one == other)
