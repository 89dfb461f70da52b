"""What is found in a message, and how finds of different kinds share it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

COVER = "\ufffc"
"""Stands in the text for what is already understood: neither letter, digit, space nor punctuation."""


class Found(NamedTuple):
    """A stretch of a plain text that means something.

    Args:
        start: place of its first character.
        end: place behind its last character.
        entity: its kind, as the domain names it.
        value: what it means, in the form that the kind's module describes.
    """

    start: int
    end: int
    entity: str
    value: str


def covered(text: str, found: Iterable[Found]) -> str:
    """The text, equally long, with what was found covered, so that nothing else is found there."""
    characters = list(text)
    for one in found:
        characters[one.start : one.end] = COVER * (one.end - one.start)
    return "".join(characters)


def longest(found: Iterable[Found]) -> Iterator[Found]:
    """Of finds that overlap only the longest, the earlier of two equally long ones; in the order of the text."""
    kept: list[Found] = []
    taken: set[int] = set()
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        # What is kept already is at least as long, so an overlap reaches this one's first or last character.
        if one.start not in taken and one.end - 1 not in taken:
            kept.append(one)
            taken.update(range(one.start, one.end))
    yield from sorted(kept)
