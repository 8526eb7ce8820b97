"""How far the figures can be trusted, how they were made, and how to make them again.

Verdicts of the quality statement follow declared limits, printed below the table; a claim without
evidence is never called sound.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.results import DriverResults, Estimate
from report_templates import formatting, theme
from report_templates.context import layout
from report_templates.context.cover import digest
from report_templates.context.method_notes import notes
from report_templates.context.model import Claim, Facts, Grade, MethodPage, Phrases
from report_templates.context.parts import page_head, weights_name
from report_templates.context.story import Story

WIDTHS = (15, 48, 27, 10)
"""Columns of the claims in per cent: claim, evidence, limit, verdict."""
MOST_FILLED = theme.mm(250)
"""The last page may run lower than others."""
RESPONSE = (0.6, 0.3)
PRECISION = (1.0, 2.0)
WEIGHTING = (1.2, 1.5)
BLANKS = (0.05, 0.10)
STRAIGHT = (0.02, 0.05)
ROLL_UP = (0.5, 1.0)
EXPLAINED = (0.5, 0.25)
_WORDS: dict[Grade, str] = {"full": "sound", "half": "caution", "empty": "weak"}


def method_page(story: Story) -> MethodPage:
    """Return the method page."""
    words, claims = story.words, _claims(story)
    head = page_head(story, "method", _title(story, claims), words("method.subtitle"))
    facts, limits = (_design(story), _data(story), _origin(story)), words("method.limits", **_limits())
    above = layout.stacked(
        layout.head(head.title, words.language, head.subtitle),
        layout.claims(claims, limits, WIDTHS),
        _facts_height(facts),
    )
    reproduce = words("method.reproduce", wave=story.results.wave, weights=_weights_option(story))
    room = MOST_FILLED - above - layout.caption(reproduce)
    remarks = notes(story, room)
    rows = [layout.callouts(remarks[start : start + 3]) for start in range(0, len(remarks), 3)]
    return MethodPage(
        head=head,
        claims_widths=WIDTHS,
        claims_head=(
            words("method.claim"),
            words("method.evidence"),
            words("method.limit"),
            words("method.verdict"),
        ),
        claims=claims,
        claims_note=limits,
        facts=facts,
        notes=remarks,
        reproduce=reproduce,
        tight=layout.stacked(0.0, *rows) + layout.GAP > room,
    )


def _weights_option(story: Story) -> str:
    """Return what the command for this very report needs beside the wave."""
    made = story.results.provenance
    suffix = ".yaml" if made.weight_state == "file" else ""
    return "" if made.weight_state == "study" else f" --weights {made.weight_set}{suffix}"


def _facts_height(lists: Sequence[Facts]) -> float:
    return theme.mm(3.2) + theme.pt(14) + layout.ROW * max(len(one.facts) for one in lists)


def _limits() -> dict[str, str]:
    def per_cent(pair: tuple[float, float]) -> str:
        return " / ".join(formatting.percent(limit) + "%" for limit in pair)

    def number(pair: tuple[float, float]) -> str:
        return " / ".join(formatting.number(limit) for limit in pair)

    return {
        "response": per_cent(RESPONSE),
        "precision": number(PRECISION),
        "weighting": number(WEIGHTING),
        "blanks": per_cent(BLANKS),
        "straight": per_cent(STRAIGHT),
        "rollup": number(ROLL_UP),
        "explained": per_cent(EXPLAINED),
    }


def _title(story: Story, claims: tuple[Claim, ...]) -> Phrases:
    words = story.words
    counts = {sign: sum(claim.sign == sign for claim in claims) for sign in _WORDS}
    values = {_WORDS[sign]: words.counted(count) for sign, count in counts.items()}
    key = "method.title" if counts["empty"] else "method.title_no_weak"
    if not counts["half"] and not counts["empty"]:
        key = "method.title_sound"
    return words.title(words.phrases(key, total=formatting.capital(words.counted(len(claims))), **values))


# The quality statement


def _at_most(value: float, limits: tuple[float, float]) -> Grade:
    return "full" if value <= limits[0] else ("half" if value <= limits[1] else "empty")


def _at_least(value: float, limits: tuple[float, float]) -> Grade:
    return "full" if value >= limits[0] else ("half" if value >= limits[1] else "empty")


def _claim(story: Story, name: str, sign: Grade, evidence: str, limit: str | None = None) -> Claim:
    words = story.words
    return Claim(
        words(f"claim.{name}"),
        evidence,
        limit or words(f"claim.{name}.limit"),
        sign,
        words(f"grade.{_WORDS[sign]}"),
    )


def _claims(story: Story) -> tuple[Claim, ...]:
    made = [_response(story), _precision(story), _weighting(story), _blanks(story), _behaviour(story)]
    made += [_roll_up(story)] if story.results.quality.index_respondent is not None else []
    made += [_comparable(story)] if story.change else []
    made += [_importance(story, story.drivers)] if story.drivers else []
    made += [_no_drivers(story)] if story.results.drivers_missing and not story.drivers else []
    made += [_small_groups(story)] if story.segments else []
    return tuple(made)


def _response(story: Story) -> Claim:
    words, quality = story.words, story.results.quality
    if quality.response_rate is None or quality.invited is None:
        return _claim(story, "response", "half", words("claim.response.unknown", n=words.count(quality.n)))
    evidence = words(
        "claim.response.evidence",
        rate=formatting.percent(quality.response_rate, 1),
        n=words.count(quality.n),
        invited=words.count(quality.invited),
    )
    return _claim(story, "response", _at_least(quality.response_rate, RESPONSE), evidence)


def _precision(story: Story) -> Claim:
    words, index = story.words, story.results.current.index
    if index.se is None or index.low is None or index.high is None:
        return _claim(story, "precision", "empty", words("claim.precision.unknown"))
    half = (index.high - index.low) / 2
    evidence = words(
        "claim.precision.evidence",
        half=formatting.number(half, 2),
        level=words.level,
        se=formatting.number(index.se, 2),
        deff=formatting.NONE if index.deff is None else formatting.number(index.deff, 2),
        df=formatting.number(index.df, 0),
    )
    return _claim(story, "precision", _at_most(half, PRECISION), evidence)


def _weighting(story: Story) -> Claim:
    words, quality, design = story.words, story.results.quality, story.study.design
    if not design.weight and not design.calibration:
        return _claim(
            story, "weighting", "half", words("claim.weighting.none"), words("claim.weighting.none_limit")
        )
    evidence = words(
        "claim.weighting.evidence",
        deff=formatting.number(quality.deff_weights, 2),
        n=words.count(quality.n),
        effective=formatting.number(quality.n_effective, 0),
    )
    sign = _at_most(quality.deff_weights, WEIGHTING)
    if (used := quality.calibration) is None:
        return _claim(story, "weighting", sign, evidence)
    margins = words.joined([words.margin(name) for name in used.margins])
    how = words(f"claim.weighting.{used.method}", margins=margins)
    limit = words("claim.weighting.limited", limited=words.count(used.limited)) if used.limited else ""
    return _claim(
        story,
        "weighting",
        sign,
        words.run_on(how, evidence),
        limit or words("claim.weighting.calibrated_limit"),
    )


def _blanks(story: Story) -> Claim:
    words, quality = story.words, story.results.quality
    evidence = words(
        "claim.blanks.evidence",
        missing=formatting.percent(quality.item_nonresponse, 1),
        structural=formatting.percent(quality.structural, 1),
    )
    return _claim(story, "blanks", _at_most(quality.item_nonresponse, BLANKS), evidence)


def _behaviour(story: Story) -> Claim:
    words, quality = story.words, story.results.quality
    low, middle, high = quality.straightliners
    flagged = low + middle + high
    sign = _at_most(flagged / quality.n if quality.n else 1.0, STRAIGHT)
    values = {"flagged": words.count(flagged), "low": words.count(low), "high": words.count(high)}
    if quality.index_without_flagged is None:
        return _claim(story, "behaviour", sign, words("claim.behaviour.evidence_bare", **values))
    gap = quality.index_without_flagged - story.results.current.index.value
    evidence = words(
        "claim.behaviour.evidence",
        **values,
        index=formatting.number(quality.index_without_flagged),
        gap=formatting.signed(gap, 2),
    )
    return _claim(story, "behaviour", sign, evidence)


def _roll_up(story: Story) -> Claim:
    words, other = story.words, story.results.quality.index_respondent or 0.0
    gap = other - story.results.current.index.value
    mine = story.study.index.rollup
    evidence = words(
        "claim.rollup.evidence",
        mine=words(f"rollup.{mine}"),
        other=words(f"rollup.{'respondent' if mine == 'aggregate' else 'aggregate'}"),
        value=formatting.number(other),
        gap=formatting.signed(gap, 2),
    )
    return _claim(story, "rollup", _at_most(abs(gap), ROLL_UP), evidence)


def _comparable(story: Story) -> Claim:
    words, quality = story.words, story.results.quality
    sign: Grade = "full" if story.change and story.change.p is not None else "empty"
    evidence = words(
        "claim.comparable.evidence",
        version=weights_name(story),
        recurring=words.count(quality.recurring),
        cluster=words.cluster or words("noun.respondents"),
    )
    return _claim(story, "comparable", sign, evidence)


def _importance(story: Story, found: DriverResults) -> Claim:
    words = story.words
    decided = len(found.drivers) - len(story.in_quadrant("undecided"))
    evidence = words(
        "claim.importance.evidence",
        explained=words.share(found.r_squared),
        interval=words.shares_interval(found.r_squared),
        decided=words.count(decided),
        total=words.count(len(found.drivers)),
        failed=words.count(found.failed),
        replicates=words.count(found.replicates),
    )
    # Association never earns more than caution: it cannot show what would happen.
    sign = _at_least(found.r_squared.value, EXPLAINED)
    sign = "empty" if story.blocked else "half" if sign == "full" else sign
    return _claim(story, "importance", sign, evidence)


def _no_drivers(story: Story) -> Claim:
    words = story.words
    names = [words.within(words.outcome(outcome)) for outcome, _ in story.results.drivers_missing]
    return _claim(story, "importance", "empty", words("claim.importance.missing", names=words.joined(names)))


def _small_groups(story: Story) -> Claim:
    words, reporting = story.words, story.study.reporting
    shown = [group for segment in story.segments for group in segment.groups]
    small = sum(group.small for group in shown)
    hidden = sum(not isinstance(group.score, Estimate) for group in shown)
    evidence = words(
        "claim.groups.evidence",
        total=words.count(len(shown)),
        small=words.count(small),
        minimum=words.count(reporting.minimum_base),
        hidden=words.count(hidden),
        limit=words.count(reporting.disclosure_limit),
    )
    return _claim(story, "groups", "half" if small or hidden else "full", evidence)


# Facts in three columns


def _facts(story: Story, head: str, pairs: tuple[tuple[str, str], ...]) -> Facts:
    words = story.words
    return Facts(
        words(f"facts.{head}"), tuple((words(f"facts.{key}"), value) for key, value in pairs if value)
    )


def _design(story: Story) -> Facts:
    words, study, quality = story.words, story.study, story.results.quality
    wave = study.wave_by_id.get(story.results.wave)
    dates = ""
    if wave and wave.start and wave.end:
        end = wave.end.isoformat()
        same = wave.start.year == wave.end.year
        dates = f"{wave.start.isoformat()} {formatting.DASH} {end[5:] if same else end}"
    return _facts(
        story,
        "design",
        (
            ("fieldwork", dates),
            ("invited", words.count(quality.invited) if quality.invited else ""),
            ("n", words.count(quality.n)),
            ("n_effective", formatting.number(quality.n_effective, 0)),
            ("clusters", words.count(quality.clusters)),
            ("strata", words.count(quality.strata)),
            ("lonely", _lonely(story)),
        ),
    )


def _lonely(story: Story) -> str:
    """Return how many strata have a single cluster, and by which rule they count; empty for none."""
    words, quality = story.words, story.results.quality
    if not quality.lonely_strata:
        return ""
    rule = words(f"lonely.{story.study.design.lonely_stratum}")
    return words("facts.lonely_rule", n=words.count(quality.lonely_strata), rule=rule)


def _data(story: Story) -> Facts:
    words, quality = story.words, story.results.quality
    known = ("blank", "refused", "dont_know", "invalid", "not_applicable", "not_asked")
    counts = tuple(
        (f"blank.{kind}", words.count(quality.blanks[kind])) for kind in known if quality.blanks.get(kind)
    )
    return _facts(story, "data", counts or (("none", "0"),))


def _origin(story: Story) -> Facts:
    words, provenance = story.words, story.results.provenance
    weights: tuple[tuple[str, str], ...] = (
        ("weights", f"{weights_name(story)} {provenance.weight_digest[:8]}"),
    )
    if provenance.weight_state != "study":
        state = words(f"weight_state.{provenance.weight_state}")
        about = f"{state} {provenance.weight_set_digest[:8]}"
        weights = (("weights", weights_name(story)), ("weight_state", about))
    return _facts(
        story,
        "origin",
        (
            ("software", f"csat {provenance.csat}"),
            ("study", f"{provenance.study} {provenance.study_digest[:8]}"),
            *weights,
            ("wave", f"{story.results.wave} {digest(story)}".strip()),
            ("seed", str(provenance.seed)),
            ("replicates", words.count(provenance.replicates)),
        ),
    )
