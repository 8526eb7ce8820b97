"""Results as plain values, for JSON.

What a newcomer gets wrong: numbers stay as they are. Rounding belongs to those who print.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import Any


def plain(result: Any) -> Any:
    """Return a result as plain JSON values: numbers unrounded, ``None`` for what does not exist."""
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        return {field.name: plain(getattr(result, field.name)) for field in dataclasses.fields(result)}
    if isinstance(result, Mapping):
        return {str(key): plain(value) for key, value in result.items()}
    if isinstance(result, (list, tuple)):
        return [plain(value) for value in result]
    if isinstance(result, Enum):
        return result.value
    if hasattr(result, "tolist"):
        return result.tolist()
    return result
