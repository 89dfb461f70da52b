"""Takes fields out of the platform's JSON without trusting any of them: whatever is not as it should be is absent."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from handoff.text import MAX_ID

MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
"""What the id of a file may look like: it becomes part of an address."""

_NOTHING: Mapping[str, Any] = {}
_HALVES = re.compile("[\ud800-\udfff]")
_USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,150}", re.ASCII)
_PHONE = re.compile(r"[1-9][0-9]{4,19}", re.ASCII)
_SECONDS = re.compile(r"[1-9][0-9]{0,11}", re.ASCII)
_LAST_SECOND = 253_402_300_799
"""The last one of the year 9999."""
_LONGEST_MESSAGE_ID = 1024


def part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the object at `name`, or an empty one."""
    value = of.get(name)
    return value if isinstance(value, dict) else _NOTHING


def listed(of: Mapping[str, Any], name: str) -> Sequence[Any]:
    """Return the list at `name`, or an empty one."""
    value = of.get(name)
    return value if isinstance(value, list) else ()


def words(of: Mapping[str, Any], name: str, at_most: int) -> str:
    """Return the text at `name`, cut at `at_most` characters and without what no text can hold; empty if absent."""
    value = of.get(name)
    if not isinstance(value, str):
        return ""
    return _HALVES.sub("\ufffd", value.replace("\0", ""))[:at_most].strip()


def number(of: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
    """Return the number at `name` if it lies between `low` and `high`."""
    value = of.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and low <= value <= high else None


def instant(of: Mapping[str, Any], name: str) -> int | None:
    """Return the Unix time in seconds at `name`, as milliseconds."""
    value = of.get(name)
    digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if len(digits) > 12 or not _SECONDS.fullmatch(digits) or int(digits) > _LAST_SECOND:
        return None
    return int(digits) * 1000


def user_id(of: Mapping[str, Any], name: str) -> str:
    """Return the business-scoped user id at `name`, such as `DK.13491208655302741918`."""
    return _matching(_USER_ID, of.get(name))


def phone(of: Mapping[str, Any], name: str) -> str:
    """Return the digits of the WhatsApp phone number at `name`, without a plus sign."""
    return _matching(_PHONE, of.get(name))


def message_id(of: Mapping[str, Any], name: str) -> str:
    """Return the message id at `name` as Baton keeps it everywhere.

    An id may have up to 128 characters (`handoff.text.check_id`); the platform sets no limit of its own, so a longer
    one is known by its hash.
    """
    return kept_id(raw_id(of, name))


def raw_id(of: Mapping[str, Any], name: str) -> str:
    """Return the message id at `name` as the platform wants to hear it again."""
    value = of.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST_MESSAGE_ID:
        return ""
    return value if value.isascii() and value.isprintable() else ""


def kept_id(raw: str) -> str:
    """Return a platform's message id as Baton keeps it."""
    return raw if len(raw) <= MAX_ID else f"wamid:sha256:{sha256(raw.encode()).hexdigest()}"


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""
