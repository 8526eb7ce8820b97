"""Pseudonyms: who answered is kept under names that only the holder of a key can make.

An account or contact number is easily tried out: all mobile numbers of a country are hashed in minutes,
so a plain digest hides nobody. Here each identifier is replaced by a keyed digest of itself, and the key
lies in a file beside the project file, not in it: ``csat.db`` may be sent to an analyst, ``csat.key`` stays.
Equal identifiers have equal pseudonyms, so waves still link. Whoever has the key can try identifiers out:
this is de-identified data, not anonymous data.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from survey.errors import Place, Problem, StoreProblems
from survey.os_reasons import os_reason
from survey.responses import Responses, Value
from survey.study import Study

# What a project file says of its identifiers before the first import, and where they stand as given.
NEW, PLAIN = "new", "plain"
_BYTES = 32
_SHARED = 10  # a channel brings many; what fewer came with may be the customer number in somebody's own link
_KEPT = 16  # 128 bits: no two of a billion identifiers meet
_HEADER = """\
# The key to the pseudonyms in csat.db. Without it later waves cannot be linked to earlier ones: back it up.
# With it identifiers can be tried out: never send it along with csat.db, and keep it out of version control.
# csat.db 中假名的密钥。丢失后，新一期答卷无法与往期对应，请备份；请勿与 csat.db 一起发送或提交到版本库。
"""


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """32 secret bytes. Printing one does not show them."""

    secret: bytes

    def __repr__(self) -> str:
        return f"PseudonymKey({self.fingerprint})"

    @property
    def fingerprint(self) -> str:
        """What the project file keeps to recognise the key by: a digest of a fixed text under it."""
        return _shown(self._keyed("csat key fingerprint"))

    def pseudonym(self, domain: str, value: str) -> str:
        """Return the pseudonym of ``value`` in ``domain`` (the id of its column): 32 hexadecimal digits.

        >>> PseudonymKey(bytes(32)).pseudonym("account", "A-1027")
        '38e3a2dc66f834951f51c64976dfd779'
        """
        return self.renaming(domain)[value]

    def renaming(self, domain: str) -> Renaming:
        """Return the pseudonyms of one domain, by value."""
        return Renaming(self._keyed(f"{domain}|"))

    def _keyed(self, text: str) -> hmac.HMAC:
        return hmac.new(self.secret, _bytes(text), "sha256")


class Renaming(dict[str, str]):
    """The pseudonyms of one domain; an account of many contacts is digested once.

    ``keyed`` is the digest of what stands before every value.
    """

    def __init__(self, keyed: hmac.HMAC) -> None:
        self._keyed = keyed

    def __missing__(self, value: str) -> str:
        digest = self._keyed.copy()
        digest.update(_bytes(value))
        pseudonym = self[value] = _shown(digest)
        return pseudonym

    def of(self, values: Sequence[Value]) -> tuple[Value, ...]:
        """Return ``values`` renamed; blank ones stay blank."""
        return tuple([None if value is None else self[str(value)] for value in values])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _shown(digest: hmac.HMAC) -> str:
    return digest.hexdigest()[: 2 * _KEPT]


def pseudonymised(
    responses: Responses, study: Study, key: PseudonymKey, *, platform: str | None = None
) -> Responses:
    """Return ``responses`` with a pseudonym for every respondent and every value of a ``key`` column.

    The respondent and the column that identifies them keep one name. Where the study names no such column,
    respondents are row numbers and stay, unless ``platform`` names the one whose own numbers they are (then
    equal numbers of two platforms do not meet). Blank values stay blank. Where somebody came from stays
    readable only where at least ten of the file came from there.
    """
    named = {
        column.id: key.renaming(column.id)
        for column in study.columns
        if column.kind == "key" and column.id in responses.columns
    }
    columns: dict[str, tuple[Value, ...]] = {
        name: named[name].of(values) if name in named else values
        for name, values in responses.columns.items()
    }
    respondents = responses.respondents
    # No column can be called so.
    if domain := study.design.respondent or (f"#{platform}" if platform else None):
        rename = named[domain] if domain in named else key.renaming(domain)
        respondents = tuple(map(rename.__getitem__, respondents))
    noted = _sources(responses.paradata, key)
    return replace(responses, respondents=respondents, columns=columns, paradata=noted)


def _sources(paradata: Mapping[str, tuple[Value, ...]], key: PseudonymKey) -> dict[str, tuple[Value, ...]]:
    """Return ``paradata`` with a pseudonym for every source that few share."""
    rename, sources = key.renaming("#source"), paradata.get("source", ())
    few = {value for value, n in Counter(sources).items() if value is not None and n < _SHARED}
    hidden = tuple(rename[str(value)] if value in few else value for value in sources)
    return {**paradata, "source": hidden} if few else dict(paradata)


def project_key(identifiers: str, file: Path, *, keep: bool = True) -> PseudonymKey | None:
    """Return the key that belongs to a project; ``None`` where its identifiers stand as given.

    Parameters
    ----------
    identifiers : what the project file says of them (``Store.identifiers``).
    file : where the key lies. Before the first import it is made when absent, unless ``keep`` is false: then
        an import that is only tried out gets a key that is thrown away.

    Raises
    ------
    StoreProblems
        When the key is absent, another one, or cannot be read or made.
    """
    if identifiers == PLAIN:
        return None
    if identifiers == NEW:
        if file.exists():
            return read_key(file)
        return make_key(file) if keep else PseudonymKey(secrets.token_bytes(_BYTES))
    if not file.exists():
        raise StoreProblems([_problem("key_missing", file)])
    key = read_key(file)
    if key.fingerprint != identifiers:
        raise StoreProblems([_problem("key_other", file)])
    return key


def read_key(file: Path) -> PseudonymKey:
    """Read a key: 64 hexadecimal digits; lines that begin with ``#`` are comments."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise StoreProblems([_problem("key_unreadable", file, error)]) from error
    told = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(told) != 1 or not re.fullmatch(r"[0-9a-fA-F]{64}", told[0]):
        raise StoreProblems([_problem("key_malformed", file)])
    return PseudonymKey(bytes.fromhex(told[0]))


def make_key(file: Path) -> PseudonymKey:
    """Make a key and put it at ``file``, readable by its owner alone; return the one that is there then.

    A key that exists is never replaced: of two programs that make one at the same time, both get the one
    that came first.
    """
    body = f"{_HEADER}{secrets.token_hex(_BYTES)}\n".encode()
    part = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(part, body)
        _place(part, file, body)
    except OSError as error:
        raise StoreProblems([_problem("key_unwritable", file, error)]) from error
    finally:
        with suppress(OSError):
            part.unlink()
    return read_key(file)


def _write(path: Path, body: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(body)
        stream.flush()
        os.fsync(handle)


def _place(part: Path, file: Path, body: bytes) -> None:
    """Give the written file its name in one step, unless the name is taken."""
    with suppress(FileExistsError):
        try:
            os.link(part, file)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            _write(file, body)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)  # the name must not be lost while the answers under it are kept
        finally:
            os.close(folder)


def _problem(code: str, file: Path, error: OSError | None = None) -> Problem:
    values: dict[str, object] = {"file": str(file)}
    if error is not None:
        values["reason"] = os_reason(error)
    return Problem(code, Place(file.name), values)
