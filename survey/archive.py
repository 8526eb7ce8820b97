"""The zip archive inside an .xlsx file, opened on the suspicion that it is hostile.

A few kilobytes can claim to be gigabytes, so bytes are counted while they are inflated and the sizes
in the zip directory are never believed. Every limit is a default that can be raised, and the refusal
names it.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from xml.parsers import expat

from survey.errors import ImportProblems, Place, Problem

_MB = 1 << 20
_CHUNK = 1 << 18
_END = struct.Struct("<4s4H2LH")
_OFFICE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1"})
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may cost. Sizes are bytes, texts are characters."""

    file_bytes: int = 50 * _MB
    part_bytes: int = 512 * _MB
    all_bytes: int = 1024 * _MB
    ratio: int = 200
    ratio_from: int = 64 * _MB
    parts: int = 1_000
    strings: int = 2_000_000
    cells: int = 8_000_000
    text: int = 4 * 32_767
    all_text: int = 200_000_000
    # expat scans an unfinished tag again with every chunk, so one tag may not grow without end.
    token: int = 4 * _MB


def refusal(
    file: str, code: str, *, sheet: str | None = None, cell: str | None = None, **values: Any
) -> ImportProblems:
    """Return the error that refuses a whole file for one reason."""
    return ImportProblems([Problem(code, Place(file, sheet=sheet, cell=cell), values)])


def local_name(name: str) -> str:
    """Return an XML name without its prefix: prefixed and strict workbooks read like the others."""
    return name.rpartition(":")[2] if ":" in name else name


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


