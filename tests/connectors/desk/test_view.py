"""What a card says of a conversation: what the customer wants, whose turn it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.desk.view import QUOTED, card
from handoff.entry import Author, Entry, Kind, Understood, Visibility
from handoff.model import Contact, Conversation, HandoffReason

WAITING = (
    Conversation("c_1", Contact("p_1"), "web", created_at=0)
    .request_handoff("h_1", HandoffReason.ASKED, "returns", {}, 1_000)
    .conversation
)
TAKEN = WAITING.claim("a_ada", "Ada Holm", 2_000).conversation
NOW = 10_000


def message(author: Author, text: str, at: int = 0) -> Entry:
    return Entry(Kind.MESSAGE, author, at, text=text)


QUESTION = message(Author.CONTACT, "my kettle leaks", at=3_000)
ANSWER = message(Author.AGENT, "I'll send a new one")


def test_a_card_quotes_what_the_customer_said_last_whoever_spoke_since() -> None:
    tail = [QUESTION, message(Author.BOT, "I'm bringing in a colleague."), message(Author.SYSTEM, "You're next.")]
    shown = card(WAITING, tail, 3, NOW)
    assert (shown["last_text"], shown["last_author"]) == ("my kettle leaks", "contact")


def test_a_card_quotes_whoever_spoke_while_the_customer_has_said_nothing() -> None:
    mark = Entry(Kind.MESSAGE, Author.BOT, 0, understood=Understood("x", 0.1, True), visibility=Visibility.INTERNAL)
    shown = card(TAKEN, [ANSWER, mark], 2, NOW)
    assert (shown["last_text"], shown["last_author"]) == ("I'll send a new one", "agent")
    assert card(WAITING, [], 0, NOW)["last_text"] == ""


def test_of_a_long_message_a_card_quotes_the_beginning() -> None:
    quoted = card(WAITING, [message(Author.CONTACT, "x" * 4000)], 1, NOW)["last_text"]
    assert quoted == "x" * (QUOTED - 1) + "…"


@pytest.mark.parametrize(
    ("tail", "status", "unread", "waits"),
    [
        ([QUESTION], "open", 1, 7),
        ([QUESTION, ANSWER], "pending", 0, 0),
        ([QUESTION, ANSWER, message(Author.SYSTEM, "a notice")], "pending", 0, 0),
        ([QUESTION, ANSWER, replace(QUESTION, at=8_000)], "open", 1, 2),
        ([], "open", 0, 0),
    ],
)
def test_an_answered_conversation_is_pending_until_the_customer_writes(
    tail: list[Entry], status: str, unread: int, waits: int
) -> None:
    shown = card(TAKEN, tail, len(tail), NOW)
    assert (shown["status"], shown["unread"], shown["waiting_seconds"]) == (status, unread, waits)


def test_a_conversation_set_aside_stays_so_whoever_spoke_last() -> None:
    assert card(TAKEN.snooze("a_ada", 60_000, 4_000).conversation, [ANSWER], 1, NOW)["status"] == "snoozed"
