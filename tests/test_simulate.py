"""A simulated survey is what its truth declares, and its waves fit together."""

from __future__ import annotations

import itertools
import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.default_truth import TruthProblems, default_truth, document, load_truth
from survey.definition import load_study
from survey.importance import importance_shares
from survey.opinions import take_census
from survey.population import population
from survey.questions import BlankKind, Item, Scale, Text
from survey.register import build_register, draw_wave
from survey.simulate import Simulated, SimulationProblems, simulate
from survey.study import Construct, Index, IndexNode, Study, Wave
from survey.truth import Attitude, Careless, Factor, Frame, ItemTruth, Truth

SAMPLE = Path(__file__).parents[1] / "sample_surveys" / "key_accounts"
WORD = Text(zh="字", en="word")
SEED = 11


@cache
def key_accounts() -> tuple[Study, Truth]:
    study = load_study(SAMPLE / "study.yaml")
    return study, load_truth(SAMPLE / "truth.yaml", study)


@cache
def drawn(wave: str = "2026Q3", n: int = 1200, seed: int = SEED) -> Simulated:
    return simulate(*key_accounts(), wave, n, seed)


def small_study(**more: object) -> Study:
    """Two items on 1–5 (the second reversed), no columns, two waves."""
    return Study.model_validate(
        {
            "csat": 1,
            "id": "small",
            "title": WORD,
            "organisation": WORD,
            "scales": {"five": Scale(ends=(1, 5))},
            "items": [
                Item(id="plain", text=WORD, label=WORD, scale="five"),
                Item(id="backwards", text=WORD, label=WORD, scale="five", reversed=True),
            ],
            "index": Index(
                id="index",
                label=WORD,
                version="1",
                children=(IndexNode(item="plain"), IndexNode(item="backwards")),
            ),
            "waves": [Wave(id="w1", label=WORD), Wave(id="w2", label=WORD)],
            **more,
        }
    )


def independent(level: float, spread: float, careless: Careless, accounts: int = 4000) -> Truth:
    """Nothing but levels and noise, so that means are known in closed form."""
    told = ItemTruth(level=level, spread=spread)
    return Truth(
        frame=Frame(accounts=accounts, contacts={"": (1.0,)}),
        attitude=Attitude(account=0, contact=0, account_wave=0, contact_wave=0),
        items={"plain": told, "backwards": told},
        careless=careless,
    )


# -- what is drawn follows the truth -------------------------------------------------------------------


def test_expected_score_is_that_of_a_rounded_and_cut_normal() -> None:
    level, spread = 80.0, 30.0
    truth = independent(level, spread, Careless(best=0, middle=0, random=0))
    found = population(small_study(), truth, ["w1"], 3, repeats=8).waves["w1"]

    def below(score: float) -> float:
        return 0.5 * (1 + math.erf((score - level) / spread / math.sqrt(2)))

    edges = [12.5, 37.5, 62.5, 87.5]
    expected = sum(25 * (1 - below(edge)) for edge in edges)
    for item in ("plain", "backwards"):
        value = found.items[item]
        # 8 censuses of 4,000: standard error 23/√32000 = 0.13; four of them leave 1 in 16,000.
        assert value.value == pytest.approx(expected, abs=0.55)
        assert 0.04 < value.error < 0.4
    assert found.index.value == pytest.approx(np.mean([v.value for v in found.items.values()]))


def test_careless_answers_are_in_the_true_value_and_stated_apart() -> None:
    careless = Careless(best=0.2, middle=0.1, random=0.1)
    truth = independent(25.0, 0.0, careless)
    found = population(small_study(), truth, ["w1"], 3, repeats=8).waves["w1"]
    assert found.attentive_items["plain"].value == 25.0
    # Best is code 5 whichever way the question runs: 100 points of one item, 0 of the reversed one.
    assert found.items["plain"].value == pytest.approx(0.6 * 25 + 0.2 * 100 + 0.1 * 50 + 0.1 * 50, abs=0.8)
    assert found.items["backwards"].value == pytest.approx(0.6 * 25 + 0 + 0.1 * 50 + 0.1 * 50, abs=0.8)


def test_a_wave_that_is_not_named_keeps_the_level_before_it() -> None:
    told = ItemTruth(level={"w1": 50.0, "w3": 70.0})
    waves = ("w0", "w1", "w2", "w3", "w4")
    assert [told.level_in(wave, waves) for wave in waves] == [50, 50, 50, 70, 70]


