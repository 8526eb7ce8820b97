"""Labels, sentences and figures of one study in one language, whatever was found out about it.

The one place where the study and the numbers meet the catalogue. Everything that decides *whether* a claim
may be made is in ``verdicts``; everything here only says it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from analysis.results import Comparison, Estimate, TooFew
from report_templates import formatting, measure, theme
from report_templates.context.model import Phrases
from survey.language import Language, catalogue
from survey.margin_names import cell_of, columns_of
from survey.questions import Text
from survey.study import IndexNode, Study

TITLE_SIZE = theme.pt(17)
LONGEST_LABEL = 24.0
"""Widest label, in em."""
_CAPITAL_WITHIN = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+(?:['’-][a-z]+)*")
_IDENTIFIER_WORDS = re.compile(r"(编号|代码|标识|名称|ID|id)$| (ID|id|number|code|name|identifier)$")


@dataclass(frozen=True)
class Labels:
    """Sentences, labels and figures of a study in one language."""

    study: Study
    language: Language

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a sentence of the catalogue, with space between Han and Latin in Chinese."""
        return self.spaced(catalogue("report_templates")(f"report.{key}", self.language, **values))

    def has(self, key: str) -> bool:
        """Whether the catalogue has this sentence."""
        return f"report.{key}" in catalogue("report_templates")

    def phrases(self, key: str, /, **values: object) -> Phrases:
        """Return a title: its sentence cut at ``|``, where a line may end.

        A value may be a tuple of phrases; then each of them is one more place to break.
        """
        parts: list[str] = []
        for piece in catalogue("report_templates")[f"report.{key}"][self.language].split("|"):
            listed = next(
                (n for n in re.findall(r"\{(\w+)\}", piece) if isinstance(values.get(n), tuple)), None
            )
            parts += self._spread(piece, listed, values) if listed else [piece.format(**values)]
        return self._apart([self.spaced(part.strip()) for part in parts if part.strip()])

    def _apart(self, parts: list[str]) -> Phrases:
        """Keep the space between Han and Latin where two phrases meet; at a line's end it vanishes."""
        meet = [self.spaced(a + b) != a + b for a, b in itertools.pairwise(parts)]
        return tuple(part + " " if gap else part for part, gap in zip(parts, [*meet, False], strict=True))

    @staticmethod
    def _spread(piece: str, name: str, values: Mapping[str, object]) -> list[str]:
        before, after = piece.split(f"{{{name}}}")
        rest = {key: value for key, value in values.items() if key != name}
        listed = [str(phrase) for phrase in cast("Phrases", values[name])]
        before, listed[-1] = before.format(**rest), listed[-1] + after.format(**rest)
        # A short verb stays with the first name; a clause that ends in a colon is a phrase of its own.
        if before.rstrip().endswith(("：", ":")):
            return [before, *listed]
        return [before + listed[0], *listed[1:]]

    def spaced(self, text: str) -> str:
        """Return Chinese text with its spaces; English is left as it is."""
        return formatting.spaced(text) if self.language == "zh" else text

    def title(
        self, *candidates: Phrases, size: float = TITLE_SIZE, limit: float = theme.FULL_WIDTH
    ) -> Phrases:
        """Return the first title that stands on two lines broken between its phrases.

        The last candidate is broken anywhere if need be: a label can be as long as its author likes.
        """
        for candidate in candidates:
            if self._fits(candidate, size, limit):
                return candidate
        text = self.sentence(candidates[-1])
        return tuple(
            measure.shortened(line, limit, size, bold=True)
            for line in measure.wrap(text, limit, size, bold=True)[:2]
        )

    def _fits(self, phrases: Phrases, size: float, limit: float) -> bool:
        spaced = [f"{phrase} " for phrase in phrases] if self.language == "en" else phrases
        try:
            measure.title_lines(spaced, limit, size)
        except ValueError:
            return False
        return True

    # Labels

    def label(self, text: Text | str) -> str:
        """Return a label as it may be printed: no control or direction characters, not endlessly long."""
        plain = formatting.printable(text if isinstance(text, str) else text[self.language])
        return measure.shortened(plain, LONGEST_LABEL, 1)

    def within(self, label: str) -> str:
        """Return a label as it stands within a sentence; every label does so through this one rule.

        English begins it with a small letter unless it is an acronym, title case, or a word that the
        questionnaire writes with a capital in mid-sentence, as names are.
        """
        return label if self.language == "zh" else formatting.within(label, self._names)

    @cached_property
    def _names(self) -> frozenset[str]:
        texts = [item.text.en for item in self.study.items]
        texts += [self.study.population.en] if self.study.population else []
        return frozenset(word for text in texts for word in _CAPITAL_WITHIN.findall(text))

    def run_on(self, *sentences: str) -> str:
        """Return sentences one after the other, as each language sets them."""
        return (" " if self.language == "en" else "").join(sentences)

    def sentence(self, phrases: Phrases) -> str:
        """Return a title as one sentence, as it is read aloud."""
        return (" " if self.language == "en" else "").join(phrases)

    def prose(self, text: Text | None, most: float = 120) -> str:
        """Return a longer text of the study, at most ``most`` em; empty where there is none."""
        return measure.shortened(formatting.printable(text[self.language]), most, 1) if text else ""

    @cached_property
    def _nodes(self) -> dict[str, IndexNode]:
        found: dict[str, IndexNode] = {}
        stack = list(self.study.index.children)
        while stack:
            node = stack.pop()
            found[node.id or node.item or ""] = node
            stack += node.children
        return found

    def item(self, id_: str) -> str:
        """Return the short label of an item, or of a branch whose items count as one driver."""
        item = self.study.item_by_id.get(id_)
        node = None if item else self._nodes.get(id_)
        label = item.label if item else node.label if node else None
        return self.label(label) if label else id_

    def node(self, id_: str) -> str:
        """Return the label of a node of the index; a leaf without one has its item's."""
        if id_ == self.study.index.id:
            return self.index
        node = self._nodes.get(id_)
        if node and node.label:
            return self.label(node.label)
        return self.item(node.item if node and node.item else id_)

    @property
    def index(self) -> str:
        """The name of the index."""
        return self.label(self.study.index.label)

    def outcome(self, id_: str) -> str:
        """Return the label of an outcome."""
        outcome = self.study.outcome_by_id.get(id_)
        return self.label(outcome.label) if outcome else id_

    def wave(self, id_: str) -> str:
        """Return the full label of a wave."""
        wave = self.study.wave_by_id.get(id_)
        return self.label(wave.label) if wave else id_

    def short_wave(self, id_: str) -> str:
        """Return the few characters that name a wave on an axis."""
        wave = self.study.wave_by_id.get(id_)
        return self.label(wave.short) if wave and wave.short else self.wave(id_)

    def segment(self, id_: str) -> str:
        """Return the label of a segment."""
        segment = self.study.segment_by_id.get(id_)
        return self.label(segment.label) if segment else id_

    def groups_of(self, id_: str) -> str:
        """Return the name of several groups of a segment: ``省份``, ``provinces``."""
        segment = self.study.segment_by_id.get(id_)
        if self.language == "en" and segment and segment.plural:
            return self.label(segment.plural)
        return self.segment(id_) if self.language == "zh" else f"groups ({self.segment(id_)})"

    def one_of(self, id_: str) -> str:
        """Return the name of one group of a segment: ``省份``, ``province``."""
        return self.within(self.segment(id_))

    def group(self, segment: str, value: str) -> str:
        """Return the name of one group of a segment."""
        known = self.study.segment_by_id.get(segment)
        return self.category(known.column if known else "", value)

    def column(self, id_: str) -> str:
        """Return the label of a column."""
        column = self.study.column_by_id.get(id_)
        return self.label(column.label) if column else id_

    def margin(self, name: str) -> str:
        """Return the name of a margin: the labels of its columns, joined as its cells are."""
        return cell_of([self.column(column) for column in columns_of(name)])

    def category(self, column: str, value: str) -> str:
        """Return the label of one category of a column."""
        known = self.study.column_by_id.get(column)
        for category in known.categories if known else ():
            if category.value == value:
                return self.label(category.label)
        return self.label(value)

    @cached_property
    def cluster(self) -> str:
        """What a cluster is: the label of its column without the word that makes it an identifier."""
        column = self.study.column_by_id.get(self.study.design.cluster or "")
        if column is None:
            return ""
        stem = _IDENTIFIER_WORDS.sub("", self.label(column.label)).strip()
        if self.language == "zh":
            return stem
        plural = f"{stem[:-1]}ies" if stem.endswith("y") and stem[-2:-1] not in "aeiou" else f"{stem}s"
        return self.within(plural)

    def people(self, n: int, clusters: int | None) -> str:
        """Return who figures speak of: ``n`` respondents and, where there are clusters, their number."""
        people = self("respondents", n=self.count(n))
        if not self.cluster or clusters is None:
            return people
        return self("base", people=people, clusters=self.count(clusters), cluster=self.cluster)

    @property
    def weighted(self) -> str:
        """Whether the answers are weighted, as a word."""
        design = self.study.design
        return self("weighted" if design.weight or design.calibration else "unweighted")

    # Figures

    @property
    def level(self) -> str:
        """The level of intervals: ``95%``."""
        return formatting.percent(self.study.reporting.level) + "%"

    def count(self, n: int) -> str:
        """Return a count with thousands."""
        return formatting.number(n, 0)

    def counted(self, n: int) -> str:
        """Return a count as a word for a heading."""
        return formatting.counted(n, self.language)

    def score(self, estimate: Estimate | TooFew) -> str:
        """Return a score with one decimal, or 样本不足."""
        return formatting.number(estimate.value) if isinstance(estimate, Estimate) else self.too_few

    def scores_interval(self, estimate: Estimate | TooFew, decimals: int = 1) -> str:
        """Return the interval of a score; a dash where there is none."""
        if isinstance(estimate, TooFew) or estimate.low is None or estimate.high is None:
            return formatting.NONE
        return formatting.interval(
            formatting.number(estimate.low, decimals), formatting.number(estimate.high, decimals)
        )

    def share(self, estimate: Estimate | TooFew, decimals: int = 0) -> str:
        """Return a share in per cent without its sign, or 样本不足."""
        if isinstance(estimate, TooFew):
            return self.too_few
        return formatting.percent(estimate.value, decimals)

    def shares_interval(self, estimate: Estimate | TooFew, decimals: int = 0) -> str:
        """Return the interval of a share in per cent."""
        if isinstance(estimate, TooFew) or estimate.low is None or estimate.high is None:
            return formatting.NONE
        low, high = formatting.percent(estimate.low, decimals), formatting.percent(estimate.high, decimals)
        return formatting.interval(low, high)

    def change(self, comparison: Comparison | None, decimals: int = 1) -> str:
        """Return a difference of scores with its sign."""
        return (
            formatting.NONE if comparison is None else formatting.signed(comparison.estimate.value, decimals)
        )

    def change_interval(self, comparison: Comparison | None, decimals: int = 1) -> str:
        """Return the interval of a difference of scores."""
        if comparison is None:
            return formatting.NONE
        return self.signed_limits(comparison.estimate, lambda value: formatting.signed(value, decimals))

    def signed_limits(self, estimate: Estimate, figure: Callable[[float], str]) -> str:
        """Return the limits of a difference, each printed by ``figure``; a dash where there are none."""
        if estimate.low is None or estimate.high is None:
            return formatting.NONE
        return formatting.signed_interval(figure(estimate.low), figure(estimate.high), self.language)

    def share_change(self, comparison: Comparison | None, decimals: int = 0) -> str:
        """Return a difference of shares in percentage points with its sign."""
        if comparison is None:
            return formatting.NONE
        return formatting.signed_percent(comparison.estimate.value, decimals)

    def q(self, comparison: Comparison | None) -> str:
        """Return the q value of a comparison."""
        if comparison is None or comparison.q is None:
            return formatting.NONE
        return formatting.p_value(comparison.q)

    @property
    def too_few(self) -> str:
        """The word for what may not be shown."""
        return self("too_few")

    def joined(self, words: Sequence[str], most: int = 4) -> str:
        """Return a list in a sentence; beyond ``most`` words the rest is counted."""
        if len(words) <= most:
            return formatting.joined(words, self.language)
        shown = ("、" if self.language == "zh" else ", ").join(words[:most])
        return self("and_more", shown=shown, more=self.count(len(words) - most), all=self.count(len(words)))

    def listed(self, words: Sequence[str]) -> Phrases:
        """Return a list as phrases of a title."""
        return formatting.phrases_of(words, self.language)