class Archive:
    """Parts of one workbook by name, whatever the case of the name and the slant of its slashes.

    Raises ``ImportProblems`` when the archive is damaged, encrypted, packed in a way that no
    spreadsheet program uses, or larger than ``limits``.
    """

    def __init__(self, file: str, data: bytes, limits: Limits) -> None:
        self.file = file
        self.limits = limits
        self._inflated: dict[str, int] = {}
        _check_ends(file, data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE as damage:
            raise refusal(file, "workbook_damaged") from damage
        self._parts = self._directory()

    def _directory(self) -> dict[str, zipfile.ZipInfo]:
        entries = self._zip.infolist()
        if len(entries) > self.limits.parts:
            raise refusal(self.file, "workbook_limit_parts", limit=self.limits.parts, found=len(entries))
        parts: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            if entry.flag_bits & 0x1:
                raise refusal(self.file, "workbook_part_encrypted", part=entry.filename)
            if entry.compress_type not in _OFFICE_METHODS:
                raise refusal(self.file, "workbook_part_method", part=entry.filename)
            if _key(entry.filename) in parts:
                raise refusal(self.file, "workbook_part_twice", part=entry.filename)
            parts[_key(entry.filename)] = entry
        return parts

    def __contains__(self, part: str) -> bool:
        return _key(part) in self._parts

    def names(self) -> list[str]:
        """Return the names of all parts, normalised."""
        return list(self._parts)

    def chunks(self, part: str) -> Iterator[bytes]:
        """Yield the bytes of ``part``, counting them against the limits."""
        entry = self._parts[_key(part)]
        total = 0
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    total += len(chunk)
                    self._count(entry, total)
                    yield chunk
        except _DAMAGE as damage:
            raise refusal(self.file, "workbook_part_damaged", part=entry.filename) from damage

    def _count(self, entry: zipfile.ZipInfo, total: int) -> None:
        limits, name = self.limits, entry.filename
        if total > limits.part_bytes:
            raise refusal(self.file, "workbook_limit_part", part=name, limit=limits.part_bytes // _MB)
        if total > limits.ratio_from and total > limits.ratio * max(entry.compress_size, 1):
            raise refusal(self.file, "workbook_limit_ratio", part=name, limit=limits.ratio)
        self._inflated[name] = max(total, self._inflated.get(name, 0))
        if sum(self._inflated.values()) > limits.all_bytes:
            raise refusal(self.file, "workbook_limit_all", limit=limits.all_bytes // _MB)

    def parser(self, part: str) -> expat.XMLParserType:
        """Return a parser for ``part`` that refuses a document type: no Office file has one."""
        parser = expat.ParserCreate()
        parser.buffer_text = True

        def doctype(*_: object) -> None:
            raise refusal(self.file, "workbook_dtd", part=part)

        def declaration(version: str, encoding: str | None, standalone: int) -> None:
            if encoding is not None and encoding.casefold() not in _ENCODINGS:
                raise refusal(self.file, "workbook_part_encoding", part=part, encoding=encoding[:40])

        parser.StartDoctypeDeclHandler = doctype
        parser.XmlDeclHandler = declaration
        return parser

    def feed(
        self,
        part: str,
        parser: expat.XMLParserType,
        through: Callable[[Iterator[bytes]], Iterator[bytes]] = iter,
    ) -> Iterator[None]:
        """Drive ``parser`` through ``part``, pausing after every chunk.

        ``through`` may keep parts of the stream from the parser; it is resumed after each chunk that it
        yields has been parsed.
        """
        fed = 0
        try:
            for chunk in through(self.chunks(part)):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - max(parser.CurrentByteIndex, 0) > self.limits.token:
                    limit = self.limits.token // _MB
                    raise refusal(self.file, "workbook_limit_token", part=part, limit=limit)
                yield
            parser.Parse(b"", True)
            yield
        except expat.ExpatError as error:
            raise BrokenPart(self.file, part, error.lineno) from error

    def parse(self, part: str, start: Callable[[str, dict[str, str]], object]) -> None:
        """Call ``start`` with the bare name and attributes of every element of ``part``."""
        parser = self.parser(part)

        def element(name: str, attributes: dict[str, str]) -> None:
            start(local_name(name), {local_name(key): value for key, value in attributes.items()})

        parser.StartElementHandler = element
        for _ in self.feed(part, parser):
            pass

    def related(self, part: str) -> dict[str, Relation]:
        """Return the relationships of ``part`` by id; none when it has no relationship part."""
        folder = PurePosixPath(part).parent
        links = str(folder / "_rels" / f"{PurePosixPath(part).name}.rels") if part else "_rels/.rels"
        relations: dict[str, Relation] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and "Id" in attributes:
                relations[attributes["Id"]] = Relation(
                    type=attributes.get("Type", "").rpartition("/")[2],
                    target=_resolve(folder, attributes.get("Target", "")),
                    external=attributes.get("TargetMode", "").casefold() == "external",
                )

        if links in self:
            self.parse(links, start)
        return relations


@dataclass(frozen=True, slots=True)
class Relation:
    """A link from one part to another. External ones are never followed."""

    type: str
    target: str
    external: bool


class BrokenPart(ImportProblems):
    """A part that is not well-formed XML, or not in the encoding it declares."""

    def __init__(self, file: str, part: str, line: int) -> None:
        super().__init__([Problem("workbook_part_broken", Place(file), {"part": part, "line": line})])


def _resolve(folder: PurePosixPath, target: str) -> str:
    target = target.replace("\\", "/")
    steps: list[str] = [] if target.startswith("/") else [step for step in folder.parts if step != "."]
    for step in target.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _check_ends(file: str, data: bytes) -> None:
    """Refuse bytes before or after the archive: they are not part of any workbook."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - 0xFFFF))
    if at < 0 or at + _END.size > len(data):
        raise refusal(file, "workbook_damaged")
    _, _, _, _, _, size, offset, comment = _END.unpack_from(data, at)
    zip64 = 0xFFFFFFFF in (size, offset)
    if at + _END.size + comment != len(data) or not (zip64 or offset + size in (at, at - 76)):
        raise refusal(file, "workbook_extra_bytes")
