"""Conversations as last read: read again when they moved, and never believed without wake-ups."""

from __future__ import annotations

import pytest

from handoff.last_seen import BELIEVED_MS, LastSeen
from handoff.model import Contact, Conversation
from handoff.store.memory import MemoryStore
from handoff.store.port import AGENT_TYPES, Moved
from tests.fakes import InterruptedStore


class Watched:
    """A store whose reads are counted, and what is remembered of it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.reads = 0
        self.seen = LastSeen(InterruptedStore(self.store, self.count).conversations)

    async def count(self, call: str) -> None:
        self.reads += call == "before several"

    async def change(self) -> None:
        kept = await self.store.conversations.get("c_1")
        await self.store.conversations.commit(kept, kept.revised(language="da"), [], 0)

    async def language(self, now: int = 0) -> str:
        return (await self.seen.several(["c_1"], now))["c_1"].language


@pytest.fixture
async def watched() -> Watched:
    watched = Watched()
    await watched.store.conversations.open(Conversation("c_1", Contact("p_1"), "web", 0))
    return watched


async def test_nothing_is_believed_before_the_first_wake_up(watched: Watched) -> None:
    await watched.language()
    await watched.change()
    assert await watched.language() == "da"


async def test_what_did_not_move_is_read_once(watched: Watched) -> None:
    watched.seen.heard(Moved(""))
    for _ in range(3):
        await watched.language()
        watched.seen.heard(Moved("c_other"))
        watched.seen.heard(Moved("c_1", signal=AGENT_TYPES))
    assert watched.reads == 1


async def test_what_moved_is_read_again(watched: Watched) -> None:
    watched.seen.heard(Moved(""))
    await watched.language()
    await watched.change()
    watched.seen.heard(Moved("c_1"))
    assert await watched.language() == "da"


@pytest.mark.parametrize("wake_up", [Moved("c_1"), Moved("")])
async def test_what_moved_while_it_was_read_is_read_again(watched: Watched, wake_up: Moved) -> None:
    async def move_after_the_read(call: str) -> None:
        if call == "after several":
            await watched.change()
            watched.seen.heard(wake_up)

    watched.seen = LastSeen(InterruptedStore(watched.store, move_after_the_read).conversations)
    watched.seen.heard(Moved(""))
    assert await watched.language() == "en"
    assert await watched.language() == "da"


async def test_after_a_gap_nothing_is_believed(watched: Watched) -> None:
    watched.seen.heard(Moved(""))
    await watched.language()
    await watched.change()
    watched.seen.heard(Moved(""))
    assert await watched.language() == "da"


async def test_a_lost_wake_up_comes_to_light_after_a_while(watched: Watched) -> None:
    watched.seen.heard(Moved(""))
    await watched.language()
    await watched.change()
    assert await watched.language(BELIEVED_MS - 1) == "en"
    assert await watched.language(BELIEVED_MS) == "da"


async def test_what_is_off_the_lists_is_not_kept(watched: Watched) -> None:
    watched.seen.heard(Moved(""))
    await watched.language()
    watched.seen.forget_others(["c_2"])
    await watched.language()
    watched.seen.forget_others(["c_1", "c_2"])
    await watched.language()
    assert watched.reads == 2


async def test_a_conversation_that_is_gone_is_absent(watched: Watched) -> None:
    watched.seen.heard(Moved(""))
    assert await watched.seen.several(["c_none"], 0) == {}


async def test_only_what_is_not_believed_is_read_and_that_together(watched: Watched) -> None:
    for name in ("c_2", "c_3"):
        await watched.store.conversations.open(Conversation(name, Contact("p_1"), "web", 0))
    watched.seen.heard(Moved(""))
    await watched.language()
    await watched.change()
    seen = await watched.seen.several(["c_1", "c_2", "c_3"], 0)
    assert {name: conversation.language for name, conversation in seen.items()} == dict.fromkeys(seen, "en")
    assert (len(seen), watched.reads) == (3, 2)
