"""Conversations as last read, so that who looks at all of them each second reads again only what moved."""

from __future__ import annotations

from collections.abc import Collection

from handoff.model import Conversation
from handoff.store.port import ConversationStore, Moved

BELIEVED_MS = 60_000
"""How long a conversation is believed to be as it was read: what a lost wake-up hides comes to light by then."""


class LastSeen:
    """Remembers conversations while wake-ups tell which of them moved; as long as none come, reads every time.

    A remembered conversation may still be old, for wake-ups carry no truth. That does no harm to who commits what it
    decides: the commit of something decided on an old record is refused, and `forget` makes the next look a fresh one.
    """

    def __init__(self, conversations: ConversationStore) -> None:
        self._conversations = conversations
        self._kept: dict[str, tuple[Conversation, int]] = {}
        self._being_read: set[str] = set()
        self._listening = False

    async def get(self, conversation_id: str, now: int) -> Conversation:
        """Return a conversation as it was when it last moved.

        Args:
            conversation_id: which one.
            now: the present instant (ms).

        Raises:
            NotFound: there is none with that id.
            StoreUnavailable: Redis does not answer.
        """
        kept, read_at = self._kept.get(conversation_id, (None, 0))
        if kept is not None and now - read_at < BELIEVED_MS:
            return kept
        self._being_read.add(conversation_id)
        try:
            conversation = await self._conversations.get(conversation_id)
            # Gone from the set: it moved while it was read, so the answer may be from before.
            if self._listening and conversation_id in self._being_read:
                self._kept[conversation_id] = (conversation, now)
        finally:
            self._being_read.discard(conversation_id)
        return conversation

    def heard(self, moved: Moved) -> None:
        """Take in a wake-up; the one that says "look at everything again" is also the first of those to come."""
        if not moved.conversation_id:
            self.deaf()
            self._listening = True
        elif not moved.signal:
            self.forget(moved.conversation_id)

    def deaf(self) -> None:
        """Believe nothing any more: no wake-ups come."""
        self._listening = False
        self._kept.clear()
        self._being_read.clear()

    def forget(self, conversation_id: str) -> None:
        """Read a conversation anew at the next look."""
        self._kept.pop(conversation_id, None)
        self._being_read.discard(conversation_id)

    def forget_others(self, conversation_ids: Collection[str]) -> None:
        """Keep nothing but these."""
        for conversation_id in self._kept.keys() - set(conversation_ids):
            self.forget(conversation_id)
