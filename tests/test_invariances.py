"""What must not matter: the order of rows, names, repetition instead of weights, the import rows came in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cli import csat
from drawing import both, small_study, workbook
from hypothesis import given, settings
from hypothesis import strategies as st
from weight_samples import ITEMS

from analysis import sample_from_frame
from analysis.derived_weights import DerivedWeights
from analysis.design import design_of
from analysis.estimate import domain_means
from analysis.index import IndexTree, Node
from analysis.objective_weights import objective_weights
from analysis.regression_weights import regression_weights
from analysis.reliability import scale_quality
from analysis.sample import Floats
from analysis.scale_results import Block
from analysis.tracking import index_by_wave


def drawn(seed: int) -> pd.DataFrame:
    """Six items that go along with an outcome, whole weights, blanks, some accounts with several people."""
    rng = np.random.default_rng(seed)
    n = 150
    halo = rng.normal(size=(n, 1))
    x = np.clip(np.round(6 + 1.5 * halo + rng.normal(0, 1.5, (n, 6))), 1, 10)
    x[rng.random(x.shape) < 0.03] = np.nan
    table = pd.DataFrame(x, columns=ITEMS)
    table["outcome"] = np.clip(60 + 15 * halo[:, 0] + rng.normal(0, 8, n), 0, 100)
    table["weight"], table["account"] = rng.integers(1, 4, n).astype(float), rng.integers(0, 60, n)
    table["account"] = "A" + table["account"].astype(str)
    return table


def numbers(table: pd.DataFrame, names: dict[str, str] | None = None) -> dict[str, Floats]:
    """Point estimates of every kind, in the order of the items whatever they are called."""
    named = names or {item: item for item in ITEMS}
    items = [named[item] for item in ITEMS]
    sample = sample_from_frame(
        table.rename(columns=named),
        items,
        scale=(1, 10),
        weights="weight",
        cluster="account",
        outcomes=["outcome"],
    )
    leaves = [Node(item, "x" if j < 3 else "y", item, float(1 + j % 3)) for j, item in enumerate(items)]
    tree = IndexTree((Node("x", None, None, 2), *leaves[:3], Node("y", None, None, 1), *leaves[3:]))
    scale = scale_quality(sample, [Block("s", tuple(items))], replicates=20).scales[0]
    assert scale.alpha is not None
    top = np.where(np.isnan(sample.scores), np.nan, sample.scores >= 80)
    derived = {
        method: objective_weights(sample, tree, method, replicates=2)
        for method in ("entropy", "critic", "pca")
    }
    for method in ("regression", "nonnegative", "lmg"):
        found = regression_weights(sample, tree, "outcome", method, replicates=2)
        assert isinstance(found, DerivedWeights)
        derived[method] = found
    trend, _ = index_by_wave(sample, tree)
    return {
        "index": np.array([trend[-1].index.value]),
        "shares": domain_means(design_of(sample), top).values,
        "alpha": np.array([scale.alpha.value, scale.standardised, scale.mean_correlation], dtype=np.float64),
        **{
            name: np.array([weights.weights[node] for node in ("x", "y", *items)])
            for name, weights in derived.items()
        },
    }


def same(one: dict[str, Floats], other: dict[str, Floats]) -> None:
    # Sums of doubles in another order; EM stops within 1e-11 of its end.
    for kind, values in one.items():
        np.testing.assert_allclose(other[kind], values, rtol=1e-8, atol=1e-9, err_msg=kind)


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_an_integer_weight_is_a_repeated_row(seed: int) -> None:
    table = drawn(seed)
    repeated = table.loc[table.index.repeat(table["weight"].astype(int))].assign(weight=1.0)
    same(numbers(table), numbers(repeated.reset_index(drop=True)))


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_neither_the_order_of_rows_nor_names_matter(seed: int) -> None:
    table = drawn(seed)
    other = table.sample(frac=1, random_state=seed).reset_index(drop=True)
    other["account"] = "B" + other["account"].str[::-1]
    # Names whose alphabet runs against the order of the items.
    same(numbers(table), numbers(other, {item: f"{chr(122 - j)}_{item}" for j, item in enumerate(ITEMS)}))


STUDY = small_study(
    "Q1",
    "Q2",
    columns=[
        {"id": "who", "label": both("编号", "Number"), "kind": "key"},
        {"id": "weight", "label": both("权重", "Weight"), "kind": "number"},
    ],
    design={"respondent": "who", "weight": "weight"},
    constructs=[{"id": "both", "label": both("构念", "Both"), "items": ["Q1", "Q2"]}],
)


@pytest.mark.parametrize("command", [("index",), ("scales",)])
def test_a_wave_imported_in_two_files_is_the_wave_imported_in_one(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    """The later half of the people comes first, in a file of its own."""
    rng = np.random.default_rng(8)
    lines = [
        f"p{j} {rng.choice(['0.5', '1', '2.5'])} {rng.integers(1, 6)} {rng.integers(1, 6)}" for j in range(24)
    ]
    documents = []
    for name, parts in (("whole", [lines]), ("split", [lines[9:], lines[:9]])):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "study.yaml").write_text(json.dumps(STUDY.document()), encoding="utf-8")
        for number, part in enumerate(parts):
            workbook(folder, "\n".join(["who weight Q1 Q2", *part]), name=f"{number}.xlsx")
            csat("import", folder / f"{number}.xlsx", "--wave", "w1", "--project", folder)
        documents.append(flat(csat(*command, "--project", folder, "--json").document))
    whole, split = documents
    assert whole.keys() == split.keys()
    assert any(isinstance(value, float) for value in whole.values())
    for key, value in whole.items():
        # The digest is that of the answers in the order in which they are stored.
        if key.startswith("/provenance/wave_digests"):
            continue
        # Only the order of addition differs.
        assert split[key] == (pytest.approx(value, rel=1e-9) if isinstance(value, float) else value), key


def flat(document: Any, place: str = "") -> dict[str, Any]:
    """Return every value of a document by its place."""
    if isinstance(document, dict):
        return {k: v for name, part in document.items() for k, v in flat(part, f"{place}/{name}").items()}
    if isinstance(document, list):
        return {k: v for j, part in enumerate(document) for k, v in flat(part, f"{place}/{j}").items()}
    return {place: document}
