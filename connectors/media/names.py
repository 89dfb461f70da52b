"""Names of files as a page, a file system and a header may hold them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from connectors.media.sniff import Sniffed

MAX_NAME = 120
"""Characters of a name, its ending included."""

_NOT_IN_NAMES = frozenset('<>:"|?*')
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Controls, format characters (those that turn the direction of writing among them), and what is no character."""

# Windows keeps these for devices, with any ending.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{digit}" for digit in "123456789"), *(f"lpt{digit}" for digit in "123456789")}
)


def clean_name(name: str, sniffed: Sniffed | None = None) -> str:
    """Return a sender's name for a file without its path, without what is not seen, and not too long.

    Args:
        sniffed: what the file is: an ending that lies about it gets the right one behind it.
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    kept = "".join(
        " " if char.isspace() else char
        for char in name
        if char not in _NOT_IN_NAMES and (char.isspace() or unicodedata.category(char) not in _UNSEEN)
    )
    # A leading dot hides a file; Windows drops dots and blanks at the end.
    kept = " ".join(kept.split()).strip(". ")
    if kept.partition(".")[0].strip().lower() in _DEVICES:
        kept = f"_{kept}"
    if sniffed is None or not kept:
        return kept[:MAX_NAME].rstrip(". ")
    stem, dot, ending = kept.rpartition(".")
    if not (dot and stem and ending.lower() in sniffed.endings):
        stem, ending = kept, sniffed.endings[0]
    return f"{stem[: MAX_NAME - len(ending) - 1].rstrip('. ')}.{ending}"


def disposition(how: str, name: str) -> str:
    """Return a Content-Disposition header (RFC 6266): a plain name for old readers, the whole one in UTF-8 for others.

    Args:
        how: `inline` or `attachment`.
    """
    if not name:
        return how
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
