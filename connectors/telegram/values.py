"""Single values of an update. The library that reads updates takes a value of any type, so each is looked at here."""

from __future__ import annotations

import math
import re
from datetime import datetime

_MOST = 2**63
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}", re.ASCII)
_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,80}", re.ASCII)
_MAX_NAME = 128
_MAX_REF = 512


class Malformed(ValueError):
    """A value that Telegram does not send."""


def whole(value: object) -> int:
    """Return a whole number of at most 64 bits; raises Malformed."""
    if not isinstance(value, int) or isinstance(value, bool) or not -_MOST <= value < _MOST:
        raise Malformed
    return value


def words(value: object) -> str:
    """Return a text, what is no Unicode in it replaced; raises Malformed."""
    if not isinstance(value, str):
        raise Malformed
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


def line(value: object) -> str:
    """Return a name on one line, cut to what a name may have; empty when it is none."""
    if not isinstance(value, str):
        return ""
    shown = "".join(char if char.isprintable() or char in "\u200c\u200d" else " " for char in words(value))
    return " ".join(shown.split())[:_MAX_NAME].rstrip()


def reference(value: object) -> str:
    """Return an id of a file or a question; raises Malformed."""
    if not isinstance(value, str) or not 1 <= len(value) <= _MAX_REF or not (value.isascii() and value.isprintable()):
        raise Malformed
    return value


def degrees(value: object, most: float) -> float:
    """Return a latitude or longitude; raises Malformed."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value) or abs(value) > most:
        raise Malformed
    return float(value)


def instant(value: object) -> int:
    """Return an instant in ms; raises Malformed."""
    if not isinstance(value, datetime):
        raise Malformed
    return max(0, round(value.timestamp() * 1000))


def language(value: object) -> str | None:
    """Return a language tag, if it is one."""
    return value if isinstance(value, str) and _LANGUAGE.fullmatch(value) else None


def media_type(value: object, otherwise: str = "") -> str:
    """Return a media type as the sender claims it, if it can be one."""
    return value.lower() if isinstance(value, str) and _TYPE.fullmatch(value.lower()) else otherwise


def size(value: object) -> int:
    """Return a number of bytes; 0 when it is not told."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST else 0
