"""What a request may hold: fields declared by a route, and nothing else.

A route says `{"phone": text(32), "name": text(80, default=None)}` and gets exactly that; anything else is an
`InvalidInput` that names the field. Used for JSON bodies, query strings and socket frames alike.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from handoff.errors import InvalidInput
from handoff.instants import from_rfc3339

_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}", re.ASCII)
_NAME = re.compile(r"\w{1,40}", re.ASCII)

REQUIRED: Any = object()
"""The default of a field that must be given."""

Parse = Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field a route takes: `parse(value, name)` returns the value or raises InvalidInput naming the field."""

    parse: Parse
    default: Any = REQUIRED


def text(at_most: int, at_least: int = 1, default: Any = REQUIRED) -> Field:
    """A string of `at_least` to `at_most` characters; with `default=None` null is allowed too."""

    def parse(value: Any, name: str) -> Any:
        if value is None and default is None:
            return None
        if not isinstance(value, str):
            refuse(name, "must be text")
        if not at_least <= len(value) <= at_most:
            refuse(name, f"must have {at_least:,} to {at_most:,} characters; this one has {len(value):,}")
        if any("\ud800" <= char <= "\udfff" for char in value):
            refuse(name, "holds half a character (a lone surrogate)")
        return value

    return Field(parse, default)


def prose(default: Any = REQUIRED) -> Field:
    """What a person wrote, of whatever length: whoever keeps it knows how much it may hold, and says so."""
    return text(sys.maxsize, at_least=0, default=default)


def integer(low: int, high: int, default: Any = REQUIRED) -> Field:
    """A whole number from `low` to `high`; in a query, its digits."""

    def parse(value: Any, name: str) -> int:
        if isinstance(value, FromQuery):
            value = int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            refuse(name, f"must be a whole number from {low:,} to {high:,}")
        return value

    return Field(parse, default)


def texts(at_most: int, each: int, default: Any = REQUIRED) -> Field:
    """A list of at most `at_most` strings of 1 to `each` characters; the route gets a tuple."""
    one = text(each)

    def parse(value: Any, name: str) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > at_most:
            refuse(name, f"must be a list of at most {at_most:,} texts")
        return tuple(one.parse(item, f"{name}[{place}]") for place, item in enumerate(value))

    return Field(parse, default)


def flag(default: Any = REQUIRED) -> Field:
    """True or false."""

    def parse(value: Any, name: str) -> bool:
        if not isinstance(value, bool):
            refuse(name, "must be true or false")
        return value

    return Field(parse, default)


def one_of(*words: str, default: Any = REQUIRED) -> Field:
    """One of the given words."""

    def parse(value: Any, name: str) -> str:
        if not isinstance(value, str) or value not in words:
            refuse(name, f"must be one of {', '.join(words)}")
        return str(value)

    return Field(parse, default)


def instant(default: Any = REQUIRED) -> Field:
    """An RFC 3339 time; the route gets milliseconds since the Unix epoch."""

    def parse(value: Any, name: str) -> int:
        try:
            return from_rfc3339(value if isinstance(value, str) else "")
        except (ValueError, OverflowError):
            refuse(name, "must be a time like 2026-11-22T10:00:00Z")

    return Field(parse, default)


def language(default: Any = REQUIRED) -> Field:
    """A language tag such as `en` or `pt-BR`; with `default=None` null is allowed too."""

    def parse(value: Any, name: str) -> Any:
        if value is None and default is None:
            return None
        if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
            refuse(name, "must be a language like en or pt-BR")
        return str(value)

    return Field(parse, default)


def fields_of(fields: Mapping[str, Field], default: Any = REQUIRED) -> Field:
    """An object with exactly these fields."""

    def parse(value: Any, name: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            refuse(name, "must be an object")
        return take(value, fields, f"{name}.")

    return Field(parse, default)


class FromQuery(str):
    """A value that came as text because a query string has nothing else."""

    __slots__ = ()


def take(given: Mapping[str, Any], fields: Mapping[str, Field], prefix: str = "") -> dict[str, Any]:
    """Take exactly the given fields out of an object; `prefix` is put before names in errors.

    Raises:
        InvalidInput: a field is unknown, missing, of the wrong type or out of range.
    """
    for name in given:
        if name not in fields:
            # A name is repeated to the caller only when it looks like one: it is raw input.
            refuse(prefix + name if _NAME.fullmatch(name) else f"at {prefix or 'the top'}", "is not known here")
    taken: dict[str, Any] = {}
    for name, field in fields.items():
        if name in given:
            taken[name] = field.parse(given[name], prefix + name)
        elif field.default is REQUIRED:
            refuse(prefix + name, "is missing")
        else:
            taken[name] = field.default
    return taken


def refuse(name: str, why: str) -> NoReturn:
    """Refuse a field by its name.

    Raises:
        InvalidInput: always.
    """
    raise InvalidInput(f"The field {name} {why}.")