def test_factor_pulls_its_items_and_not_others() -> None:
    truth = independent(50.0, 1.0, Careless(best=0, middle=0, random=0))
    factor = Factor(spread=20.0, halo=0)
    pulled = truth.model_copy(
        update={
            "factors": {"f": factor},
            "items": truth.items | {"plain": ItemTruth(level=50.0, spread=1.0, factor="f")},
        }
    )
    study = small_study(constructs=(Construct(id="f", label=WORD, items=("plain",)),))
    census = take_census(study, pulled, build_register(study, pulled, 1), "w1", 1)
    deviation = census.opinions["plain"] - 50
    assert np.corrcoef(deviation, census.factors["f"])[0, 1] > 0.99
    assert abs(np.corrcoef(census.opinions["backwards"], census.factors["f"])[0, 1]) < 0.07  # 4.4/√4000


def test_routing_follows_its_question() -> None:
    responses = drawn().responses
    codes = {item: responses.codes[:, j] for j, item in enumerate(responses.items)}
    for gate, routed in (("had_fault", "fault_handling"), ("complained", "complaint_handling")):
        np.testing.assert_array_equal(codes[gate] != 1, codes[routed] == BlankKind.NOT_ASKED)
    share = (codes["had_fault"] == 1).mean()
    assert share == pytest.approx(0.38, abs=0.06)  # four standard errors of 1,200 answers


def test_blanks_of_each_kind_come_at_the_declared_rates() -> None:
    study, truth = key_accounts()
    cells = dict.fromkeys(("blank", "refused", "dont_know", "not_applicable"), 0)
    expected = dict.fromkeys(cells, 0.0)
    for wave in study.wave_by_id:
        responses = drawn(wave).responses
        for item in responses.items:
            if item in truth.items:
                blanks = responses.blanks(item)
                put = len(responses) - blanks.get(BlankKind.NOT_ASKED, 0)
                for kind, share in truth.blank_shares(item).items():
                    cells[kind] += blanks.get(BlankKind[kind.upper()], 0)
                    expected[kind] += share * put
    for kind, count in cells.items():
        assert expected[kind] > 50
        assert abs(count - expected[kind]) < 4.5 * math.sqrt(expected[kind])  # Poisson, 1 in 100,000


def test_straight_liners_give_one_answer_on_both_sides_of_the_scale() -> None:
    simulated = drawn(n=1500)
    ratings = [simulated.responses.items.index(i) for i in ("reliability", "fit", "ordering", "sat_overall")]
    for kind, code in ((1, 10), (2, 5)):
        rows = simulated.responses.codes[simulated.careless == kind][:, ratings]
        assert len(rows) > 3
        assert set(rows[rows > 0]) == {code}
    truth = simulated.truth
    share = truth.careless.best + truth.careless.middle + truth.careless.random
    assert (simulated.careless > 0).mean() == pytest.approx(share, abs=0.02)


def test_comments_are_about_the_item_that_disappoints_most() -> None:
    study, truth = key_accounts()
    responses = drawn().responses
    leaves = [leaf.item for leaf in study.index.leaves() if leaf.item]
    scores = {i: responses.codes[:, responses.items.index(i)] for i in leaves}
    about = {text: item for item, told in truth.comments.items.items() for text in told.poor}
    checked = 0
    for row, text in enumerate(responses.comments["comment"]):
        if text in about:
            # 5 of 10 is 44 points; an answer left blank afterwards may have been the worst.
            assert scores[about[text]][row] <= 5
            checked += 1
    assert checked > 60
    assert sum(bool(text) for text in responses.comments["comment"]) > 150


# -- the register and its panel ------------------------------------------------------------------------


def test_register_has_the_contacts_that_the_study_declares() -> None:
    study, truth = key_accounts()
    register = build_register(study, truth, SEED)
    tiers = register.codes["tier"][register.account]
    found = dict(zip(register.categories["tier"], np.bincount(tiers).tolist(), strict=True))
    assert found == study.design.population["tier"]
    assert len(set(register.contact_keys)) == len(register)
    assert set(register.position) == {1, 2, 3}


def test_weights_add_up_to_the_contacts_of_each_tier() -> None:
    study, _ = key_accounts()
    columns = drawn().responses.columns
    for tier, contacts in study.design.population["tier"].items():
        pairs = zip(columns["weight"], columns["tier"], strict=True)
        total = sum(float(weight or 0) for weight, value in pairs if value == tier)
        assert total == pytest.approx(contacts, rel=1e-4)  # weights are printed to four decimals


