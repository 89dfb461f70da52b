"""What a customer gives as a reason or a topic: their own words, or a key from a button that everybody reads in words.

A button's payload carries a key such as `does_not_fit`. The customer reads the response that is named after it, in
their language; an agent and the shop read the key as English words; what was typed stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from actions.turn import Turn

Kind = Literal["reason", "topic"]

_KEY = re.compile(r"[a-z]+(?:_[a-z]+)*")
_RESPONSE = "utter_"


@dataclass(frozen=True)
class Named:
    """Something in two wordings.

    Args:
        shown: to the customer: the name of a response, or the customer's own words.
        noted: for an agent and the shop.
    """

    shown: str
    noted: str

    @classmethod
    def typed(cls, words: str) -> Named:
        """The customer's own words, which never name a response."""
        words = f"“{words}”" if words.startswith(_RESPONSE) else words
        return cls(words, words)

    @classmethod
    def pressed(cls, kind: Kind, payload: str) -> Named:
        """What a button stands for; a payload that is no key stands for itself."""
        if _KEY.fullmatch(payload):
            return cls(f"{_RESPONSE}{kind}_{payload}", payload.replace("_", " "))
        return cls.typed(payload)

    @classmethod
    def of(cls, slot: Any) -> Named | None:
        """What a slot holds; a text in it is the customer's own."""
        if isinstance(slot, Mapping):
            return cls(str(slot["shown"]), str(slot["noted"]))
        return cls.typed(str(slot)) if slot else None

    def as_slot(self) -> dict[str, str]:
        """The value of the slot that keeps it."""
        return asdict(self)


def as_named(kind: Kind, value: Any, turn: Turn, longest: int = 500) -> dict[str, str]:
    """The value of a slot, from what a form's question was answered with: once checked, it is kept as it is.

    Args:
        kind: what was asked for.
        value: a button's payload, what was typed, or what the slot holds already.
        turn: the message; tells whether it was a button.
        longest: characters that are kept of what was typed.
    """
    if isinstance(value, Mapping):
        return {"shown": str(value["shown"]), "noted": str(value["noted"])}
    named = Named.pressed(kind, str(value)) if turn.pressed else Named.typed(str(value)[:longest])
    return named.as_slot()


def noted(slot: Any) -> str | None:
    """What a slot holds, for an agent."""
    named = Named.of(slot)
    return named.noted if named else None


def shown(slot: Any) -> str:
    """What a slot holds, for the customer; empty when it holds nothing."""
    named = Named.of(slot)
    return named.shown if named else ""
