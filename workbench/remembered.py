"""Results that were worked out before, kept beside the project file.

Results follow from the study, the weights, the answers and the program alone. A file named by a digest of
all of them is therefore right or absent, never out of date; deleting the folder costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.files import write_whole
from workbench.terminal import Stop

if TYPE_CHECKING:
    from analysis.results import StudyResults
    from survey.study import Study
    from survey.weight_set import ChosenWeights

FOLDER = ".results"
_KEPT = 12
_LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels")


def results_file(folder: Path, study: Study, weights: ChosenWeights, digests: Mapping[str, str]) -> Path:
    """Return where the results of the last of ``digests`` stand if they were ever worked out.

    A draft that was approved since is named so by the results, so its state counts. ``digests`` are those of
    everything that is read of every wave, ``Store.fingerprint``.
    """
    from survey.definition import study_digest

    chosen = f"{weights.state} {weights.weights.digest}"
    made_from = [
        _program(),
        study_digest(study),
        chosen,
        *(f"{wave} {digest}" for wave, digest in digests.items()),
    ]
    name = hashlib.sha256("\n".join(made_from).encode()).hexdigest()[:32]
    return folder / FOLDER / f"{name}.json"


def recall(file: Path) -> StudyResults | None:
    """Return the results in ``file``; ``None`` where there are none that can be read."""
    from pydantic import TypeAdapter, ValidationError

    from analysis.results import StudyResults

    try:
        return TypeAdapter(StudyResults).validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


def remember(file: Path, results: StudyResults) -> None:
    """Keep ``results`` in ``file``; where the project may not be written they are worked out again."""
    from analysis.plain import plain

    body = json.dumps(plain(results), ensure_ascii=False, allow_nan=False)
    with contextlib.suppress(Stop):
        write_whole(file, body)
        _forget_oldest(file.parent)


def _forget_oldest(folder: Path) -> None:
    kept = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in kept[_KEPT:]:
        with contextlib.suppress(OSError):
            file.unlink()


@cache
def _program() -> str:
    """Return a digest of everything that turns answers into results: our sources and the libraries."""
    digest = hashlib.sha256()
    for package in ("analysis", "survey"):
        for source in sorted(resources.files(package).iterdir(), key=lambda file: file.name):
            if source.name.endswith(".py"):
                digest.update(f"{package}/{source.name}".encode() + source.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library} {metadata.version(library)}".encode())
    return digest.hexdigest()
