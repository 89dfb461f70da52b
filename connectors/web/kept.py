"""The conversation behind a token: one that is not kept any more, or that its customer has ended, opens to nobody."""

from __future__ import annotations

from handoff.errors import NotAuthenticated, NotFound
from handoff.model import Conversation
from handoff.store.port import ConversationStore


async def kept(conversations: ConversationStore, conversation_id: str) -> Conversation:
    """Return the conversation that a token is good for.

    Raises:
        NotAuthenticated: there is none any more for this customer; a page forgets its token and opens a new session.
    """
    try:
        conversation = await conversations.get(conversation_id)
    except NotFound:
        raise gone() from None
    if conversation.ended_at is not None:
        raise ended()
    return conversation


def gone() -> NotAuthenticated:
    """Say that a conversation is not kept any more."""
    return NotAuthenticated("This conversation is not kept any more; open a new session.")


def ended() -> NotAuthenticated:
    """Say that the customer has ended the chat."""
    return NotAuthenticated("This chat was ended; open a new session.")
