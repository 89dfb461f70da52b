"""Long texts in parts: at paragraphs, lines, ends of sentences or blanks, never inside what is one sign to a reader."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from connectors.base import Units

Measure = Callable[[str], int]

_PARAGRAPH = re.compile(r"\n[ ]*\n\s*")
_LINE = re.compile(r"\n\s*")
_SENTENCE = re.compile(r"[.!?…؟۔।]+[\"'”’»)\]]*\s+|[。！？；]+[”’」』）]*\s*")
_BLANK = re.compile(r"\s+")
_LEAST_SHARE = 0.3
"""The share of a part's room that a better place to break must leave filled."""

_LEAST_WORDS = 0.4
"""The share of the room that whole words must fill, for a text that is cut to end with one."""

_BEFORE_ELLIPSIS = " ,;:–-·/&"

_ZWJ = "\u200d"
_HALVES = 0x1F1E6, 0x1F1FF  # two of these make a flag
_SKINS = 0x1F3FB, 0x1F3FF
_TAGS = 0xE0020, 0xE007F
_JAMO = 0x1160, 0x11FF  # the vowels and finals of a Korean syllable
_VIRAMA = 9


def measure(units: Units) -> Measure:
    """Return how a platform that has these units counts characters."""
    return utf16 if units == "UTF-16" else len


def utf16(text: str) -> int:
    """Count the UTF-16 units of a text."""
    return len(text) + sum(char > "\uffff" for char in text)


def split(text: str, most: int, count: Measure = len) -> list[str]:
    """Return the text in parts that count at most `most` each; only blanks where it was parted are left out."""
    parts, rest = [], text.strip()
    while count(rest) > most:
        at = _break(rest, _room(rest, most, count))
        parts.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [part for part in (*parts, rest) if part]


def cut(text: str, most: int, count: Measure = len) -> str:
    """Return the text, or as many whole words of it as fit with an ellipsis behind them; of a long word a part."""
    if count(text) <= most:
        return text
    if most < 1:
        return ""
    room = _room(text, most - 1, count)
    # One more than fits is looked at: where a blank stands there, the word before it is whole.
    words = text[: room + 1].rpartition(" ")[0].rstrip(_BEFORE_ELLIPSIS)
    if len(words) >= room * _LEAST_WORDS:
        return words + "…"
    return text[: _sign_end(text, room)].rstrip() + "…"


def is_right_to_left(text: str) -> bool:
    """Tell whether a text reads from the right, as its first letter does."""
    strong = (unicodedata.bidirectional(char) for char in text)
    return next((direction for direction in strong if direction in ("L", "R", "AL")), "L") != "L"


def _room(text: str, most: int, count: Measure) -> int:
    """Return how many characters of the text count at most `most`."""
    if count is len:
        return min(most, len(text))
    # A character counts two at most, so this much is enough to look at.
    return bisect_right(list(accumulate(count(char) for char in text[: most + 1])), most)


def _break(text: str, room: int) -> int:
    """Return where to part a text of which `room` characters fit; 1 or more."""
    least = int(room * _LEAST_SHARE)
    # One more than fits is looked at: a blank there costs nothing.
    window = text[: room + 1]
    for place in (_PARAGRAPH, _LINE, _SENTENCE, _BLANK):
        ends = [match.end() for match in place.finditer(window) if _kept_end(match) <= room and match.end() > least]
        ends = [end for end in ends if _sign_end(text, end) == end]
        if ends:
            return ends[-1]
    return max(1, _sign_end(text, room)) if room else 1


def _kept_end(match: re.Match[str]) -> int:
    return match.start() + len(match[0].rstrip())


def _sign_end(text: str, at: int) -> int:
    """Return the last end of a whole sign at or before `at`; `at` itself where one sign fills it all."""
    end = at
    while 0 < end < len(text) and _inside(text, end):
        end -= 1
    return end or at


def _inside(text: str, at: int) -> bool:
    """Tell whether the place before `text[at]` is inside one sign: an emoji of several, a letter and its marks."""
    before, after = text[at - 1], text[at]
    if before == "\r" and after == "\n":
        return True
    code = ord(after)
    if code < 0x300:
        return False
    if after == _ZWJ or before == _ZWJ or unicodedata.category(after).startswith("M"):
        return True
    if any(first <= code <= last for first, last in (_SKINS, _TAGS, _JAMO)):
        return True
    if unicodedata.combining(before) == _VIRAMA and unicodedata.category(after) == "Lo":
        return True
    if _is_half(after) and _is_half(before):
        halves = 0
        while halves < at and _is_half(text[at - 1 - halves]):
            halves += 1
        return halves % 2 == 1
    return False


def _is_half(char: str) -> bool:
    return _HALVES[0] <= ord(char) <= _HALVES[1]
