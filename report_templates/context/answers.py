"""How people answered: every item by its five bands, grouped as the index groups them."""

from __future__ import annotations

from analysis.results import Distribution, Estimate, NodeResult, TooFew
from report_templates import formatting
from report_templates.charts.likert import Likert, LikertGroup, LikertItem
from report_templates.context import clauses, layout, verdicts
from report_templates.context.model import Callout, Figure, FigurePage, Phrases
from report_templates.context.parts import page_head, rate
from report_templates.context.story import LOW_TOP, Story

Five = tuple[str, str, str, str, str]
Group = tuple[NodeResult | None, tuple[Distribution, ...]]
ROW_LOW, ROW_HIGH = 19.0, 52.0
_BANDS = ("worst", "poor", "middle", "good", "best")


def answers_page(story: Story) -> FigurePage:
    """Return the page of answers; items that find no room are counted in the caption."""
    words = story.words
    head = page_head(
        story, "answers", _title(story), words("answers.subtitle", wave=words.wave(story.results.wave))
    )
    remarks = _callouts(story)
    fixed = layout.stacked(layout.head(head.title, words.language, head.subtitle), layout.callouts(remarks))
    room = layout.FULL - fixed - layout.caption(_caption(story, 1))
    groups, left_out = _shown(story, room)
    caption = _caption(story, left_out)
    chart = layout.fitted(lambda size: _chart(story, groups, size), room, ROW_LOW, ROW_HIGH)
    return FigurePage(head, Figure(story.figure("answers"), chart, caption), callouts=remarks)


def _shown(story: Story, room: float) -> tuple[tuple[Group, ...], int]:
    """Return the groups that find room: items of which the page claims nothing go first, best first."""
    claimed = {
        distribution.item
        for found in (story.low_answers, story.answers_moving("rise"), story.answers_moving("fall"))
        for distribution in found
    }
    spare = sorted(
        story.all_answers,
        key=lambda d: (d.item in claimed, -d.top.value if isinstance(d.top, Estimate) else 0.0),
    )
    gone: set[str] = set()
    groups = story.answers
    while len(gone) < len(spare) - 1 and layout.height(_chart(story, groups, ROW_LOW)) > room:
        gone.add(spare[len(gone)].item)
        kept = [(branch, tuple(d for d in found if d.item not in gone)) for branch, found in story.answers]
        groups = tuple((branch, found) for branch, found in kept if found)
    return groups, len(gone)


def _title(story: Story) -> Phrases:
    words, total = story.words, len(story.all_answers)
    risen, fallen = story.answers_moving("rise"), story.answers_moving("fall")
    low = story.low_answers
    known = [d.top for d in story.all_answers if isinstance(d.top, Estimate)]
    compared = any(d.top_change and d.top_change.p is not None for d in story.all_answers)
    moved: Phrases = ()
    if risen or fallen:
        key = "both" if risen and fallen else ("risen" if risen else "fallen")
        moved = words.phrases(
            f"answers.title.{key}",
            total=words.counted(total),
            risen=words.counted(len(risen)),
            fallen=words.counted(len(fallen)),
        )
    elif compared:
        moved = words.phrases("answers.title.flat", total=words.counted(total))
    lowest = words.phrases(
        "answers.title.low",
        item=words("noun.item" if len(low) == 1 else "noun.item_s"),
        count=words.counted(len(low)),
        total=words.counted(total),
        limit=_limit(story),
    )
    spread = (
        words.phrases(
            "answers.title.spread",
            low=words.share(min(known, key=lambda e: e.value)),
            high=words.share(max(known, key=lambda e: e.value)),
        )
        if known
        else ()
    )
    first = moved or spread
    return words.title(clauses.together(story, first, lowest if low else (), stop=True), first or lowest)


def _limit(story: Story) -> str:
    return story.words("answers.limit") if story.words.language == "zh" else formatting.percent(LOW_TOP) + "%"


def _chart(story: Story, groups: tuple[Group, ...], row_height: float) -> Likert:
    words = story.words
    compared = any(d.top_change for d in story.all_answers)
    change = words("against_wave", wave=words.prior) if words.previous and compared else ""
    return Likert(
        title=words.sentence(_title(story)),
        groups=tuple(_group(story, group) for group in groups),
        legend=_legend(story),
        negative_head=words("answers.negative"),
        positive_head=words("answers.positive"),
        neutral_head=words("answers.neutral"),
        top_head=(words("answers.top"), words("answers.top_unit")),
        interval_head=(words("column.interval", level=words.level),),
        change_head=(change, words("answers.change_unit")) if change else ("",),
        row_height=row_height,
    )


def _group(story: Story, group: Group) -> LikertGroup:
    words, (branch, found) = story.words, group
    items = tuple(_item(story, distribution) for distribution in found)
    if branch is None:
        inside = {leaf.item for leaf in story.study.index.leaves()}
        label = words.index if found and found[0].item in inside else words("answers.others")
        return LikertGroup(label, "", items)
    note = words(
        "answers.band",
        score=words.score(branch.score),
        interval=words.scores_interval(branch.score),
        weight=formatting.percent(branch.effective_weight),
    )
    return LikertGroup(words.node(branch.id), note, items)


