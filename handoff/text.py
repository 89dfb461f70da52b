"""What a text must be before it enters a log."""

from __future__ import annotations

import unicodedata

from handoff.errors import InvalidInput

_KEPT_CONTROLS = "\n"
_UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")
"""Categories of characters that shape a text and alone are none: controls, format characters, blanks."""

MAX_ID = 128


def clean_text(text: str, limit: int) -> str:
    """Return the text as the log keeps it: one kind of line break, no other control characters, no outer blanks.

    Zero-width and right-to-left characters are part of how people write and stay, as long as there is something to see.

    Args:
        text: what a person typed.
        limit: the most characters it may hold afterwards.

    Raises:
        InvalidInput: nothing is left, it is too long, or it holds what no text can hold.
    """
    if "\0" in text:
        raise InvalidInput("A text cannot hold the NUL character; remove it and send again.")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidInput("The text is not valid Unicode; send it as UTF-8.")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(c for c in text if c in _KEPT_CONTROLS or unicodedata.category(c) != "Cc").strip()
    if all(unicodedata.category(char) in _UNSEEN for char in kept):
        raise InvalidInput("The text is empty; write something and send again.")
    if len(kept) > limit:
        raise InvalidInput(f"A text holds at most {limit:,} characters; this one has {len(kept):,}.")
    return kept


def clean_line(text: str, limit: int) -> str:
    """Return the text on one line; raises as `clean_text` does."""
    return " ".join(clean_text(text, limit).split())


def check_id(external_id: str) -> str:
    """Return a sender's own id of a message if it can be a key.

    Raises:
        InvalidInput: it is empty, over 128 characters, or not printable.
    """
    if not 1 <= len(external_id) <= MAX_ID or not external_id.isprintable():
        raise InvalidInput(f"A message's own id has 1 to {MAX_ID} printable characters.")
    return external_id
