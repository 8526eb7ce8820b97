"""The child process that turns pages of HTML into PDFs. Started by ``pdf.py``, never imported.

WeasyPrint sees nothing here but the files of a job folder: the only fonts are ours, the only addresses
are ``csat:`` names of that folder, and memory and time end where the job says. A job is one folder named
on a line of standard input; it gets ``report.pdf`` and ``outcome.json``, and a line comes back when it
is done. Whatever goes wrong is told in the outcome, not on the terminal.
"""

from __future__ import annotations

import gc
import json
import logging
import math
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

Outcome = dict[str, Any]
_FIRST_PAGE = """<html lang="zh"><title>-</title><body style="font-family: 'Csat Sans SC'">
<p>客 C <b>户 s</b><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">1</text></svg>"""


class Recorder(logging.Handler):
    """Keeps what WeasyPrint says; a finished page says nothing."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.lines.append(record.getMessage())


def limit(memory: int, seconds: int) -> None:
    """Bound memory and further processor time where the system can (Linux; macOS ignores the first)."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the wall clock of the parent remains.
        return
    until = math.ceil(time.process_time()) + seconds
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, until)):
        _, hard = resource.getrlimit(kind)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (bound, hard))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS below what is already mapped.
            continue


def missing_library() -> Outcome | None:
    """Import WeasyPrint; return what the system lacks for it, or ``None``."""
    try:
        import weasyprint  # noqa: F401 - loads the system libraries
        from weasyprint.text import ffi
    except OSError as missing:
        return {"error": "library", "detail": str(missing)}
    return {"error": "subsetter", "detail": ""} if ffi.harfbuzz_subset is None else None


def warm_up() -> None:
    """Open the fonts and load what a first page would wait for, while the parent still makes its page."""
    import weasyprint

    weasyprint.HTML(string=_FIRST_PAGE, base_url="csat:").write_pdf(pdf_variant="pdf/ua-1")


def render(folder: Path, job: dict[str, Any]) -> Outcome:
    """Render the job and return what was logged and refused."""
    import weasyprint

    recorder = Recorder()
    logger = logging.getLogger("weasyprint")
    logger.handlers, logger.propagate = [recorder], False
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    fetcher = _fetcher({name: (folder / file).read_bytes() for name, file in job["assets"].items()})
    html = (folder / "report.html").read_text(encoding="utf-8")
    outcome: Outcome = {}
    try:
        document = _document(html, fetcher, well_formed=job["well_formed"])
        document.write_pdf(folder / "report.pdf", finisher=_name_groups_once, **_options(folder, job))
    except weasyprint.urls.FatalURLFetchingError:
        pass  # The record of refusals says which address it was.
    except (MemoryError, RecursionError) as error:
        outcome = {"error": "memory", "detail": type(error).__name__}
    except Exception as error:  # whatever the layout stumbled over, the parent must hear of it in one form
        outcome = {"error": "failed", "detail": f"{type(error).__name__}: {error}"}
    return {**outcome, "log": recorder.lines, "refused": fetcher.refused}


def _document(html: str, fetcher: Any, *, well_formed: bool) -> Any:
    """Return the page as WeasyPrint takes it; one that is XML as well is read thirty times faster."""
    import weasyprint

    if not well_formed:
        return weasyprint.HTML(string=html, base_url="csat:", url_fetcher=fetcher)

    class Parsed(weasyprint.HTML):  # type: ignore[misc]  # weasyprint has no types
        """A document from a tree: what ``HTML`` does after reading, because it has no way in for one."""

        def __init__(self) -> None:
            self.base_url, self.url_fetcher, self.media_type = "csat:", fetcher, "print"
            tree = ElementTree.fromstring(html)  # noqa: S314 - made by our templates; declares no entities
            self.wrapper_element = weasyprint.cssselect2.ElementWrapper.from_html_root(
                tree, content_language=None
            )
            self.etree_element = self.wrapper_element.etree_element

    return Parsed()


def _name_groups_once(_: Any, pdf: Any) -> None:
    """Leave the name of a group of marks to the group: WeasyPrint names each mark too, as ``q1.q1``."""
    objects: list[Any] = [one for one in pdf.objects if isinstance(one, dict)]
    for mark in objects:
        if mark.get("FT") == "/Btn" and "Parent" in mark:
            del mark["T"]
            pdf.catalog["AcroForm"]["Fields"].remove(mark.reference)


def _options(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    import weasyprint

    attachments = [
        weasyprint.Attachment(
            string=(folder / one["file"]).read_bytes(),
            name=one["name"],
            description=one["description"],
            relationship=one["relationship"],
            created=datetime.fromisoformat(one["date"]),
            modified=datetime.fromisoformat(one["date"]),
        )
        for one in job["attachments"]
    ]
    identifier = bytes.fromhex(job["identifier"])
    return {
        "pdf_variant": job["variant"],
        "pdf_identifier": identifier,
        "pdf_forms": job["forms"],
        "attachments": attachments,
    }


def _fetcher(assets: dict[str, bytes]) -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]  # weasyprint has no types
        """Serves ``csat:`` names and ``data:``, and writes down every other address it was asked for."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data", "csat"), allow_redirects=False, fail_on_errors=True)
            self.refused: list[str] = []

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("csat:") and url[5:] in assets:
                return URLFetcherResponse(url, assets[url[5:]])
            if url.startswith("data:"):
                return super().fetch(url, headers)
            self.refused.append(url[:200])
            raise FatalURLFetchingError(url[:200])

    return Fetcher()


def main() -> None:
    """Do the jobs named on standard input, one a line, until it ends."""
    # Collecting garbage in the midst of a page takes a sixth of its time; between pages nobody waits.
    gc.disable()
    lacking = missing_library()
    if lacking is None:
        warm_up()
    for line in sys.stdin:
        folder = Path(line.rstrip("\n"))
        job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        limit(job["memory"], job["seconds"])
        outcome = lacking or render(folder, job)
        (folder / "outcome.json").write_text(json.dumps(outcome), encoding="utf-8")
        sys.stdout.write("done\n")
        sys.stdout.flush()
        gc.collect()


if __name__ == "__main__":
    main()
