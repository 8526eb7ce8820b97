"""The rules between the parts of a study: every id is known, every weight can be used.

A rule speaks about what is in the draft and stays silent about parts whose shape was wrong: those
have their own problems already.
"""

from __future__ import annotations

from survey.draft import Draft
from survey.errors import Problem
from survey.rules.chain import check_chain
from survey.rules.check_limits import check_limits
from survey.rules.choices import check_choices
from survey.rules.fieldwork import check_design, check_reporting, check_waves
from survey.rules.gaps import check_gaps
from survey.rules.index_tree import check_index
from survey.rules.names import check_headers, check_ids
from survey.rules.population import check_calibration, check_population, check_stratum_clusters
from survey.rules.priorities import check_priorities
from survey.rules.questionnaire import check_columns, check_routing, check_scales, check_scales_of_items
from survey.rules.review import Review
from survey.rules.structure import (
    check_constructs,
    check_drivers,
    check_outcomes,
    check_paths,
    check_segments,
    check_switching_costs,
)
from survey.rules.what_if import check_what_if
from survey.yaml_lines import Document

RULES = (
    check_ids,
    check_headers,
    check_scales,
    check_scales_of_items,
    check_routing,
    check_columns,
    check_choices,
    check_index,
    check_constructs,
    check_paths,
    check_outcomes,
    check_drivers,
    check_priorities,
    check_chain,
    check_switching_costs,
    check_gaps,
    check_what_if,
    check_segments,
    check_design,
    check_population,
    check_calibration,
    check_stratum_clusters,
    check_waves,
    check_reporting,
    check_limits,
)


def broken_rules(draft: Draft, document: Document) -> tuple[Problem, ...]:
    """Return a problem for every rule that a draft breaks."""
    review = Review(draft, document)
    for rule in RULES:
        rule(review)
    return tuple(review.problems)
