"""When a contact last wrote, in logs of any length."""

from __future__ import annotations

import pytest

from handoff.entry import Author, Entry, Kind
from handoff.last_word import LOOK_BACK, last_word, written
from handoff.model import Contact, Conversation
from handoff.store.memory import MemoryStore
from tests.fakes import InterruptedStore

ID = "c_1"


def wrote(at: int) -> Entry:
    return Entry(Kind.MESSAGE, Author.CONTACT, at, text="hello")


def said(at: int) -> Entry:
    return Entry(Kind.MESSAGE, Author.BOT, at, text="hello")


async def kept(*entries: Entry) -> MemoryStore:
    store = MemoryStore()
    conversation = await store.conversations.open(Conversation(ID, Contact("p_1"), "web", 0))
    await store.conversations.commit(conversation, conversation, entries, 0)
    return store


def test_neither_reactions_nor_what_others_say_are_a_contacts_words() -> None:
    assert written([wrote(1), wrote(2), Entry(Kind.REACTION, Author.CONTACT, 3), said(4)]) == 2
    assert written([said(1)]) == written([]) == 0


@pytest.mark.parametrize("after", [0, 99, 100, 101, LOOK_BACK - 1])
async def test_the_last_word_is_found_behind_many_entries(after: int) -> None:
    store = await kept(wrote(1), wrote(2), *(said(3) for _ in range(after)))
    assert await last_word(store.conversations, ID) == 2


async def test_what_is_long_ago_is_not_looked_for_unless_it_has_to_be() -> None:
    store = await kept(wrote(2), *(said(3) for _ in range(LOOK_BACK)))
    assert await last_word(store.conversations, ID) == 0
    assert await last_word(store.conversations, ID, at_most=None) == 2


async def test_before_the_instant_that_matters_nothing_is_read() -> None:
    """Seen red with `since` left out: the whole log was read each time that the window was found closed."""
    store, calls = await kept(*(said(at) for at in range(1000))), []

    async def note(call: str) -> None:
        calls.append(call)

    interrupted = InterruptedStore(store, note)
    assert await last_word(interrupted.conversations, ID, since=950, at_most=None) == 0
    assert calls.count("before read") == 2
