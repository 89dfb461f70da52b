"""Until when a platform lets us write freely: some time after the contact's last message."""

from __future__ import annotations

from collections import OrderedDict

from handoff.clock import Clock
from handoff.entry import Author, Kind
from handoff.store.port import ConversationStore

MOST_KNOWN = 10_000
_STRETCH = 100


class Window:
    """Tells whether a conversation's window is closed; remembers when contacts wrote, for that only grows.

    Args:
        conversations: where the logs are.
        clock: tells the present instant.
    """

    def __init__(self, conversations: ConversationStore, clock: Clock) -> None:
        self._conversations = conversations
        self._clock = clock
        self._wrote: OrderedDict[str, int] = OrderedDict()

    async def closed(self, conversation_id: str, window_s: int | None) -> bool:
        """Tell whether the contact has written nothing for `window_s` seconds; never where there is no window."""
        if window_s is None:
            return False
        opened = self._clock() - window_s * 1000
        if self._wrote.get(conversation_id, 0) > opened:
            return False
        wrote = await self._last_word(conversation_id, opened)
        self._wrote[conversation_id] = wrote
        self._wrote.move_to_end(conversation_id)
        if len(self._wrote) > MOST_KNOWN:
            self._wrote.popitem(last=False)
        return wrote <= opened

    async def _last_word(self, conversation_id: str, since: int) -> int:
        """Return when (ms) the contact wrote last; 0 when that was not since `since`."""
        end = (await self._conversations.read(conversation_id, 0, 1)).last_seq
        while end > 0:
            first = max(0, end - _STRETCH)
            entries = (await self._conversations.read(conversation_id, first, end - first)).entries
            for entry in reversed(entries):
                if entry.kind is Kind.MESSAGE and entry.author is Author.CONTACT:
                    return entry.at
                if entry.at < since:
                    return 0
            end = first
        return 0
