"""Conversations as last read, so that who looks at all of them each second reads again only what moved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from handoff.model import Conversation
from handoff.store.port import ConversationStore, Moved

BELIEVED_MS = 60_000
"""How long a conversation is believed to be as it was read: what a lost wake-up hides comes to light by then."""


class LastSeen:
    """Remembers conversations while wake-ups tell which of them moved; before the first comes, reads every time.

    A remembered conversation may still be old, for wake-ups carry no truth. That does no harm to who commits what it
    decides: the commit of something decided on an old record is refused, and `forget` makes the next look a fresh one.
    """

    def __init__(self, conversations: ConversationStore) -> None:
        self._conversations = conversations
        self._kept: dict[str, tuple[Conversation, int]] = {}
        self._being_read: set[str] = set()
        self._listening = False

    async def several(self, conversation_ids: Collection[str], now: int) -> dict[str, Conversation]:
        """Return conversations, by id, as they were when they last moved; one that is not kept is absent.

        Args:
            conversation_ids: which ones.
            now: the present instant (ms).

        Raises:
            StoreUnavailable: Redis does not answer.
        """
        seen = {name: kept[0] for name in conversation_ids if (kept := self._believed(name, now))}
        unknown = [name for name in conversation_ids if name not in seen]
        if unknown:
            seen |= await self._read(unknown, now)
        return seen

    def heard(self, moved: Moved) -> None:
        """Take in a wake-up; the one that says "look at everything again" is also the first of those to come."""
        if not moved.conversation_id:
            self._kept.clear()
            self._being_read.clear()
            self._listening = True
        elif not moved.signal:
            self.forget(moved.conversation_id)

    def forget(self, conversation_id: str) -> None:
        """Read a conversation anew at the next look."""
        self._kept.pop(conversation_id, None)
        self._being_read.discard(conversation_id)

    def forget_others(self, conversation_ids: Collection[str]) -> None:
        """Keep nothing but these."""
        for conversation_id in self._kept.keys() - set(conversation_ids):
            self.forget(conversation_id)

    def _believed(self, conversation_id: str, now: int) -> tuple[Conversation, int] | None:
        kept = self._kept.get(conversation_id)
        return kept if kept is not None and now - kept[1] < BELIEVED_MS else None

    async def _read(self, conversation_ids: Sequence[str], now: int) -> Mapping[str, Conversation]:
        self._being_read.update(conversation_ids)
        try:
            found = await self._conversations.several(conversation_ids)
            for name, conversation in found.items():
                # Gone from the set: it moved while it was read, so the answer may be from before.
                if self._listening and name in self._being_read:
                    self._kept[name] = (conversation, now)
        finally:
            self._being_read.difference_update(conversation_ids)
        return found
