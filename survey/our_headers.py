"""The headers of the columns that csat adds to a file of refused rows, known again on their way in."""

from __future__ import annotations

from survey.language import LANGUAGES, Language, catalogue


def our_headers(language: Language) -> tuple[str, str]:
    """Return the headers of the two columns that are ours."""
    text = catalogue("survey")
    return text("refused.row", language), text("refused.reasons", language)


def is_our_header(header: str) -> bool:
    """Tell whether a column with this header was written by ``write_refused``."""
    return header.strip() in {name for language in LANGUAGES for name in our_headers(language)}


def is_row_header(header: str) -> bool:
    """Tell whether a column with this header holds the rows of the original file."""
    return header.strip() in {our_headers(language)[0] for language in LANGUAGES}
