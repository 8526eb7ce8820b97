"""Every chart with sample values, and the report of the sample results, as PDF and web page. Run by hand.

    python tools/gallery.py [FOLDER]

Look at what it writes after changing a chart, a macro or a style sheet, in both languages. The values
are made up to be awkward: long names, one wave, hidden groups, intervals that are absent.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from chart_samples import every_chart
from report_sample import key_accounts, results

from report_templates.environment import environment
from report_templates.pdf import Printer
from report_templates.render import render_html, render_pdf
from survey.language import LANGUAGES, Language

PAGE = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><title>Charts</title>
<style>{{ styles("report.css") }} .navy { background: #14304d; padding: 6mm 0; }
.navy svg { margin-left: -6px; }</style></head><body>
{% for name, one in charts.items() %}
<figure class="block{{ " navy" if name == "cover" else "" }}">{{ one|chart }}
<figcaption>{{ name }}</figcaption></figure>
{% endfor %}
</body></html>
"""


def charts(language: Language) -> str:
    """Return all charts on one page."""
    return environment().from_string(PAGE).render(language=language, charts=every_chart(language))


def main() -> None:
    """Write charts and report in both languages."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "gallery")
    folder.mkdir(parents=True, exist_ok=True)
    with Printer() as printer:
        for language in LANGUAGES:
            (folder / f"charts-{language}.pdf").write_bytes(printer.write(charts(language)))
    for language in LANGUAGES:
        started = time.perf_counter()
        (folder / f"report-{language}.pdf").write_bytes(render_pdf(results(), key_accounts(), language))
        printed = time.perf_counter()
        web = render_html(results(), key_accounts(), language)
        (folder / f"report-{language}.html").write_text(web, encoding="utf-8")
        sys.stdout.write(
            f"report-{language}: {printed - started:.1f} s as PDF, {len(web) // 1024} KB as page\n"
        )


if __name__ == "__main__":
    main()