def test_accounts_recur_and_keep_what_is_known_of_them() -> None:
    known: dict[object, tuple[object, ...]] = {}
    accounts = []
    for wave in ("2026Q1", "2026Q2", "2026Q3"):
        columns = drawn(wave).responses.columns
        facts = zip(*(columns[name] for name in ("province", "tier", "contract", "revenue_wan")), strict=True)
        for account, fact in zip(columns["account"], facts, strict=True):
            assert known.setdefault(account, fact) == fact
        accounts.append(set(columns["account"]))
    for before, after in itertools.pairwise(accounts):
        assert 0.5 < len(before & after) / len(before) < 0.7
    assert len(accounts[0] & accounts[2]) < len(accounts[0] & accounts[1])


def test_lost_accounts_do_not_come_back() -> None:
    lost: set[object] = set()
    for wave in key_accounts()[0].wave_by_id:
        columns = drawn(wave).responses.columns
        assert not lost & set(columns["account"])
        lost |= {a for a, gone in zip(columns["account"], columns["lost"], strict=True) if gone}
    assert len(lost) > 80


def test_what_stays_with_an_account_shows_in_both_waves() -> None:
    study, truth = key_accounts()
    register = build_register(study, truth, SEED)
    one, other = (take_census(study, truth, register, wave, SEED) for wave in ("2026Q2", "2026Q3"))
    column = [item.id for item in study.items].index("am_competence")
    between = np.corrcoef(one.codes[:, column], other.codes[:, column])[0, 1]
    assert 0.25 < between < 0.6


def test_fewer_answers_are_the_same_answers() -> None:
    many, few = drawn(n=1200).responses, drawn(n=700).responses
    rows = {respondent: row for row, respondent in enumerate(many.respondents)}
    shared = [respondent for respondent in few.respondents if respondent in rows]
    assert len(shared) == 700
    place = [rows[respondent] for respondent in few.respondents]
    np.testing.assert_array_equal(many.codes[place], few.codes)


def test_another_item_or_wave_changes_no_answer() -> None:
    study, truth = small_study(), independent(60.0, 20.0, Careless())
    third = Item(id="third", text=WORD, label=WORD, scale="five")
    wider = small_study(items=(third, *study.items), waves=(*study.waves, Wave(id="w3", label=WORD)))
    more = truth.model_copy(update={"items": {"third": ItemTruth(), **truth.items}})
    before, after = simulate(study, truth, "w2", 500, 4), simulate(wider, more, "w2", 500, 4)
    np.testing.assert_array_equal(before.responses.codes, after.responses.codes[:, 1:])
    assert before.responses.respondents == after.responses.respondents


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(2, 300))
def test_a_seed_is_a_survey(seed: int, n: int) -> None:
    study, truth = small_study(), independent(60.0, 20.0, Careless(), accounts=300)
    one, again = (simulate(study, truth, "w1", n, seed).responses for _ in range(2))
    np.testing.assert_array_equal(one.codes, again.codes)
    assert (one.respondents, one.columns, one.comments) == (again.respondents, again.columns, again.comments)
    assert len(one) == n
    assert set(np.unique(one.codes)) <= {-1, 1, 2, 3, 4, 5}


def test_rates_of_selection_follow_the_frame() -> None:
    study, truth = key_accounts()
    register = build_register(study, truth, SEED)
    chosen = draw_wave(study, truth, register, "2026Q3", 1352, SEED)
    assert chosen.invited == study.wave_by_id["2026Q3"].invited
    tiers = register.codes["tier"][register.account]
    rate = np.bincount(tiers[chosen.contacts]) / np.bincount(tiers)
    # 261 strategic answers of 1,260: the rate is known to 7 %, its ratio to 8 %.
    assert rate[0] / rate[2] == pytest.approx(3.4, rel=0.25)
    assert rate[1] / rate[2] == pytest.approx(1.7, rel=0.25)


# -- true importance -----------------------------------------------------------------------------------


def test_importance_of_three_equal_drivers() -> None:
    table = np.full((4, 4), 0.4) + 0.6 * np.eye(4)
    table[:3, 3] = table[3, :3] = 0.5
    np.testing.assert_allclose(importance_shares(table, [[0], [1], [2]]), 0.138889, atol=1e-6)


