"""Words of one report: those of its study, and what only its results know."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.results import StudyResults
from report_templates import measure
from report_templates.context.labels import TITLE_SIZE, Labels

__all__ = ["TITLE_SIZE", "Words"]

PRIOR_WIDTH = 6.0
"""Widest full label of a wave within a sentence, in em."""


@dataclass(frozen=True)
class Words(Labels):
    """Sentences, labels and figures for one study, one wave and one language."""

    results: StudyResults

    @property
    def prior(self) -> str:
        """The wave before in a sentence: its full label where that is short, else the few characters."""
        full = self.wave(self.previous or "")
        return full if measure.width(full, 1) <= PRIOR_WIDTH else self.short_wave(self.previous or "")

    @property
    def previous(self) -> str | None:
        """The wave before the reported one; ``None`` in the first."""
        return self.results.waves[-2] if len(self.results.waves) > 1 else None

    def base(self, n: int | None = None, clusters: int | None = None) -> str:
        """Return who the figures speak of: respondents and, where there are clusters, their number.

        Without arguments everybody in the reported wave.
        """
        quality = self.results.quality
        return self.people(quality.n, quality.clusters) if n is None else self.people(n, clusters)
