"""What each line of the checklist says in a notebook, and where its rule comes from.

What a newcomer gets wrong: reports have words of their own, in both languages; these are for whoever works in
Python.
"""

from __future__ import annotations

from collections.abc import Mapping

LINES: Mapping[str, str] = {
    "base": "{n:.0f} respondents",
    "response": "response rate {rate:.0%}",
    "response_unknown": "nobody says how many were invited",
    "weights": "design effect of the weights {deff:.2f}, largest weight {largest:.1f} medians",
    "carelessness": "{share:.1%} gave one answer to everything",
    "repeated": "whether people who answer again are recognised",
    "survivors": "only people who are still customers answered, unless losses are an outcome",
    "model_base": "{n:.0f} rows for {drivers:.0f} drivers",
    "no_model": "too few rows for a model",
    "no_variance": "everybody gave the same answer",
    "no_population": "correlations by pairs fit no population",
    "clusters": "{clusters:.0f} clusters, {df:.0f} degrees of freedom",
    "blanks": "{lost:.1%} of the rows lost",
    "estimated": "{blank:.1%} of the answers missing, by EM or pairs",
    "halo": "mean correlation {correlation:.2f}, first component {component:.0%}",
    "collinearity": "variance inflation up to {inflation:.1f}, condition {condition:.1f}",
    "fit": "adjusted R² {adjusted:.2f}, {failed:.1%} of the replicates failed",
    "outcome_type": "the outcome has {levels:.0f} values, skewness {skew:.1f}",
    "events": "{events:.0f} events for {drivers:.0f} drivers",
    "rank_stability": "first place {first:.0%} probable, {overlapping:.0f} neighbours not told apart",
    "unweighted": "drivers whose rank differs without weights",
    "signs": "drivers whose correlation and coefficient differ in sign",
    "borrowed": "drivers whose share is hardly their own",
    "noise": "drivers not above a random column",
    "ceiling": "items crowded at the best answer",
    "scale_use": "items whose answers hardly differ",
    "one_questionnaire": "drivers and outcome come from one questionnaire",
    "intention": "an intention, not behaviour",
    "shape": "drivers whose bad and good answers weigh differently, or whose line bends",
    "heterogeneity": "groups are driven differently, p = {p:.3f}",
    "segments_untested": "too few people or clusters to test whether groups are driven differently",
    "reliability": "alpha {alpha:.2f}",
    "one_factor": "average variance extracted, loadings",
}

SOURCES: Mapping[str, str] = {
    "response": "Groves (2006)",
    "weights": "Kish (1965); Potter (1990)",
    "carelessness": "Meade & Craig (2012); Curran (2016)",
    "repeated": "Kish (1965)",
    "survivors": "Heckman (1979)",
    "model_base": "Green (1991)",
    "no_model": "Green (1991)",
    "no_population": "Little & Rubin (2019)",
    "clusters": "Cameron & Miller (2015)",
    "blanks": "Little & Rubin (2019)",
    "estimated": "Little & Rubin (2019)",
    "halo": "Podsakoff et al. (2003)",
    "collinearity": "Belsley, Kuh & Welsch (1980)",
    "outcome_type": "Rhemtulla, Brosseau-Liard & Savalei (2012)",
    "events": "Peduzzi et al. (1996)",
    "rank_stability": "Goldstein & Spiegelhalter (1996); Mogstad et al. (2024)",
    "unweighted": "DuMouchel & Duncan (1983)",
    "signs": "Tonidandel & LeBreton (2011)",
    "borrowed": "Tonidandel, LeBreton & Johnson (2009)",
    "noise": "Tonidandel, LeBreton & Johnson (2009)",
    "ceiling": "Terwee et al. (2007)",
    "one_questionnaire": "Podsakoff et al. (2003)",
    "intention": "Chandon, Morwitz & Reinartz (2005)",
    "shape": "Mittal, Ross & Baldasare (1998)",
    "heterogeneity": "Chow (1960); Binder (1983)",
    "reliability": "Nunnally (1978)",
    "one_factor": "Fornell & Larcker (1981)",
}

CONVENTIONS = frozenset(
    {
        "response",
        "weights",
        "carelessness",
        "clusters",
        "blanks",
        "estimated",
        "halo",
        "outcome_type",
        "rank_stability",
        "unweighted",
        "borrowed",
        "ceiling",
    }
)
"""Lines whose source knows the matter and not the limit."""
