"""Weights from the answers of one wave, and what they would do beside the weights in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from survey.language import LANGUAGES, listing
from workbench.derivation import Asked, Derivation
from workbench.published import published
from workbench.terminal import Stop
from workbench.usage import Misuse

if TYPE_CHECKING:
    from analysis.derived_weights import DerivedWeights
    from analysis.importance import Importance
    from analysis.index import IndexTree
    from analysis.objective_weights import FamilyMethod
    from analysis.regression_weights import RegressionMethod
    from analysis.results import TooFew
    from analysis.sample import Sample
    from survey.study import Study
    from workbench.weight_choice import Weighted

# The variants of a method that ``--rule`` names, the default first.
RULES = {"pca": ("vector", "squares"), "regression": ("standardised", "nonnegative")}


@dataclass(frozen=True, slots=True)
class Effect:
    """What weights do in a wave: those of the set ``name`` (``now``), and those found if they may be used."""

    wave: str
    name: str
    tree: IndexTree
    now: Importance | TooFew
    found: Importance | TooFew | None

    def document(self) -> dict[str, Any]:
        """Return JSON values: ``analysis.importance.Importance`` under both weights."""
        both = {"now": published(self.now), "found": published(self.found)}
        return {"wave": self.wave, "compared_with": self.name, "importance": both}


def by_answers(asked: Asked) -> Derivation:
    """Derive weights from the answers of one wave; ``equal`` ones need no answers, ``pls`` is not there yet.

    Raises ``Misuse`` for a rule, an outcome or a bound that does not exist, ``Stop`` where the answers cannot
    carry it, and ``WeightProblems`` for a target that is none.
    """
    from analysis.objective_weights import equal_weights
    from analysis.pipeline import index_tree
    from workbench.derived_tables import show_derived

    if asked.method == "pls":
        raise Stop("weights.pls_missing")
    _check_rule(asked)
    chosen = asked.project.weight_set(asked.parent, asked.command)
    tree = index_tree(chosen.study.index)
    if asked.method == "equal" and not asked.project.database.is_file():
        return Derivation(equal_weights(tree), lambda terminal: None)
    answers = asked.project.history(asked.wave, asked.terminal, asked.command)

    from analysis.prepare import prepare

    with asked.terminal.progress("progress.estimating"):
        sample = prepare(answers, chosen.study)
        derived = _weighed(asked, chosen.study, sample, tree)
        effect = _effect(chosen, sample, tree, derived)
    return Derivation(derived, partial(show_derived, chosen.study, derived, effect), effect.document())


def _effect(chosen: Weighted, sample: Sample, tree: IndexTree, derived: DerivedWeights) -> Effect:
    from analysis.weight_caveats import reweighted

    study = chosen.study
    now = importance_of(study, sample, tree)
    then = None if derived.blocked else importance_of(study, sample, reweighted(tree, derived.weights))
    return Effect(sample.waves[-1], chosen.weights.name, tree, now, then)


def importance_of(study: Study, sample: Sample, tree: IndexTree) -> Importance | TooFew:
    """Return what the weights of a tree do in the last wave, under the rules of the study."""
    from analysis.importance import index_importance

    rules = study.reporting
    return index_importance(
        sample,
        tree,
        replicates=rules.replicates,
        seed=rules.seed,
        level=rules.level,
        disclosure_limit=rules.disclosure_limit,
    )


def _check_rule(asked: Asked) -> None:
    known: Sequence[str] = RULES.get(asked.method, ())
    if asked.rule is not None and asked.rule not in known:
        values = {"name": asked.rule, "known": listing(known), "method": asked.method}
        raise Misuse("usage.derive_rule", asked.command, **values)


def _weighed(asked: Asked, study: Study, sample: Sample, tree: IndexTree) -> DerivedWeights:
    """Run the method, and put the digest of the answers into the evidence."""
    from analysis.objective_weights import equal_weights

    if asked.method == "equal":
        return equal_weights(tree)
    ways = {"target": _to_target, "regression": _to_outcome, "lmg": _to_outcome}
    found = ways.get(asked.method, _in_families)(asked, study, sample, tree)
    with asked.project.store() as store:
        digest = store.basis(sample.waves[-1])
    return replace(found, evidence={**found.evidence, "answers": digest})


def _settings(study: Study) -> dict[str, Any]:
    rules = study.reporting
    return {
        "replicates": rules.replicates,
        "seed": rules.seed,
        "level": rules.level,
        "disclosure_limit": rules.disclosure_limit,
    }


def _in_families(asked: Asked, study: Study, sample: Sample, tree: IndexTree) -> DerivedWeights:
    from analysis.objective_weights import objective_weights

    method = cast("FamilyMethod", asked.method)
    return objective_weights(sample, tree, method, squares=asked.rule == "squares", **_settings(study))


def _to_outcome(asked: Asked, study: Study, sample: Sample, tree: IndexTree) -> DerivedWeights:
    from analysis.regression_weights import regression_weights
    from analysis.results import TooFew

    outcome = _outcome(asked, study)
    variant = "nonnegative" if asked.rule == "nonnegative" else asked.method
    method = cast("RegressionMethod", variant)
    found = regression_weights(sample, tree, outcome, method, **_settings(study))
    if isinstance(found, TooFew):
        named = {language: study.outcome_by_id[outcome].label[language] for language in LANGUAGES}
        wave = {language: study.wave_by_id[sample.waves[-1]].label[language] for language in LANGUAGES}
        raise Stop(f"weights.no_model.{found.reason}", outcome=named, wave=wave)
    return found


def _outcome(asked: Asked, study: Study) -> str:
    """Return the outcome that was asked for, by default satisfaction, or else the first there is."""
    known = list(study.outcome_by_id)
    if not known:
        raise Misuse("usage.derive_no_outcome", asked.command)
    if asked.outcome is not None and asked.outcome not in known:
        raise Misuse.unknown("outcome", asked.outcome, known, asked.command)
    leaves = {leaf.item for leaf in study.index.leaves()}
    free = [outcome.id for outcome in study.outcomes if not leaves & set(outcome.items)]
    satisfaction = (outcome.id for outcome in study.outcomes if outcome.kind == "satisfaction")
    chosen = asked.outcome or next(satisfaction, known[0])
    if chosen not in free:
        shared = [item for item in study.outcome_by_id[chosen].items if item in leaves]
        values = {"outcome": chosen, "items": listing(shared), "known": listing(free or "–")}
        raise Misuse("usage.derive_outcome_item", asked.command, **values)
    return chosen


def _to_target(asked: Asked, study: Study, sample: Sample, tree: IndexTree) -> DerivedWeights:
    from analysis.target_weights import target_weights

    most = 1 / len(tree.items)
    if asked.lower is not None and not 0 <= asked.lower <= most:
        values = {"most": most, "items": len(tree.items), "lower": asked.lower}
        raise Misuse("usage.derive_lower", asked.command, **values)
    limit = study.reporting.disclosure_limit
    return target_weights(
        sample, tree, _target(asked, study, tree), lower=asked.lower, disclosure_limit=limit
    )


def _target(asked: Asked, study: Study, tree: IndexTree) -> dict[str, float] | None:
    """Return the importance that was asked for: ``equal``, ``nominal``, a file, or ``item=3,other=1``."""
    from analysis.weight_caveats import leaf_weights
    from survey.errors import Place
    from survey.weight_target import parse_target, read_target
    from workbench.weight_choice import is_file

    if asked.target in (None, "equal"):
        return None
    if asked.target == "nominal":
        leaves = (node.id for node in tree.nodes if node.item is not None)
        return dict(zip(leaves, leaf_weights(tree).tolist(), strict=True))
    if is_file(str(asked.target)):
        return read_target(Path(str(asked.target)), study)
    return parse_target(str(asked.target), study, Place("--target"))
