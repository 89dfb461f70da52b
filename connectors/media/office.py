"""Office documents, which are packed files: told from other archives by what they list, and refused with macros.

The new ones are ZIP files (ECMA-376 for Word, Excel and PowerPoint; ODF 1.3 part 2 for OpenDocument), the old ones
compound files (MS-CFB). Nothing is unpacked: only the list of what is inside is read, up to a limit.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from struct import Struct

_ENTRIES = 5_000
_END = Struct("<4s4H2LH")
_ENTRY = Struct("<4s6H3L5H2L")
_LONGEST_COMMENT = 65_535

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = ("WordDocument", "Workbook", "PowerPoint Document")
_MACROS_OF_OLD = ("_VBA_PROJECT", "Macros")
_MACROS = ("vbaproject.bin", "vbadata.xml")
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
_OPEN_MIMETYPES = tuple(f"{_OPEN_DOCUMENT}.{what}" for what in ("text", "spreadsheet", "presentation"))


def packed_office(path: Path, head: bytes) -> str | None:
    """Return the folder of an Office Open XML document's main part (`word/`, `xl/`, `ppt/`) or an OpenDocument's type.

    None for every other file: other archives, documents with macros, and ZIP files whose list is broken or too long.
    """
    if not head.startswith(b"PK\x03\x04"):
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        names = _listed(content)
    lowered = [name.lower() for name in names]
    if any(name.endswith(_MACROS) or name.startswith(("basic/", "scripts/")) for name in lowered):
        return None
    if names[:1] == ["mimetype"] and "META-INF/manifest.xml" in names:
        # ODF puts it first and unpacked, so that it can be read without unpacking.
        return next((kind for kind in _OPEN_MIMETYPES if head[38:].startswith(kind.encode() + b"PK")), None)
    if "[Content_Types].xml" not in names:
        return None
    for main in ("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"):
        if main in names:
            return main.partition("/")[0] + "/"
    return None


def old_office(path: Path, head: bytes) -> str | None:
    """Return the main stream of an old Word, Excel or PowerPoint file without macros; None for every other file."""
    if not head.startswith(_COMPOUND):
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if any(_holds(content, name) for name in _MACROS_OF_OLD):
            return None
        return next((name for name in _STREAMS if _holds(content, name)), None)


def _listed(content: mmap.mmap) -> list[str]:
    """Return the names in a ZIP file's central directory, in its order; empty when it is broken or too long."""
    end_at = content.rfind(b"PK\x05\x06", max(0, len(content) - _END.size - _LONGEST_COMMENT))
    if end_at < 0 or end_at + _END.size > len(content):
        return []
    _, _, _, here, count, _, at, comment = _END.unpack_from(content, end_at)
    # Whatever stands behind the end belongs to something else; so does what stands between the directory and it, below.
    if here != count or count > _ENTRIES or end_at + _END.size + comment != len(content):
        return []
    names = []
    for _ in range(count):
        if at + _ENTRY.size > end_at:
            return []
        fields = _ENTRY.unpack_from(content, at)
        name, extra, remark = fields[10], fields[11], fields[12]
        if fields[0] != b"PK\x01\x02":
            return []
        names.append(content[at + _ENTRY.size : at + _ENTRY.size + name].decode("utf-8", "replace"))
        at += _ENTRY.size + name + extra + remark
    return names if at == end_at else []


def _holds(content: mmap.mmap, name: str) -> bool:
    # A directory entry begins with the name in UTF-16, padded with zeros to 64 bytes.
    return content.find(name.encode("utf-16-le") + b"\0\0") >= 0
