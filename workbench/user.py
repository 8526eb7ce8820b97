"""Who works here, for the audit trail."""

from __future__ import annotations

import getpass


def user() -> str | None:
    """Return the name under which this process runs; ``None`` where the system has none for it."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return None
