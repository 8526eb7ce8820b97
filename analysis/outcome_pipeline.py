"""One outcome of a study, looked at in every way that is too slow or too special for each report.

Beside ``analysis.pipeline``: candidates and settings come from the study, as there, and each look is asked
for by itself. What a newcomer gets wrong: the waves before the reported one are part of the sample, because
accounts that answer twice tie them to one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.asymmetry import penalty_reward
from analysis.asymmetry_results import Asymmetry, coding_of
from analysis.cores import one_thread_of_algebra
from analysis.driver_performance import branches_of
from analysis.driver_pipeline import candidates, declared_drivers, outcome_drivers
from analysis.driver_settings import ModelSettings
from analysis.index import IndexTree
from analysis.link_panel import OutcomePanel
from analysis.outcome_kinds import OutcomeKind, Unit
from analysis.outcome_models import outcome_panel
from analysis.pipeline import index_tree
from analysis.prepare import prepare
from analysis.pseudo_r2 import Measure
from analysis.results import DriverResults, TooFew
from analysis.sample import Sample
from analysis.share_change_results import ShareChanges
from analysis.share_comparison import segment_share_differences, wave_share_changes
from survey.responses import Responses
from survey.study import Study

# Low, middle and high need as many answers.
_FEWEST_POINTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class DriverBase:
    """Answers of a wave and of those before it, ready for any look at their drivers."""

    study: Study
    sample: Sample
    tree: IndexTree

    @property
    def wave(self) -> str:
        """The wave that is looked at: the last one."""
        return self.sample.waves[-1]

    def items(self, outcome: str) -> list[str]:
        """Return the items that may drive ``outcome``."""
        return candidates(self.study, self.tree, outcome)

    def is_flag(self, outcome: str) -> bool:
        """Whether ``outcome`` is yes or no: a flag, or one item of two answers."""
        declared = self.study.outcome_by_id[outcome]
        single = declared.items[0] if len(declared.items) == 1 else None
        return declared.column is not None or (single is not None and self.points(single) < _FEWEST_POINTS)

    def less_is_better(self, outcome: str) -> bool:
        """Whether ``outcome`` is the share of a bad event: losses, complaints."""
        declared = self.study.outcome_by_id[outcome]
        unit: Unit = "points" if declared.column is None else "share"
        return not OutcomeKind(outcome, declared.kind, unit).higher_is_better

    def uncoded(self, outcome: str) -> list[str]:
        """Return the items that cannot be bad, middling and good: they have two answers."""
        return [item for item in self.items(outcome) if self.points(item) < _FEWEST_POINTS]

    def points(self, item: str) -> int:
        """How many answers the scale of an item has."""
        return len(self.study.scale_of(item).codes)


def driver_base(study: Study, responses: Sequence[Responses]) -> DriverBase:
    """Prepare ``responses``, one value a wave in time order; the last wave is looked at.

    Raises ``SampleProblems`` for answers that cannot be estimated from, all at once.
    """
    with one_thread_of_algebra():
        return DriverBase(study, prepare(responses, study), index_tree(study.index))


def shares_of(base: DriverBase, outcome: str) -> DriverResults | TooFew:
    """Drivers of an outcome as a report has them, whether the study lists the outcome or not."""
    with one_thread_of_algebra():
        return outcome_drivers(base.sample, base.study, base.tree, outcome)


def models_of(base: DriverBase, outcome: str) -> OutcomePanel | TooFew:
    """Drivers under a linear, a logit and an ordered model, of a flag by Tjur's measure as well.

    Covariates that are always in, and EM, are of the headline alone: see ``analysis.outcome_models``.
    """
    rules, items = base.study.reporting, base.items(outcome)
    grouped = declared_drivers(base.study, outcome).groups == "branches"
    measures: tuple[Measure, ...] = ("mcfadden", "nagelkerke")
    with one_thread_of_algebra():
        return outcome_panel(
            base.sample,
            outcome,
            items,
            groups=branches_of(base.tree, items) if grouped else None,
            measures=(*measures, "tjur") if base.is_flag(outcome) else measures,
            replicates=rules.replicates,
            seed=rules.seed,
            level=rules.level,
            disclosure_limit=rules.disclosure_limit,
        )


def asymmetry_of(base: DriverBase, outcome: str) -> Asymmetry | TooFew:
    """Penalties and rewards of every item of three answers or more, each by itself."""
    rules, left_out = base.study.reporting, base.uncoded(outcome)
    items = [item for item in base.items(outcome) if item not in left_out]
    if not items:
        return TooFew(0, "no_spread")
    with one_thread_of_algebra():
        return penalty_reward(
            base.sample,
            outcome,
            items,
            {item: coding_of(base.points(item)) for item in items},
            tree=base.tree,
            level=rules.level,
            fdr=rules.false_discovery_rate,
            disclosure_limit=rules.disclosure_limit,
            less_is_better=base.less_is_better(outcome),
        )


def share_changes_since(base: DriverBase, outcome: str, since: str) -> ShareChanges | TooFew:
    """Differences of shares between the wave ``since`` and the last one, tested."""
    rules = base.study.reporting
    with one_thread_of_algebra():
        return wave_share_changes(
            base.sample,
            outcome,
            base.items(outcome),
            waves=(since, base.wave),
            tree=base.tree,
            settings=_settings(base, outcome),
            replicates=rules.replicates,
            seed=rules.seed,
            level=rules.level,
            fdr=rules.false_discovery_rate,
            disclosure_limit=rules.disclosure_limit,
        )


def share_differences_by(base: DriverBase, outcome: str, segment: str) -> ShareChanges | TooFew:
    """Differences of shares between the groups of a segment in the last wave, tested."""
    rules = base.study.reporting
    with one_thread_of_algebra():
        return segment_share_differences(
            base.sample,
            outcome,
            base.items(outcome),
            segment=segment,
            tree=base.tree,
            settings=_settings(base, outcome),
            replicates=rules.replicates,
            seed=rules.seed,
            level=rules.level,
            fdr=rules.false_discovery_rate,
            disclosure_limit=rules.disclosure_limit,
        )


def _settings(base: DriverBase, outcome: str) -> ModelSettings:
    declared = declared_drivers(base.study, outcome)
    return ModelSettings(declared.groups, declared.always, declared.blanks)
