"""Results as JSON for programs: unrounded, without what may not be published."""

from __future__ import annotations

from typing import Any

_TOO_FEW = {"n", "reason"}


def published(result: Any) -> Any:
    """Return ``result`` as plain values; a figure that is not shown keeps its reason, not its base.

    The base of a hidden group is what the limit protects, and the base of its neighbours gives it away
    no more than the report does.
    """
    from analysis.plain import plain

    return _without_bases(plain(result))


def _without_bases(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == _TOO_FEW:
            return {"reason": value["reason"]}
        return {key: _without_bases(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_bases(inner) for inner in value]
    return value
