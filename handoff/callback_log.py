"""What the log of a conversation tells of its callbacks."""

from __future__ import annotations

from handoff.calendar import Calendar
from handoff.callback import Callback, CallbackStatus
from handoff.carry_out import carry_out, digest
from handoff.clock import Clock
from handoff.entry import Author, Entry, Kind
from handoff.instants import to_rfc3339
from handoff.model import Change, Conversation
from handoff.store.port import ConversationStore, Moved, Once

# English, as the titles of the calendar are: languages need both.
_TOLD = {
    CallbackStatus.BOOKED: "Callback booked: {title}",
    CallbackStatus.CANCELLED: "Callback cancelled: {title}",
    CallbackStatus.DONE: "Callback made: {title}",
}


class CallbackLog:
    """Writes the steps of callbacks into the logs of their conversations."""

    def __init__(self, conversations: ConversationStore, calendar: Calendar, clock: Clock) -> None:
        self._conversations = conversations
        self._calendar = calendar
        self._clock = clock

    async def record(self, callback: Callback, name: str | None = None) -> None:
        """Tell where the callback stands now, once for each of its versions, and wake the desks that list it.

        A place that was only ever held is between the customer and the bot: nothing is told of it.

        Args:
            callback: as it was just written.
            name: the agent who did it, if one did.
        """
        if callback.status is CallbackStatus.HELD or not callback.phone:
            return
        title = self._calendar.title(callback.starts_at)
        entry = Entry(
            Kind.CALLBACK,
            Author.SYSTEM,
            self._clock(),
            text=_TOLD[callback.status].format(title=title),
            name=name,
            facts={
                "callback_id": callback.id,
                "status": callback.status.value,
                "title": title,
                "starts_at": to_rfc3339(callback.starts_at, "seconds"),
            },
        )

        def tell(conversation: Conversation) -> Change:
            return Change(conversation, (entry,))

        key = f"callback:{callback.id}:{callback.status.value}:{callback.version}"
        once = Once(key, digest({"key": key}))
        _, told = await carry_out(self._conversations, callback.conversation_id, tell, self._clock, once=once)
        await self._conversations.announce(Moved(callback.conversation_id, told.seq, desk=True))
