"""From results to words: everything a report says, as frozen values.

``report_context`` is the only door. It reads results and study, claims nothing that no test allows, and
leaves out the pages that would have nothing to say; templates place what it returns.
"""

from __future__ import annotations

from collections.abc import Callable

from analysis.results import StudyResults
from report_templates.context.answers import answers_page
from report_templates.context.causes import causes_page
from report_templates.context.checklist_page import checklist_page
from report_templates.context.cover import cover, created, report_title
from report_templates.context.groups import groups_page
from report_templates.context.method import method_page
from report_templates.context.model import FigurePage, PageName, ReportContext
from report_templates.context.priorities import priorities_page
from report_templates.context.story import Story
from report_templates.context.summary import summary
from report_templates.context.trend_page import scores_page, trend_page
from report_templates.context.what_if import what_if_page
from survey.language import Language
from survey.study import Study

__all__ = ["ReportContext", "report_context"]

_PAGES: dict[PageName, Callable[[Story], FigurePage]] = {
    "trend": trend_page,
    "scores": scores_page,
    "causes": causes_page,
    "answers": answers_page,
    "priorities": priorities_page,
    "what_if": what_if_page,
    "groups": groups_page,
}


def report_context(results: StudyResults, study: Study, language: Language) -> ReportContext:
    """Return everything the executive report says about ``results`` in ``language``.

    Same results, same words: no clock, no randomness. The comparison is with the wave before the
    reported one.
    """
    story = Story.of(results, study, language)
    words, title = story.words, report_title(story)
    parts = (words.prose(study.organisation, 40), words.prose(study.reporting.classification, 20))
    return ReportContext(
        language=language,
        document_title=words("document.title", title=title, wave=words.wave(results.wave)),
        author=words.prose(study.organisation),
        description=words(
            "document.description", index=words.index, value=words.score(results.current.index)
        ),
        created=created(story),
        running=words("document.title", title=title, wave=words.wave(results.wave)),
        foot=("\u3000" if language == "zh" else " · ").join(part for part in parts if part),
        cover=cover(story),
        summary=summary(story),
        pages=tuple(_PAGES[name](story) for name in story.page_names if name in _PAGES),
        checklist=checklist_page(story),
        method=method_page(story),
    )
