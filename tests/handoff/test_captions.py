"""What a customer is told of each change of hands."""

from __future__ import annotations

import pytest

from handoff.buttons import queue_buttons
from handoff.captions import caption
from handoff.model import Change, Contact, Conversation, HandoffReason
from tests.handoff.scene import NOTICES


def asked(at: int = 1) -> Change:
    conversation = Conversation("c_1", Contact("p_1"), "web", 0)
    return conversation.request_handoff("h", HandoffReason.ASKED, "", {}, at)


def with_ada(name: str = "Ada Holm") -> Change:
    return asked().conversation.claim("a_ada", name, 2)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (with_ada(), "Ada has joined the conversation."),
        (with_ada(""), "A colleague has joined the conversation."),
        (with_ada("{x} y"), "{x} has joined the conversation."),
        (with_ada().conversation.release(3), "Your colleague here was disconnected."),
        (with_ada().conversation.transfer_to_team("a_ada", "repairs", 3), "I'm passing you on to the right team."),
        (with_ada().conversation.resolve("a_ada", "", 3), "Ada has closed this conversation."),
        (asked().conversation.give_up(3), "You're talking to the assistant again."),
        (asked(), ""),
        (with_ada().conversation.snooze("a_ada", 9, 3), ""),
        (Conversation("c_1", Contact("p_1"), "web", 0).resolve_by_bot(3), ""),
    ],
)
def test_a_change_of_hands_is_told_where_the_customer_may_see_it(change: Change, text: str) -> None:
    (entry,) = caption(NOTICES, change).entries
    assert entry.text.startswith(text)
    assert bool(entry.text) == bool(text)


@pytest.mark.parametrize(
    ("change", "waits"),
    [
        (with_ada().conversation.release(3), True),
        (with_ada().conversation.transfer_to_team("a_ada", "repairs", 3), True),
        (with_ada().conversation.transfer("a_ada", "a_bo", "Bo Berg", 3), False),
        (with_ada().conversation.return_to_bot("a_ada", "done", 3), False),
        (with_ada(), False),
    ],
)
def test_whoever_is_put_back_in_the_queue_gets_the_ways_out_of_it_at_once(change: Change, waits: bool) -> None:
    (entry,) = caption(NOTICES, change).entries
    assert entry.buttons == (queue_buttons(NOTICES, "en") if waits else ())


def test_the_caption_names_the_language_that_it_is_in() -> None:
    danish = with_ada().conversation.revised(language="da-DK")
    (entry,) = caption(NOTICES, danish.release(3)).entries
    assert (entry.language, entry.buttons) == ("da", queue_buttons(NOTICES, "da"))
