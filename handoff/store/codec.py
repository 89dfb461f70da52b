"""Records as compact JSON, and back.

A field that has its default is left out; on the way back a missing field gets its default and an unknown one is passed
over. So a record written by a newer or an older Baton can be read, as long as a new field has a default and a new word
of an enumeration is not written before every process knows it.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache, partial
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[Any], Any]

_REQUIRED = object()


def encode(record: Any) -> str:
    """Write a dataclass as JSON, nested ones included.

    Raises:
        TypeError: something in it has no JSON form.
    """
    return _JSON.encode(record)


def decode(kind: type[T], text: str, **fixed: Any) -> T:
    """Read a dataclass of type `kind`; `fixed` are fields that are kept elsewhere and win over the text's."""
    return _build(kind, {**json.loads(text), **fixed})


def same_as_kept(record: T) -> T:
    """Return the record as a reader gets it back from JSON (tuples in facts become lists, for one)."""
    return decode(type(record), encode(record))


def _sparse(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if not is_dataclass(type(value)):
        raise TypeError(f"A record cannot hold {type(value).__name__}; use what JSON has.")
    kind: Any = type(value)
    sparse = {}
    for name, default in _defaults(kind):
        part = getattr(value, name)
        if default is _REQUIRED or part != default:
            sparse[name] = part
    return sparse


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_sparse)


@cache
def _defaults(kind: type[Any]) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, _default(field)) for field in fields(kind))


def _default(field: Field[Any]) -> object:
    if field.default is not MISSING:
        return field.default
    if field.default_factory is not MISSING:
        return field.default_factory()
    return _REQUIRED


def _build(kind: Callable[..., T], raw: Mapping[str, Any]) -> T:
    found = {}
    for name, reader in _readers(kind):
        if name in raw:
            value = raw[name]
            found[name] = value if reader is None or value is None else reader(value)
    return kind(**found)


@cache
def _readers(kind: type[Any]) -> tuple[tuple[str, Reader | None], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, _reader(hints[field.name])) for field in fields(kind))


def _reader(hint: Any) -> Reader | None:
    """Return what turns JSON's value into the hinted type; None where JSON's value already is it."""
    if get_origin(hint) in (Union, types.UnionType):
        present = [option for option in get_args(hint) if option is not types.NoneType]
        return _reader(present[0]) if len(present) == 1 else None
    if get_origin(hint) is tuple:
        item = _reader(get_args(hint)[0])
        return tuple if item is None else lambda values: tuple(item(value) for value in values)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if isinstance(hint, type) and is_dataclass(hint):
        return partial(_build, hint)
    return None