def _item(story: Story, distribution: Distribution) -> LikertItem:
    words, label = story.words, story.words.item(distribution.item)
    if isinstance(distribution.top, TooFew) or len(distribution.bands) != 5:
        return LikertItem(label, None, note=words.too_few)
    one, two, three, four, five = distribution.bands
    percent = formatting.percent
    change = distribution.top_change
    return LikertItem(
        label + ("†" if _small(story, distribution) else ""),
        (100 * one, 100 * two, 100 * three, 100 * four, 100 * five),
        (percent(one), percent(two), percent(three), percent(four), percent(five)),
        words.share(distribution.top),
        words.shares_interval(distribution.top),
        verdicts.mark(change),
        words.share_change(change) if change else "",
    )


def _small(story: Story, distribution: Distribution) -> bool:
    top = distribution.top
    return isinstance(top, Estimate) and top.n < story.study.reporting.minimum_base


def _legend(story: Story) -> Five:
    words = story.words
    worst, poor, middle, good, best = (words(f"answers.{band}") for band in _BANDS)
    return worst, poor, middle, good, best


def bands_of(story: Story) -> str:
    """Say which answers stand in the two best bands, where all items agree on it."""
    tops = {tuple(code for band in d.band_codes[-2:] for code in band) for d in story.all_answers}
    scales = {d.codes for d in story.all_answers}
    if len(tops) == 1 and len(scales) == 1:
        codes, scale = next(iter(tops)), next(iter(scales))
        return story.words(
            "answers.bands_one", low=min(codes), high=max(codes), first=min(scale), last=max(scale)
        )
    return story.words("answers.bands_many")


def _caption(story: Story, left_out: int) -> str:
    words = story.words
    sizes = [distribution.n for distribution in story.all_answers]
    small = any(_small(story, distribution) for distribution in story.all_answers)
    base = words.count(sizes[0])
    if min(sizes) != max(sizes):
        base = formatting.interval(words.count(min(sizes)), words.count(max(sizes)))
    parts = [
        words("answers.caption", weighted=words.weighted, bands=bands_of(story)),
        words("answers.caption_marks", rate=rate(story))
        if any(d.top_change for d in story.all_answers)
        else "",
        *_bottom(story),
        words("answers.caption_base", base=base, of=words.base()),
        words("answers.caption_small", n=words.count(story.study.reporting.minimum_base)) if small else "",
        words("answers.left_out", count=words.count(left_out)) if left_out else "",
    ]
    return (" " if words.language == "en" else "").join(part for part in parts if part)


def _bottom(story: Story) -> list[str]:
    """Say where the two worst bands are largest, and where their share moved."""
    words = story.words
    known = [(d.bottom, d) for d in story.all_answers if isinstance(d.bottom, Estimate)]
    if not known:
        return []
    share, most = max(known, key=lambda pair: pair[0].value)
    said = [
        words(
            "answers.bottom_most",
            item=words.within(words.item(most.item)),
            share=words.share(share),
            interval=words.shares_interval(share),
        )
    ]
    for way, key in (("rise", "answers.bottom_risen"), ("fall", "answers.bottom_fallen")):
        moved = [d for _, d in known if d.bottom_change and verdicts.direction(d.bottom_change) == way]
        if moved:
            names = [
                f"{words.within(words.item(d.item))} {words.share_change(d.bottom_change)}" for d in moved
            ]
            said.append(words(key, names=words.joined(names, 3)))
    return said


def _callouts(story: Story) -> tuple[Callout, ...]:
    risen, fallen = story.answers_moving("rise"), story.answers_moving("fall")
    made = [_low_remark(story)]
    if any(d.top_change for d in story.all_answers):
        made += [_moved_remark(story, "fallen", fallen), _moved_remark(story, "risen", risen)]
    else:
        made += [_end_remark(story), _blank_remark(story)]
    return tuple(made)


def _low_remark(story: Story) -> Callout:
    words, low = story.words, story.low_answers
    head = words("answers.low_head", count=words.count(len(low)), limit=_limit(story))
    if not low:
        return Callout(head, words("answers.low_none"))
    names = words.joined([f"{words.within(words.item(d.item))} {words.share(d.top)}%" for d in low], 3)
    return Callout(head, words("answers.low_text", names=formatting.capital(names)))


def _moved_remark(story: Story, key: str, found: tuple[Distribution, ...]) -> Callout:
    words = story.words
    names = words.joined(
        [f"{words.within(words.item(d.item))} {words.share_change(d.top_change)}" for d in found], 4
    )
    head = words(f"answers.{key}_head", count=words.count(len(found)))
    return Callout(
        head,
        words(f"answers.{key}_text", names=formatting.capital(names))
        if found
        else words(f"answers.{key}_none"),
    )


def _end_remark(story: Story) -> Callout:
    words = story.words
    known = [(d.bottom, d) for d in story.all_answers if isinstance(d.bottom, Estimate)]
    most = sorted(known, key=lambda pair: -pair[0].value)[:3]
    names = words.joined([f"{words.within(words.item(d.item))} {words.share(bottom)}%" for bottom, d in most])
    return Callout(words("answers.bottom_head"), words("answers.bottom_text", names=names or formatting.NONE))


def _blank_remark(story: Story) -> Callout:
    words = story.words
    return Callout(
        words("answers.blank_head", share=formatting.percent(story.results.quality.item_nonresponse, 1)),
        words("answers.blank_text"),
    )
