"""Effects: what follows from a turn besides words.

An action signals them with a bot utterance that carries only
``{"baton": {"handoff": {…}, "language": "…", "details": {…}, "resolve": true, "verified": {"customer_id": "…"}}}`` as
its ``json_message``. If that also has ``"not_understood": true``, the bot could not follow, though the NLU had an idea:
the answer calls it a fallback.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal, TypedDict

from bot.errors import DomainMismatch

NOT_UNDERSTOOD = "not_understood"
HANDOFF_REASONS = frozenset({"asked", "not_understood", "upset", "topic_rule", "bot_failed"})


class Handoff(TypedDict):
    """A request for a person: why, about what, and what the agent should know."""

    reason: str
    topic: str | None
    details: dict[str, Any]


class Verified(TypedDict):
    """The customer of the shop whom the contact has proven to be."""

    customer_id: str


class Effects(TypedDict, total=False):
    """Only what happened is present."""

    handoff: Handoff
    language: str
    details: dict[str, Any]
    resolve: Literal[True]
    verified: Verified


def merge_effects(signals: Iterable[dict[str, Any]]) -> Effects:
    """Merge the signals of one turn, in order: details add up, the last handoff and language win.

    Whoever proves orders of two customers in one turn has not proven which of them they are.

    Raises:
        DomainMismatch: a signal is not one that the turn contract knows.
    """
    effects: Effects = {}
    customers: set[str] = set()
    for signal in signals:
        unknown = sorted(signal.keys() - Effects.__annotations__.keys() - {NOT_UNDERSTOOD})
        if unknown:
            raise DomainMismatch(f"An action signalled the unknown effect {unknown[0]!r}.")
        if "handoff" in signal:
            effects["handoff"] = _handoff(signal["handoff"])
        if "language" in signal:
            effects["language"] = _text(signal["language"], "effect language")
        if "details" in signal:
            effects["details"] = {**effects.get("details", {}), **_object(signal["details"], "effect details")}
        if "resolve" in signal:
            effects["resolve"] = _true(signal["resolve"], "effect resolve")
        if "verified" in signal:
            effects["verified"] = _verified(signal["verified"])
            customers.add(effects["verified"]["customer_id"])
    if len(customers) > 1:
        del effects["verified"]
    return effects


def _verified(verified: Any) -> Verified:
    fields = _object(verified, "effect verified")
    if fields.keys() != {"customer_id"}:
        raise DomainMismatch("The effect verified of an action holds a customer_id and nothing else.")
    return {"customer_id": _text(fields["customer_id"], "customer_id")}


def _handoff(handoff: Any) -> Handoff:
    fields = _object(handoff, "handoff")
    unknown = sorted(fields.keys() - Handoff.__annotations__.keys())
    if unknown:
        raise DomainMismatch(f"An action asked for a handoff with the unknown field {unknown[0]!r}.")
    reason = fields.get("reason")
    if not isinstance(reason, str) or reason not in HANDOFF_REASONS:
        raise DomainMismatch(f"A handoff's reason is one of {', '.join(sorted(HANDOFF_REASONS))}.")
    topic = fields.get("topic")
    return {
        "reason": reason,
        "topic": None if topic is None else _text(topic, "handoff topic"),
        "details": _object(fields.get("details") or {}, "handoff details"),
    }


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise DomainMismatch(f"The {what} of an action is not a text.")
    return value


def _true(value: Any, what: str) -> Literal[True]:
    if value is not True:
        raise DomainMismatch(f"The {what} of an action is not true; leave it out instead.")
    return True


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DomainMismatch(f"The {what} of an action is not an object.")
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        raise DomainMismatch(f"The {what} of an action cannot be written as JSON.") from None
    return value