def test_a_column_that_two_players_hold_counts_once() -> None:
    table = np.eye(4)
    table[:3, 3] = table[3, :3] = [0.5, 0.3, 0.4]
    # The shared column explains .16; whoever enters first brings it, so each brings half.
    shares = importance_shares(table, [[0, 2], [1, 2]])
    np.testing.assert_allclose(shares, [0.25 + 0.08, 0.09 + 0.08], atol=1e-12)


def test_drawn_orders_come_near_the_listed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    table = np.corrcoef(random.normal(size=(60, 6)) + random.normal(size=(60, 1)), rowvar=False)
    players = [[j] for j in range(5)]
    listed = importance_shares(table, players)
    monkeypatch.setattr("survey.importance.EXACT", 2)
    # 500 pairs of orders: the error is a few thousandths of R².
    np.testing.assert_allclose(importance_shares(table, players), listed, atol=0.01)


# -- files ---------------------------------------------------------------------------------------------


def test_a_truth_reads_back_equal() -> None:
    _, truth = key_accounts()
    assert Truth.model_validate(json.loads(json.dumps(document(truth)))) == truth


def test_every_wrong_name_is_listed_at_its_line(tmp_path: Path) -> None:
    study, _ = key_accounts()
    file = tmp_path / "truth.yaml"
    file.write_text(
        "items:\n  reliabilty: {level: 80}\nfactors:\n  satisfaction: {items: {speed: 0.2}}\n"
        "groups:\n  region: {A: {all: 1}}\n",
        encoding="utf-8",
    )
    with pytest.raises(TruthProblems) as raised:
        load_truth(file, study)
    found = {(problem.place.line, problem.values["name"]) for problem in raised.value.problems}
    assert found == {(2, "reliabilty"), (4, "speed"), (6, "region")}
    for problem in raised.value.problems:
        assert problem.message("zh") != problem.message("en")


def test_every_value_out_of_bounds_is_listed(tmp_path: Path) -> None:
    study, _ = key_accounts()
    file = tmp_path / "truth.yaml"
    file.write_text("careless: {best: 2}\nitems:\n  fit: {spread: -1}\n", encoding="utf-8")
    with pytest.raises(TruthProblems) as raised:
        load_truth(file, study)
    assert [problem.place.line for problem in raised.value.problems] == [3, 1]


def test_parts_that_depend_on_each_other_are_named(tmp_path: Path) -> None:
    study, _ = key_accounts()
    file = tmp_path / "truth.yaml"
    file.write_text("factors:\n  product: {items: {reliability: 0.5}}\n", encoding="utf-8")
    with pytest.raises(TruthProblems, match="circle"):
        load_truth(file, study)


@pytest.mark.parametrize(("wave", "n"), [("2030Q1", 100), ("2026Q3", 1), ("2026Q3", 10**6)])
def test_a_survey_that_cannot_be_drawn_is_refused(wave: str, n: int) -> None:
    with pytest.raises(SimulationProblems) as raised:
        simulate(*key_accounts(), wave, n, SEED)
    assert len(raised.value.problems) == 1
    assert "{" not in raised.value.problems[0].message("zh")


def test_committed_true_values_are_those_of_the_committed_truth() -> None:
    study, truth = key_accounts()
    told = json.loads((SAMPLE / "true_values.json").read_text(encoding="utf-8"))
    wave = "2026Q3"
    fresh = population(study, truth, [wave], told["seed"], repeats=4).waves[wave]
    for item, value in fresh.items.items():
        there = told["waves"][wave]["items"][item]
        # Four censuses against sixteen: an error of 0.2 points at most (routed items); five of them.
        assert abs(there["value"] - value.value) < 1.0
        assert there["error"] < 0.2
    assert abs(told["waves"][wave]["index"]["value"] - fresh.index.value) < 0.3


PRESETS = sorted((Path(__file__).parents[1] / "survey" / "presets").glob("*.yaml"))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda path: path.stem)
def test_any_study_can_be_simulated_from_itself(preset: Path) -> None:
    study = load_study(preset)
    truth = default_truth(study)
    simulated = simulate(study, truth, study.waves[-1].id, 250, 3)
    responses = simulated.responses
    assert len(responses) == 250
    assert set(responses.columns) == set(study.column_by_id)
    for j, item in enumerate(study.items):
        given = responses.codes[:, j]
        assert set(given[given >= 0].tolist()) <= set(study.scale_of(item.id).codes)
    values = population(study, truth, [study.waves[-1].id], 3, repeats=4)
    assert 60 < values.waves[study.waves[-1].id].index.value < 90
