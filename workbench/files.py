"""Files that people get: written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from survey.os_reasons import os_reason
from workbench.terminal import Stop

_REASONS = {
    errno.EACCES: "not_allowed",
    errno.EPERM: "not_allowed",
    errno.EROFS: "not_allowed",
    errno.ENOSPC: "no_space",
    errno.EDQUOT: "no_space",
    errno.EISDIR: "is_folder",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "no_folder",
    errno.ENOENT: "no_folder",
}


def write_whole(path: Path, content: bytes | str) -> None:
    """Put ``content`` at ``path``, replacing what was there in one step; make its folder first.

    Raises ``Stop`` that says what stands in the way.
    """
    body = content.encode() if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "")
        _replace(path, body)
    except OSError as error:
        raise cannot_write(path, error) from error


def write_made(path: Path, make: Callable[[Path], None]) -> None:
    """Let ``make`` write a file of its own, then put that at ``path`` as ``write_whole`` does."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / path.name
        make(made)
        write_whole(path, made.read_bytes())


def cannot_write(path: Path, error: OSError) -> Stop:
    """Return why ``path`` could not be written, and what to do."""
    reason = _REASONS.get(error.errno or 0)
    if reason is None:
        return Stop("message.cannot_write", path=path, reason=os_reason(error))
    return Stop(f"message.cannot_write.{reason}", path=path)


def _replace(path: Path, body: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave the name on an empty file
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
