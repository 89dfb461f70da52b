"""Whether a file is plain text, and no page, script or document that merely is written in letters."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

_READ = 256 * 1024
_BLANKS = b" \t\r\n\f\v"
_BYTE_ORDER_MARK = codecs.BOM_UTF8
# Tab, the line breaks and the form feed are all that text needs of the controls.
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LETTERS = ("text/plain", "text/csv", "text/comma-separated-values", "text/tab-separated-values")
"""Claims under which text may be in a one-byte encoding."""

_OTHER_THINGS = (
    b"<",  # pages, SVG and all other XML
    b"#!",  # scripts
    b"{\\rtf",  # RTF may hold objects
    b"%!",  # PostScript is a program
    b"%PDF",  # a PDF does not begin after blanks
)


def is_plain_text(path: Path, head: bytes, claimed_type: str) -> bool:
    """Tell whether all of a file is text in UTF-8, or of a one-byte encoding if its sender says that it is text.

    Spreadsheet programs still write CSV in the encoding of their country, which nothing in the file tells.
    """
    start = head.removeprefix(_BYTE_ORDER_MARK).lstrip(_BLANKS)
    if not start or start.startswith(_OTHER_THINGS):
        return False
    any_encoding = claimed_type.partition(";")[0].strip().lower() in _LETTERS
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8 = True
    with path.open("rb") as file:
        while chunk := file.read(_READ):
            if _CONTROLS.search(chunk):
                return False
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
            if not utf8 and not any_encoding:
                return False
    return any_encoding or not decoder.getstate()[0]
