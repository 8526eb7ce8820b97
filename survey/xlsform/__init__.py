"""A study as a workbook that form tools can use: XLSForm sheets, and sheets of our own beside them.

``survey``, ``choices`` and ``settings`` are what ODK and KoboToolbox read, so the same file fields the
survey; our own sheets hold the rest, one row per thing, under the keys of ``study.yaml``. Reading what was
written gives an equal study.
"""

from __future__ import annotations

from survey.xlsform.read import is_xlsform, read_xlsform
from survey.xlsform.write import write_xlsform

__all__ = ["is_xlsform", "read_xlsform", "write_xlsform"]
