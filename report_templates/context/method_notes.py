"""Short notes on method: those every report needs, and more where the last page has room for them."""

from __future__ import annotations

from report_templates import formatting
from report_templates.context import layout
from report_templates.context.model import Callout
from report_templates.context.parts import rate
from report_templates.context.priority_lines import rule
from report_templates.context.story import Story


def notes(story: Story, room: float) -> tuple[Callout, ...]:
    """Return the notes and, in whole rows of three, as many more as ``room`` holds."""
    needed = _needed(story)
    everything = (*needed, *_more(story))
    for count in range(len(everything) // 3 * 3, len(needed), -3):
        rows = [layout.callouts(everything[start : start + 3]) for start in range(0, count, 3)]
        if layout.stacked(0.0, *rows) + layout.GAP <= room:
            return everything[:count]
    return needed


def _more(story: Story) -> tuple[Callout, ...]:
    """Return notes that repeat what captions say, for a page that has room for them."""
    words, made = story.words, list[Callout]()
    least = formatting.percent(story.study.drivers.probability if story.study.drivers else 0.8) + "%"
    if story.drivers:
        where = rule(words, story.drivers)
        told = words("note.quadrant", lines=formatting.capital(where), probability=least)
        made.append(Callout(words("note.quadrant_head"), told))
    if story.all_answers:
        made.append(Callout(words("note.favourable_head"), words("note.favourable")))
    if story.segments:
        limits = story.study.reporting
        values = {"limit": limits.disclosure_limit, "minimum": limits.minimum_base}
        made.append(Callout(words("note.hidden_head"), words("note.hidden", **values)))
    made += [Callout(words(f"note.{key}_head"), words(f"note.{key}")) for key in ("interval", "effective")]
    return tuple(made)


def _needed(story: Story) -> tuple[Callout, ...]:
    words, study = story.words, story.study
    who = "clusters" if words.cluster else "people"
    kind = who if story.results.quality.calibration is None else f"{who}_calibrated"
    errors = words(f"note.error_{kind}", level=words.level, cluster=words.cluster)
    made = [
        Callout(
            words("note.index_head"),
            words(f"note.index_{study.index.rollup}", share=formatting.percent(study.index.min_answered)),
        ),
        Callout(words("note.error_head"), errors),
    ]
    if story.change or story.segments:
        made.append(Callout(words("note.test_head"), words("note.test", rate=rate(story))))
    if story.drivers:
        made.append(
            Callout(
                words("note.driver_head"),
                words("note.driver", replicates=words.count(story.drivers.replicates)),
            )
        )
    made.append(
        Callout(words("note.finding_head"), words("note.finding" if story.change else "note.finding_first"))
    )
    made.append(Callout(words("note.round_head"), words("note.round")))
    return tuple(made)
