"""Answers in, moderation out: for whom satisfaction and an outcome go together more, by switching costs.

Beside ``analysis.pipeline``, whose one run makes what a report says. What is here is asked for by itself and
would make every run slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.cores import one_thread_of_algebra
from analysis.moderation import moderation_by_facet
from analysis.moderation_results import Moderations
from analysis.pipeline import index_tree
from analysis.prepare import prepare
from survey.chain_parts import items_of
from survey.responses import Responses
from survey.study import Study


def moderation_survey(
    study: Study,
    responses: Sequence[Responses],
    *,
    outcome: str,
    satisfaction: str,
    moderator: str | None = None,
) -> Moderations:
    """Moderation by every switching cost in the last of ``responses``, one value a wave, in time order.

    ``moderator`` chooses one: a switching cost is tested in the family of all of them, another item alone. A
    cost that shares an item with outcome or satisfaction is left out.

    Raises
    ------
    ValueError
        For names that mean nothing.
    SampleProblems
        For answers that cannot be estimated from, all at once.
    """
    rules, items = study.reporting, items_of(study)
    declared = {cost.id: cost.items for cost in study.switching_costs}
    taken = {*items.get(outcome, ()), *items.get(satisfaction, ())}
    facets = {name: made for name, made in declared.items() if not taken & {*made}}
    alone = moderator is not None and moderator not in facets
    with one_thread_of_algebra():
        found = moderation_by_facet(
            prepare(responses, study),
            {moderator: (moderator,)} if alone and moderator else facets,
            outcome=outcome,
            satisfaction=satisfaction,
            tree=index_tree(study.index),
            level=rules.level,
            fdr=rules.false_discovery_rate,
        )
    if moderator is None:
        return found
    return replace(
        found,
        found=tuple(part for part in found.found if part.moderator == moderator),
        missing=tuple((name, why) for name, why in found.missing if name == moderator),
    )
