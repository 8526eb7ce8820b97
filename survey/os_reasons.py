"""Why the system would not open or write a file, in the reader's language.

``OSError.strerror`` is in the language of the machine, so it never enters a sentence.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping

from survey.language import LANGUAGES, catalogue

_NAMES = {
    errno.EACCES: "not_allowed",
    errno.EPERM: "not_allowed",
    errno.EISDIR: "is_folder",
    errno.ENOTDIR: "no_folder",
    errno.ENOENT: "absent",
    errno.EROFS: "read_only",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EBUSY: "busy",
    errno.ETXTBSY: "busy",
    errno.EIO: "device",
    errno.ESTALE: "device",
    errno.ETIMEDOUT: "device",
    errno.ENAMETOOLONG: "long_name",
    errno.ELOOP: "links",
    errno.EMFILE: "many_files",
    errno.ENFILE: "many_files",
}


def os_reason(error: OSError) -> Mapping[str, str]:
    """Return why ``error`` happened, by language; what has no words is given by its number."""
    name = _NAMES.get(error.errno or 0, "other")
    return {
        language: catalogue("survey")(f"system.reason.{name}", language, n=error.errno)
        for language in LANGUAGES
    }
