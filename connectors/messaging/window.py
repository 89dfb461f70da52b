"""Until when a platform lets us write freely: some time after the contact's last message."""

from __future__ import annotations

from collections import OrderedDict

from handoff.clock import Clock
from handoff.last_word import last_word
from handoff.store.port import ConversationStore

MOST_KNOWN = 10_000


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
        wrote = await last_word(self._conversations, conversation_id, since=opened, at_most=None)
        self._wrote[conversation_id] = wrote
        self._wrote.move_to_end(conversation_id)
        if len(self._wrote) > MOST_KNOWN:
            self._wrote.popitem(last=False)
        return wrote <= opened
