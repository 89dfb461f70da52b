"""What the log of a conversation tells of its callbacks."""

from __future__ import annotations

from handoff.callback import Callback, CallbackStatus
from handoff.carry_out import carry_out, digest
from handoff.clock import Clock
from handoff.entry import Author, Entry, Kind
from handoff.instants import to_rfc3339
from handoff.model import Change, Conversation
from handoff.notices import Notices, Say
from handoff.store.port import ConversationStore, Moved, Once
from handoff.time_words import TimeWords

_TOLD = {
    CallbackStatus.BOOKED: Say.CALLBACK_BOOKED,
    CallbackStatus.CANCELLED: Say.CALLBACK_CANCELLED,
    CallbackStatus.DONE: Say.CALLBACK_DONE,
}


class CallbackLog:
    """Writes the steps of callbacks into the logs of their conversations, in the language of each."""

    def __init__(self, conversations: ConversationStore, words: TimeWords, clock: Clock, notices: Notices) -> None:
        self._conversations = conversations
        self._words = words
        self._clock = clock
        self._notices = notices

    async def record(self, callback: Callback, name: str | None = None) -> None:
        """Tell where the callback stands now, once for each of its versions, and wake the desks that list it.

        A place that was only ever held is between the customer and the bot: nothing is told of it.

        Args:
            callback: as it was just written.
            name: the agent who did it, if one did.
        """
        if callback.status is CallbackStatus.HELD or not callback.phone:
            return

        def tell(conversation: Conversation) -> Change:
            return Change(conversation, (self._told(callback, conversation.language, name),))

        key = f"callback:{callback.id}:{callback.status.value}:{callback.version}"
        once = Once(key, digest({"key": key}))
        _, told = await carry_out(self._conversations, callback.conversation_id, tell, self._clock, once=once)
        await self._conversations.announce(Moved(callback.conversation_id, told.seq, desk=True))

    def _told(self, callback: Callback, language: str, name: str | None) -> Entry:
        title = self._words.title(callback.starts_at, language)
        return Entry(
            Kind.CALLBACK,
            Author.SYSTEM,
            self._clock(),
            text=self._notices.say(_TOLD[callback.status], language, title=title),
            language=self._notices.nearest(language),
            name=name,
            facts={
                "callback_id": callback.id,
                "status": callback.status.value,
                "title": title,
                "starts_at": to_rfc3339(callback.starts_at, "seconds"),
            },
        )
