"""How the workbooks look that csat hands back: what is wrong, what deserves a look, and what is ours.

Errors are orange and warnings blue, which people who see red and green alike tell apart; the words say it
too.
"""

from __future__ import annotations

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from survey.errors import Severity

ERROR_COLOUR = "FFC48A"
WARNING_COLOUR = "BFDCF5"


def _plain(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour, bgColor=colour)


FILLS: dict[Severity, PatternFill] = {"error": _plain(ERROR_COLOUR), "warning": _plain(WARNING_COLOUR)}
HEADER_FILL = _plain("22384F")
OUR_FILL = _plain("EEF1F5")
HEAD_FILL = _plain("DDE5EE")
OPEN_FILL = _plain("FFF9E5")
_FACE = "Calibri"  # programs take Chinese characters from the font that goes with it
HEADER_FONT = Font(_FACE, 10, bold=True, color="FFFFFF")
TITLE_FONT = Font(_FACE, 14, bold=True, color="22384F")
NOTE_FONT = Font(_FACE, 10, color="475467")
TEXT_FONT = Font(_FACE, 10)
STRONG_FONT = Font(_FACE, 10, bold=True)
LINK_FONT = Font(_FACE, 10, underline="single", color="1B5E9B")
BOLD = Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")
CENTRED = Alignment(wrap_text=True, vertical="top", horizontal="center")
HEADING = Alignment(wrap_text=True, vertical="center")
_THIN = Side(style="thin", color="D0D5DD")
UNDERLINE = Border(bottom=_THIN)


def width_of(text: str) -> int:
    """Return how wide a text is, in digits: a Han character is as wide as two."""
    return sum(2 if character > "\u2e7f" else 1 for character in text)
