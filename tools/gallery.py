"""Every chart and every part of a page, with sample values, in Chinese and English. Run by hand.

    python tools/gallery.py [OUTPUT.pdf]     writes OUTPUT-zh.pdf and OUTPUT-en.pdf, and .html beside them

The values are made up to be awkward: long names, one wave, hidden groups, intervals that are absent.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from gallery_samples import Sample, sample

from report_templates.environment import environment
from report_templates.pdf import write_pdf
from report_templates.webfont import font_faces
from survey.language import LANGUAGES

PAGE = """{% import "executive/macros.html" as part %}
<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><title>Gallery</title>
<style>{{ styles("report.css") }}</style>{% if faces %}<style>{{ faces }}{{ styles("screen.css") }}</style>{% endif %}
</head><body>
<p class="running">{{ s.running }}</p><p class="running-foot">{{ s.foot }}</p>
{{ part.cover(s.cover, language) }}
<section class="page">
{{ part.page_head(s.heads[0], language) }}
{{ part.tiles(s.tiles) }}
<section class="block"><h3>{{ s.strip_head }}</h3>{{ part.figure(s.strip) }}</section>
{{ part.findings(s.findings_head, s.findings) }}
{{ part.data_table(s.decisions) }}
{{ part.reading(s.reading_head, s.reading) }}
</section>
<section class="page">
{{ part.page_head(s.heads[1], language) }}
{{ part.figure(s.trend) }}{{ part.figure(s.panels) }}{{ part.data_table(s.waves) }}{{ part.callouts(s.callouts) }}
</section>
<section class="page">
{{ part.page_head(s.heads[2], language) }}
{{ part.figure(s.waterfall) }}{{ part.data_table(s.scores) }}{{ part.callouts(s.callouts) }}
</section>
<section class="page">{{ part.page_head(s.heads[3], language) }}{{ part.figure(s.likert) }}{{ part.callouts(s.callouts) }}</section>
<section class="page">
{{ part.page_head(s.heads[4], language) }}
{{ part.beside(s.map, s.side) }}{{ part.data_table(s.drivers) }}
</section>
<section class="page">{{ part.page_head(s.heads[5], language) }}{{ part.figure(s.forest) }}{{ part.callouts(s.callouts) }}</section>
<section class="page">
{{ part.page_head(s.heads[6], language) }}
{{ part.figure(s.shares) }}{{ part.claims(s.claims_head, s.claims, s.claims_note) }}{{ part.facts(s.facts) }}
</section>
<section class="page">
{{ part.page_head(s.heads[7], language) }}
{% for figure in s.edge_cases %}{{ part.figure(figure) }}{% endfor %}
</section>
</body></html>
"""


def page(language: str, shown: Sample, faces: str = "") -> str:
    """Return the gallery in one language."""
    from markupsafe import Markup

    template = environment().from_string(PAGE)
    return template.render(language=language, s=shown, faces=Markup(faces))  # noqa: S704 - our own fonts


def main() -> None:
    """Write the gallery in both languages as PDF and as a web page."""
    output = Path(sys.argv[1] if len(sys.argv) > 1 else "gallery.pdf")
    for language in LANGUAGES:
        started = time.perf_counter()
        shown = sample(language)
        html = page(language, shown)
        written = time.perf_counter()
        path = output.with_name(f"{output.stem}-{language}.pdf")
        path.write_bytes(write_pdf(html))
        printed = time.perf_counter()
        web = path.with_suffix(".html")
        web.write_text(page(language, shown, font_faces(html)), encoding="utf-8")
        sys.stdout.write(
            f"{path}: {written - started:.2f} s html, {printed - written:.2f} s pdf; "
            f"{web.stat().st_size // 1024} KB web in {time.perf_counter() - printed:.2f} s\n"
        )


if __name__ == "__main__":
    main()
