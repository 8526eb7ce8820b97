"""Chains equal R, split the total exactly, have the errors of the design, and claim no more than they can."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from golden_tables import GOLDENS, number
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import MediationChain, mediation_chain, mediation_chains, sample_from_frame
from analysis.design import design_of
from analysis.index import IndexTree, Node
from analysis.mediation_results import mediation_kind
from analysis.missing import item_moments
from analysis.moment_guards import MomentsRefused
from analysis.plain import plain
from analysis.regression import weighted_regression
from analysis.results import Estimate, TooFew
from analysis.sample import Sample

FOUR = ["coverage", "speed", "value", "billing"]
STEPS = ["Q", "sat", "loyalty", "recommend"]
STEP = {"satisfaction": "sat", "loyalty": "loyalty", "outcome": "recommend"}


def sample_of(frame: pd.DataFrame, items: list[str] = FOUR, **design: Any) -> Sample:
    outcomes = [name for name in [*STEPS, "more"] if name in frame]
    return sample_from_frame(frame, items, scale=None, outcomes=outcomes, **design)


def chain(sample: Sample, source: str = "Q", **options: Any) -> MediationChain:
    found = mediation_chain(sample, source, **({"replicates": 20} | STEP | options))
    assert isinstance(found, MediationChain)
    return found


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    frame = pd.read_csv(GOLDENS / "drivers.csv")
    return frame.assign(Q=frame[FOUR].mean(axis=1))


def simulated(n: int = 240, seed: int = 1, direct: float = 0.2, blank: float = 0.0) -> pd.DataFrame:
    """A chain of accounts in two strata, with whole weights."""
    rng = np.random.default_rng(seed)
    account = rng.integers(0, n // 3, n)
    q = rng.normal(size=n // 3)[account] + rng.normal(size=n)
    s = 0.6 * q + rng.normal(size=n)
    loyalty = 0.5 * s + 0.1 * q + rng.normal(size=n // 3)[account] + rng.normal(size=n)
    y = direct * q + 0.1 * s + 0.6 * loyalty + rng.normal(size=n)
    x = 50 + 8 * np.column_stack([q, s, loyalty, y])
    x[rng.random(x.shape) < blank] = np.nan
    found = pd.DataFrame(x, columns=STEPS)
    return found.assign(
        more=50 + 5 * (q + rng.normal(size=n)), w=rng.integers(1, 4, n), account=account, stratum=account % 2
    ).assign(item=50.0)


def values(found: MediationChain) -> list[float]:
    """Every point estimate of a chain."""
    estimates = [found.total, found.direct, found.indirect, *(path.estimate for path in found.paths)]
    estimates += [effect.estimate for effect in (*found.specific, found.reversed)]
    return [estimate.value for estimate in estimates]


def test_a_chain_equals_r(frame: pd.DataFrame) -> None:
    found = chain(sample_of(frame))
    golden = {
        label: number("ref_drivers.txt", "[7]", label)[0]
        for label in ("a1", "a2", "d21", "b1", "b2", "c'", "c", "ind sat", "ind loy", "serial", "total ind")
    }
    assert golden["serial"] == pytest.approx(0.732492, abs=1e-6)
    ours = {path.symbol: path.estimate.value for path in found.paths}
    ours |= {"c": found.total.value, "total ind": found.indirect.value}
    ours |= dict(
        zip(("ind sat", "ind loy", "serial"), (e.estimate.value for e in found.specific), strict=True)
    )
    # Closed form on both sides; the reference prints 12 digits.
    assert ours == {label: pytest.approx(value, rel=1e-10) for label, value in golden.items()}
    assert found.total.value - found.direct.value == pytest.approx(1.4225761734, rel=1e-10)
    assert (found.n, found.lost, found.clusters) == (480, 0, 480)


def test_a_chain_knows_weights_and_clusters(frame: pd.DataFrame) -> None:
    sample = sample_of(frame, weights="weight", cluster="customer")
    found = chain(sample, replicates=2000)
    design = design_of(sample)
    for target, predictors in (("sat", ["Q"]), ("loyalty", ["Q", "sat"]), ("recommend", STEPS[:3])):
        x = np.column_stack([sample.outcomes[name] for name in predictors])
        fit = weighted_regression(design, sample.outcomes[target], x, predictors)
        for path in (path for path in found.paths if path.target == target):
            expected = fit.coefficients[path.source]
            assert path.estimate.value == pytest.approx(expected.value, rel=1e-9)
            # 2,000 replicates leave 1.6 % of a standard error; curvature some more.
            assert path.estimate.se == pytest.approx(expected.se, rel=0.08)
            assert path.estimate.df == expected.df
    assert found.clusters == 240
    # Three units either way, and the whole interval of the total indirect effect above 0.
    assert found.kind == "indirect_only"
    assert found.indirect.low is not None
    assert found.indirect.low > 0


def test_covariates_stand_in_every_regression() -> None:
    frame = simulated()
    sample = sample_of(frame, ["item"], weights="w")
    found = chain(sample, covariates=["more"])
    design = design_of(sample)

    def slope(target: str, *predictors: str) -> float:
        x = frame[[*predictors, "more"]].to_numpy(dtype=np.float64)
        return (
            weighted_regression(design, frame[target].to_numpy(), x, [*predictors, "more"])
            .coefficients["Q"]
            .value
        )

    assert found.paths[0].estimate.value == pytest.approx(slope("sat", "Q"), rel=1e-9)
    assert found.direct.value == pytest.approx(slope("recommend", "Q", "sat", "loyalty"), rel=1e-9)
    assert found.total.value == pytest.approx(slope("recommend", "Q"), rel=1e-9)
    assert found.identity < 1e-12


def test_several_sources_are_followed_on_the_same_replicates() -> None:
    sample = sample_of(simulated(blank=0.03), ["item"], weights="w", cluster="account")
    for method in ("complete", "em"):
        options: dict[str, Any] = {"method": method, "replicates": 20}
        both = mediation_chains(sample, ["Q", "more", "item"], covariates=["Q", "more"], **STEP, **options)
        assert both["Q"] == mediation_chain(sample, "Q", covariates=["more"], **STEP, **options)
        assert both["more"] == mediation_chain(sample, "more", covariates=["Q"], **STEP, **options)
        assert isinstance(both["item"], TooFew)
        assert both["item"].reason == "no_spread"


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["complete", "em"]))
def test_the_total_is_direct_and_indirect_everywhere(seed: int, method: str) -> None:
    found = chain(sample_of(simulated(120, seed, blank=0.05), ["item"], cluster="account"), method=method)
    parts = found.direct.value + sum(effect.estimate.value for effect in found.specific)
    assert found.total.value == pytest.approx(parts, abs=1e-12)
    assert found.indirect.value == pytest.approx(found.total.value - found.direct.value, abs=1e-12)
    # The same in all replicates: sums of a few products of doubles.
    assert found.identity < 1e-11


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["complete", "em"]))
def test_integer_weights_are_repeated_rows(seed: int, method: str) -> None:
    frame = simulated(120, seed, blank=0.04)
    repeated = frame.loc[frame.index.repeat(frame["w"])].reset_index(drop=True)
    one = chain(sample_of(frame, ["item"], weights="w"), method=method)
    other = chain(sample_of(repeated, ["item"]), method=method)
    # EM stops within 1e-11 of a standard deviation, and its error is a multiple of its last step.
    assert values(other) == pytest.approx(values(one), rel=1e-7 if method == "em" else 1e-9, abs=1e-9)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_order_of_rows_and_names_of_columns_do_not_matter(seed: int) -> None:
    frame = simulated(120, seed)
    design = {"weights": "w", "cluster": "account", "strata": "stratum"}
    one = chain(sample_of(frame, ["item"], **design))
    mixed = frame.sample(frac=1, random_state=seed % 997).reset_index(drop=True).rename(columns={"sat": "s"})
    sample = sample_from_frame(
        mixed, ["item"], scale=None, outcomes=["Q", "s", "loyalty", "recommend"], **design
    )
    other = chain(sample, satisfaction="s")
    for first, second in (
        (one.indirect, other.indirect),
        (one.total, other.total),
        (one.specific[2].estimate, other.specific[2].estimate),
    ):
        assert (second.value, second.low, second.high) == pytest.approx(
            (first.value, first.low, first.high), rel=1e-9, abs=1e-12
        )


def test_em_is_complete_without_blanks_and_uses_everybody_with_them() -> None:
    full = sample_of(simulated(), ["item"], weights="w", cluster="account")
    assert values(chain(full, method="em")) == pytest.approx(values(chain(full)), rel=1e-8)
    frame = simulated(blank=0.08)
    sample = sample_of(frame, ["item"], weights="w", cluster="account")
    found, listwise = chain(sample, method="em"), chain(sample)
    rows = frame[STEPS].notna()
    assert (found.n, listwise.n) == (int(rows.any(axis=1).sum()), int(rows.all(axis=1).sum()))
    assert listwise.lost == len(frame) - listwise.n
    assert dict(listwise.warnings)["rows_lost"]["rows"] == listwise.lost
    assert found.blank == pytest.approx(1 - rows.to_numpy().mean())
    some = rows.any(axis=1).to_numpy()
    x = frame[STEPS].to_numpy(dtype=np.float64)[some]
    c = item_moments(STEPS, x, frame["w"].to_numpy(dtype=np.float64)[some]).covariance
    slopes = np.linalg.solve(c[:3, :3], c[:3, 3])
    assert [found.direct.value, *(p.estimate.value for p in found.paths[3:5])] == pytest.approx(
        slopes[[0, 1, 2]].tolist(), rel=1e-8
    )


def test_too_many_blanks_are_refused_by_em() -> None:
    sample = sample_of(simulated(blank=0.4), ["item"])
    with pytest.raises(MomentsRefused):
        mediation_chain(sample, "Q", **STEP, method="em", replicates=20)


@pytest.mark.parametrize("method", ["complete", "em"])
def test_a_dimension_that_nobody_answered_leaves_the_others_alone(method: Any) -> None:
    frame = simulated().assign(item=np.nan)
    found = mediation_chains(sample_of(frame, ["item"]), ["item", "Q"], **STEP, method=method, replicates=20)
    empty = found["item"]
    assert isinstance(empty, TooFew)
    assert empty.reason == "small_base"
    assert isinstance(found["Q"], MediationChain)


def test_who_was_not_asked_is_not_lost(frame: pd.DataFrame) -> None:
    sample = sample_of(frame, ["care"])
    routed = replace(sample, structural=np.isnan(sample.scores))
    found = chain(routed, "care")
    assert (found.n, found.lost, found.not_asked) == (247, 0, 233)
    assert found.n == chain(sample, "care").n
    assert chain(sample, "care").lost == 233
    with_em = chain(routed, "care", method="em")
    assert (with_em.n, with_em.blank) == (247, 0.0)


def test_a_dimension_of_the_index_and_a_block_of_items_are_sources(frame: pd.DataFrame) -> None:
    nodes = [Node("net", None, None, 1.0), *(Node(item, "net", item, 1.0) for item in FOUR)]
    sample = sample_of(frame)
    expected = values(chain(sample))
    assert values(chain(sample, "net", tree=IndexTree(tuple(nodes)))) == pytest.approx(expected)
    assert values(chain(sample, "block", blocks={"block": FOUR})) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("indirect", "direct", "kind"),
    [
        ((1, 2), (1, 2), "complementary"),
        ((-2, -1), (1, 2), "competitive"),
        ((1, 2), (-1, 2), "indirect_only"),
        ((-1, 2), (-2, -1), "direct_only"),
        ((-1, 2), (-1, 2), "none"),
        ((-1, 2), (None, None), None),
    ],
)
def test_kinds_of_mediation(
    indirect: tuple[float, float], direct: tuple[float | None, float | None], kind: str | None
) -> None:
    def between(low: float | None, high: float | None) -> Estimate:
        return Estimate(0.0, None, low, high, 0.95, 100, 100.0, 99.0)

    assert mediation_kind(between(*indirect), between(*direct)) == kind


@pytest.mark.parametrize(("direct", "kind"), [(1.0, "complementary"), (-1.0, "competitive")])
def test_a_known_chain_is_recognised(direct: float, kind: str) -> None:
    found = chain(sample_of(simulated(900, direct=direct), ["item"], cluster="account"), replicates=300)
    assert found.kind == kind
    truth = 0.6 * 0.1 + 0.1 * 0.6 + 0.6 * 0.5 * 0.6
    assert found.indirect.low is not None
    assert found.indirect.high is not None
    assert found.indirect.low < truth < found.indirect.high
    assert found.specific[2].kind == kind
    assert "order" in found.cautions
    assert f": {kind}, n = 900" in found.summary()
    assert len(found.to_frame()) == 7
    assert plain(found)["specific"][2]["steps"] == STEPS


def test_a_chain_that_cannot_be_estimated_says_why() -> None:
    frame = simulated()
    small = mediation_chain(sample_of(frame.head(40), ["item"]), "Q", **STEP, replicates=20)
    assert small == TooFew(40, "small_base")
    alone = sample_of(frame.assign(account=1), ["item"], cluster="account")
    assert mediation_chain(alone, "Q", **STEP, replicates=20) == TooFew(240, "small_base")
    flat = sample_of(frame.assign(loyalty=3.0), ["item"])
    copy = sample_of(frame.assign(loyalty=2 * frame["sat"] + 1), ["item"])
    for sample in (flat, copy):
        for method in ("complete", "em"):
            found = mediation_chain(sample, "Q", **STEP, method=method, replicates=20)
            assert found == TooFew(240, "no_spread")
    with pytest.raises(ValueError, match="names 'sat' more than once"):
        mediation_chain(flat, "sat", **STEP)
    with pytest.raises(ValueError, match="no item, outcome or dimension 'Qu'"):
        mediation_chain(flat, "Qu", **STEP)


def test_a_segment_is_held_by_its_groups_and_a_group_that_a_replicate_lacks_drops_out() -> None:
    frame = simulated()
    rare = (frame["account"] == frame["account"].iloc[0]).to_numpy()
    frame["tier"] = np.where(rare, "rare", np.where(frame["more"] > 50, "big", "small"))
    frame.loc[1, "tier"] = None
    known = frame[frame["tier"].notna()]
    design = {"weights": "w", "cluster": "account", "strata": "stratum"}
    by_segment = chain(
        sample_of(frame, ["item"], segments=["tier"], **design), covariates=["tier"], replicates=60
    )
    marks = {"more": (known["tier"] == "rare") * 100.0, "item": (known["tier"] == "small") * 100.0}
    by_marks = chain(sample_of(known.assign(**marks), ["item"], **design), covariates=["more", "item"])
    # Both solve the same equations; columns stand in another order.
    np.testing.assert_allclose(values(by_segment), values(by_marks), rtol=1e-9)
    assert by_segment.covariates == ("tier",)
    assert by_segment.lost == 1
    assert by_segment.failed == 0
    assert by_segment.paths[0].estimate.df == by_marks.paths[0].estimate.df


def test_a_table_that_is_no_sample_is_told_how_to_become_one() -> None:
    table = pd.DataFrame({"a": [1.0]})
    with pytest.raises(TypeError, match=r"needs a Sample, found DataFrame.*sample_from_frame"):
        chain(table)  # type: ignore[arg-type] # what a newcomer does
