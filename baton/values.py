"""What may be written in a setting, and how it is read.

Each function returns a `Value`: its kind in words, and a reader that takes what stands in an environment variable
(text) or in `baton.toml` (text, number or list) and raises ValueError with the end of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from baton.hours import weekly_hours


@dataclass(frozen=True, slots=True)
class Value:
    """A kind of value: its name for the table, and its reader."""

    kind: str
    read: Callable[[object], Any]


def text(*choices: str) -> Value:
    """One line of text, or one of `choices`."""

    def read(raw: object) -> str:
        written = _written(raw)
        if choices and written not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return written

    return Value(" or ".join(choices) or "text", read)


def whole(least: int, most: int) -> Value:
    """A whole number from `least` to `most`."""

    def read(raw: object) -> int:
        written = raw.strip() if isinstance(raw, str) else raw
        if isinstance(written, str) and re.fullmatch(r"-?[0-9]{1,18}", written):
            written = int(written)
        if not isinstance(written, int) or isinstance(written, bool) or not least <= written <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return written

    return Value(f"{least} to {most}", read)


def names() -> Value:
    """A list of names, in the environment separated by commas."""
    return Value("list", _items)


def origins(*, or_all: bool = False) -> Value:
    """A list of web origins such as https://shop.example; with `or_all`, * for every one."""

    def read(raw: object) -> tuple[str, ...]:
        found = _items(raw)
        for origin in found:
            if or_all and origin == "*":
                continue
            parts = urlsplit(origin)
            if (
                parts.scheme not in ("http", "https")
                or not parts.netloc
                or origin != f"{parts.scheme}://{parts.netloc}"
            ):
                raise ValueError("must be origins like https://shop.example, without a path")
        return found

    return Value("list of origins", read)


def dates() -> Value:
    """A list of days such as 2026-12-24."""

    def read(raw: object) -> tuple[str, ...]:
        days = raw if isinstance(raw, list) else _items(raw)
        try:
            return tuple(str(day if isinstance(day, date) else date.fromisoformat(str(day))) for day in days)
        except ValueError:
            raise ValueError("must be days like 2026-12-24") from None

    return Value("list of days", read)


def path() -> Value:
    """A folder or file; a leading ~ is the user's home."""

    def read(raw: object) -> Path:
        written = _written(raw)
        if not written:
            raise ValueError("must name a folder")
        return Path(written).expanduser()

    return Value("path", read)


def url(*schemes: str) -> Value:
    """An address with one of `schemes`, http and https if none are named; may be empty."""
    allowed = schemes or ("http", "https")

    def read(raw: object) -> str:
        written = _written(raw)
        if written and urlsplit(written).scheme not in allowed:
            raise ValueError(f"must begin with {' or '.join(f'{scheme}://' for scheme in allowed)}")
        return written

    return Value("URL", read)


def timezone() -> Value:
    """A time zone of the IANA database."""

    def read(raw: object) -> str:
        written = _written(raw)
        try:
            ZoneInfo(written)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be a time zone like Europe/Copenhagen") from None
        return written

    return Value("time zone", read)


def country(*, or_none: bool = False) -> Value:
    """A country as two capital letters; empty only with `or_none`."""

    def read(raw: object) -> str:
        written = _written(raw).upper()
        if not re.fullmatch("[A-Z]{2}", written) and not (or_none and not written):
            raise ValueError("must be a country's two letters, like DK")
        return written

    return Value("country", read)


def hours() -> Value:
    """The weekly opening hours; see `baton.hours`."""

    def read(raw: object) -> str:
        written = _written(raw)
        weekly_hours(written)
        return written

    return Value("weekly hours", read)


def _written(raw: object) -> str:
    if not isinstance(raw, str) or not raw.isprintable():
        raise ValueError("must be one line of text")
    return raw.strip()


def _items(raw: object) -> tuple[str, ...]:
    listed = raw if isinstance(raw, list) else _written(raw).split(",")
    if not all(isinstance(item, str) and item.isprintable() for item in listed):
        raise ValueError("must be a list of words")
    return tuple(item.strip() for item in listed if item.strip())
