"""The customer says how a handoff was: with a button, or by typing what stands on it as the next thing said."""

from __future__ import annotations

from handoff.buttons import csat_answer, typed_score
from handoff.clock import Clock
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.model import Change, Conversation
from handoff.notices import Notices, Say
from handoff.store.port import ConversationStore

_LOOK_BACK = 100
"""Entries among which the question is looked for: on some channels receipts outnumber messages."""

_SAID = (Kind.MESSAGE, Kind.OWNER, Kind.CALLBACK)
"""Kinds that are part of the talk; a reaction or a receipt that comes between changes nothing of what was asked."""


class Ratings:
    """Hears which messages are ratings, whoever owns the conversation.

    Args:
        conversations: where to look back.
        notices: what the question and its buttons say.
        clock: tells the present instant.
    """

    def __init__(self, conversations: ConversationStore, notices: Notices, clock: Clock) -> None:
        self._conversations = conversations
        self._notices = notices
        self._clock = clock

    async def heard(self, conversation: Conversation, entry: Entry) -> Change | None:
        """Return what comes of a message that rates a handoff; None for any other message."""
        rating = csat_answer(entry.choice or "") or await self._typed(conversation, entry)
        if rating is None:
            return None
        score, handoff_id = rating
        now = self._clock()
        kept = Entry(
            kind=Kind.CSAT,
            author=Author.CONTACT,
            at=now,
            visibility=Visibility.INTERNAL,
            in_reply_to=entry.seq,
            facts={"score": score, "handoff_id": handoff_id},
        )
        return Change(conversation, (kept, self._notices.entry(Say.CSAT_THANKS, conversation.language, now)))

    async def _typed(self, conversation: Conversation, entry: Entry) -> tuple[int, str] | None:
        """Return the score and the handoff it rates, if the customer typed the answer to the question just asked."""
        score = None if entry.choice else typed_score(self._notices, conversation.language, entry.text)
        if score is None:
            return None
        first = max(0, entry.seq - 1 - _LOOK_BACK)
        before = (await self._conversations.read(conversation.id, first, entry.seq - 1 - first)).entries
        said = (one for one in before if one.kind in _SAID and one.visibility is Visibility.PUBLIC)
        for earlier in reversed(list(said)):
            if earlier.author is Author.CONTACT:
                return None
            if earlier.buttons:
                asked = csat_answer(earlier.buttons[0].payload)
                return (score, asked[1]) if asked else None
        return None
