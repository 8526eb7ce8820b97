"""What answers mean: indices, standard errors, drivers, priorities.

For a notebook, where a table of answers is at hand and no study file:

    >>> import pandas as pd
    >>> from analysis import flat_tree, index_by_wave, sample_from_frame
    >>> frame = pd.DataFrame({"speed": [7, 9, 8, 6] * 20, "price": [5, 9, 9, 4] * 20})
    >>> sample = sample_from_frame(frame, ["speed", "price"], scale=(1, 10))
    >>> trend, nodes = index_by_wave(sample, flat_tree({"speed": 2, "price": 1}))
    >>> print(trend[-1].index.summary())
    69.44 [65.76, 73.12], n = 80

Names are imported when they are first used, so that a command that needs none of this starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.asymmetry import penalty_reward
    from analysis.asymmetry_results import Asymmetry, Coding, DriverAsymmetry, coding_of
    from analysis.average_effects import MarginalEffect, MarginalEffects, marginal_effects
    from analysis.calibration import Calibration, CalibrationFaults, Limits, post_stratify, rake
    from analysis.chain_groups import ChainGroups, chain_by_group
    from analysis.cheapest import NoTarget, cheapest_way
    from analysis.checks import Check, CheckLimits, Checklist, checklist
    from analysis.design import Design, effective_sample_size
    from analysis.distribution import band_codes, item_distributions
    from analysis.driver_parts import Dominance
    from analysis.driver_settings import ModelSettings
    from analysis.driver_table import DriverShare, DriverShares
    from analysis.drivers import driver_results, driver_shares
    from analysis.estimate import benjamini_hochberg, comparisons, domain_means, estimates
    from analysis.gap_results import GapDimension, GapPair, GapPlan
    from analysis.gaps import gap_report
    from analysis.importance import index_importance
    from analysis.index import IndexTree, Node, flat_tree
    from analysis.link_panel import OutcomePanel
    from analysis.margins import crossed, margin
    from analysis.measure_ranks import RankDifference, rank_differences
    from analysis.mediation import mediation_chain, mediation_chains
    from analysis.mediation_results import MediationChain
    from analysis.missing import ItemMoments, MissingRules, item_moments
    from analysis.moderation import moderation_by_facet
    from analysis.moderation_results import Moderation, Moderations
    from analysis.moment_guards import MomentsRefused
    from analysis.ordered_logit import OrderedLogit, regress_ordered, weighted_ordered_logit
    from analysis.outcome_kinds import OutcomeKind
    from analysis.outcome_models import outcome_panel
    from analysis.outcome_trend import outcome_results
    from analysis.parallel_slopes import ParallelSlopes, brant_test
    from analysis.priorities import Lines
    from analysis.priority_parts import GapPriority, StatedImportance, named_quadrant
    from analysis.pseudo_r2 import LinkDominance
    from analysis.quality_statement import quality
    from analysis.regression import Regression, regress, weighted_regression
    from analysis.reliability import scale_quality
    from analysis.results import Comparison, Driver, DriverResults, Estimate, JointTest, StudyResults, TooFew
    from analysis.sample import Groups, Sample
    from analysis.scale_results import Block, ScaleQuality, ScaleRules
    from analysis.segments import SegmentRules, index_by_segment, nodes_by_segment, pairs_by_segment
    from analysis.share_change_results import ShareChanges
    from analysis.share_comparison import segment_share_differences, share_changes, wave_share_changes
    from analysis.share_intervals import net_scores, shares
    from analysis.simulator import Simulator
    from analysis.tables import CrossTable, cross_table, two_way
    from analysis.tabular import sample_from_frame
    from analysis.tracking import index_by_wave, target_gap
    from analysis.whatif import simulator_of, what_if
    from analysis.whatif_results import CheapestWay, RevenueAtRisk, Scenario, WhatIf


_WHERE = {
    "Asymmetry": "asymmetry_results",
    "Block": "scale_results",
    "Calibration": "calibration",
    "CalibrationFaults": "calibration",
    "ChainGroups": "chain_groups",
    "CheapestWay": "whatif_results",
    "Check": "checks",
    "CheckLimits": "checks",
    "Checklist": "checks",
    "Coding": "asymmetry_results",
    "Comparison": "results",
    "CrossTable": "tables",
    "Design": "design",
    "Dominance": "driver_parts",
    "Driver": "results",
    "DriverAsymmetry": "asymmetry_results",
    "DriverResults": "results",
    "DriverShare": "driver_table",
    "DriverShares": "driver_table",
    "Estimate": "results",
    "GapDimension": "gap_results",
    "GapPair": "gap_results",
    "GapPlan": "gap_results",
    "GapPriority": "priority_parts",
    "Groups": "sample",
    "IndexTree": "index",
    "ItemMoments": "missing",
    "JointTest": "results",
    "Limits": "calibration",
    "Lines": "priorities",
    "LinkDominance": "pseudo_r2",
    "MarginalEffect": "average_effects",
    "MarginalEffects": "average_effects",
    "MediationChain": "mediation_results",
    "MissingRules": "missing",
    "ModelSettings": "driver_settings",
    "Moderation": "moderation_results",
    "Moderations": "moderation_results",
    "MomentsRefused": "moment_guards",
    "NoTarget": "cheapest",
    "Node": "index",
    "OrderedLogit": "ordered_logit",
    "OutcomeKind": "outcome_kinds",
    "OutcomePanel": "link_panel",
    "ParallelSlopes": "parallel_slopes",
    "RankDifference": "measure_ranks",
    "Regression": "regression",
    "RevenueAtRisk": "whatif_results",
    "Sample": "sample",
    "ScaleQuality": "scale_results",
    "ScaleRules": "scale_results",
    "Scenario": "whatif_results",
    "SegmentRules": "segments",
    "ShareChanges": "share_change_results",
    "Simulator": "simulator",
    "StatedImportance": "priority_parts",
    "StudyResults": "results",
    "TooFew": "results",
    "WhatIf": "whatif_results",
    "band_codes": "distribution",
    "benjamini_hochberg": "estimate",
    "brant_test": "parallel_slopes",
    "chain_by_group": "chain_groups",
    "cheapest_way": "cheapest",
    "checklist": "checks",
    "coding_of": "asymmetry_results",
    "comparisons": "estimate",
    "cross_table": "tables",
    "crossed": "margins",
    "domain_means": "estimate",
    "driver_results": "drivers",
    "driver_shares": "drivers",
    "effective_sample_size": "design",
    "estimates": "estimate",
    "flat_tree": "index",
    "gap_report": "gaps",
    "index_by_segment": "segments",
    "index_by_wave": "tracking",
    "index_importance": "importance",
    "item_distributions": "distribution",
    "item_moments": "missing",
    "margin": "margins",
    "marginal_effects": "average_effects",
    "mediation_chain": "mediation",
    "mediation_chains": "mediation",
    "moderation_by_facet": "moderation",
    "named_quadrant": "priority_parts",
    "net_scores": "share_intervals",
    "nodes_by_segment": "segments",
    "outcome_panel": "outcome_models",
    "outcome_results": "outcome_trend",
    "pairs_by_segment": "segments",
    "penalty_reward": "asymmetry",
    "post_stratify": "calibration",
    "quality": "quality_statement",
    "rake": "calibration",
    "rank_differences": "measure_ranks",
    "regress": "regression",
    "regress_ordered": "ordered_logit",
    "sample_from_frame": "tabular",
    "scale_quality": "reliability",
    "segment_share_differences": "share_comparison",
    "share_changes": "share_comparison",
    "shares": "share_intervals",
    "simulator_of": "whatif",
    "target_gap": "tracking",
    "two_way": "tables",
    "wave_share_changes": "share_comparison",
    "weighted_ordered_logit": "ordered_logit",
    "weighted_regression": "regression",
    "what_if": "whatif",
}

__all__ = [
    "Asymmetry",
    "Block",
    "Calibration",
    "CalibrationFaults",
    "ChainGroups",
    "CheapestWay",
    "Check",
    "CheckLimits",
    "Checklist",
    "Coding",
    "Comparison",
    "CrossTable",
    "Design",
    "Dominance",
    "Driver",
    "DriverAsymmetry",
    "DriverResults",
    "DriverShare",
    "DriverShares",
    "Estimate",
    "GapDimension",
    "GapPair",
    "GapPlan",
    "GapPriority",
    "Groups",
    "IndexTree",
    "ItemMoments",
    "JointTest",
    "Limits",
    "Lines",
    "LinkDominance",
    "MarginalEffect",
    "MarginalEffects",
    "MediationChain",
    "MissingRules",
    "ModelSettings",
    "Moderation",
    "Moderations",
    "MomentsRefused",
    "NoTarget",
    "Node",
    "OrderedLogit",
    "OutcomeKind",
    "OutcomePanel",
    "ParallelSlopes",
    "RankDifference",
    "Regression",
    "RevenueAtRisk",
    "Sample",
    "ScaleQuality",
    "ScaleRules",
    "Scenario",
    "SegmentRules",
    "ShareChanges",
    "Simulator",
    "StatedImportance",
    "StudyResults",
    "TooFew",
    "WhatIf",
    "band_codes",
    "benjamini_hochberg",
    "brant_test",
    "chain_by_group",
    "cheapest_way",
    "checklist",
    "coding_of",
    "comparisons",
    "cross_table",
    "crossed",
    "domain_means",
    "driver_results",
    "driver_shares",
    "effective_sample_size",
    "estimates",
    "flat_tree",
    "gap_report",
    "index_by_segment",
    "index_by_wave",
    "index_importance",
    "item_distributions",
    "item_moments",
    "margin",
    "marginal_effects",
    "mediation_chain",
    "mediation_chains",
    "moderation_by_facet",
    "named_quadrant",
    "net_scores",
    "nodes_by_segment",
    "outcome_panel",
    "outcome_results",
    "pairs_by_segment",
    "penalty_reward",
    "post_stratify",
    "quality",
    "rake",
    "rank_differences",
    "regress",
    "regress_ordered",
    "sample_from_frame",
    "scale_quality",
    "segment_share_differences",
    "share_changes",
    "shares",
    "simulator_of",
    "target_gap",
    "two_way",
    "wave_share_changes",
    "weighted_ordered_logit",
    "weighted_regression",
    "what_if",
]


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    return getattr(import_module(f"analysis.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    """Names that a notebook offers for completion, though nothing is loaded yet."""
    return list(__all__)
