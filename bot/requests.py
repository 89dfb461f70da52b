"""Several requests in one message: which of its parts ask for something of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

Parsed = Mapping[str, Any]

NAME_OF_INTENT = "utter_meant_"
"""Begins the name of the response that says an intent in plain words."""

SURE = 0.6
"""Confidence from which a part of a message counts as a request of its own."""

MOST_READ = 24
"""Parts of a message that are read. More than a customer's letter has; what is pasted must not hold others up."""

_FAQ = "faq_"
_TASKS = frozenset(
    {
        "order_status",
        "start_return",
        "refund_fee",
        "cancel_order",
        "change_address",
        "talk_to_person",
        "request_callback",
        "change_callback",
        "cancel_callback",
    }
)


class Waiting(TypedDict):
    """A request that waits for its turn: its words, what it asks for, and the id that it acts under at the shop."""

    text: str
    intent: str | None
    id: str


@dataclass(frozen=True)
class Request:
    """One thing asked for.

    Args:
        text: in the customer's words.
        intent: what it asks for; None for a text in which nothing is surely asked for.
        orders: the order numbers in it.
    """

    text: str
    intent: str | None = None
    orders: tuple[str, ...] = ()

    def followed_by(self, more: Request) -> Request:
        """The same request with more words, which belong to it."""
        return Request(f"{self.text} {more.text}", self.intent or more.intent, self.orders or more.orders)

    def covers(self, more: Request) -> bool:
        """Whether more words ask for nothing else: for nothing at all, or the same thing about the same order."""
        if self.intent is None or more.intent is None:
            return True
        same_order = not self.orders or not more.orders or self.orders == more.orders
        return self.intent == more.intent and same_order


def is_task(intent: str) -> bool:
    """Whether an intent begins something with questions, unlike one that is answered at once."""
    return intent in _TASKS


def requests_in(parts: Sequence[str], parse: Callable[[str], Parsed]) -> list[Request]:
    """The separate requests in a message, in order.

    A part that asks for nothing, or for the same again, belongs to the request before it ("where is my order? it's
    10234"); what comes before the first request belongs to that one. What follows the first `MOST_READ` parts is not
    read, and stays with the last request.

    Args:
        parts: where the message may be cut (`bot.nlu.splitter`).
        parse: gives a part's intent and entities.
    """
    requests: list[Request] = []
    for part in parts[:MOST_READ]:
        request = _request(part, parse(part))
        if requests and requests[-1].covers(request):
            requests[-1] = requests[-1].followed_by(request)
        else:
            requests.append(request)
    if len(parts) > MOST_READ:
        requests[-1] = requests[-1].followed_by(Request(" ".join(parts[MOST_READ:])))
    return requests


def _request(part: str, parsed: Parsed) -> Request:
    name, confidence = parsed["intent"]["name"] or "", parsed["intent"]["confidence"]
    asks = confidence >= SURE and (name in _TASKS or name.startswith(_FAQ))
    orders = tuple(str(found["value"]) for found in parsed["entities"] if found.get("entity") == "order_number")
    return Request(part, name if asks else None, orders)
