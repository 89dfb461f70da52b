"""Which question of the bot's is open, where a channel may offer to share what it asks for. Pure.

Such an offer (a button in place of the keyboard, say) stands until it is taken away, and the channel keeps nothing. So
the log says of an entry that it asks, and of the first one after it that it asks no more. This is decided when the
entries are written, so that every try to send them comes to the same.
"""

from __future__ import annotations

from dataclasses import replace

from handoff.delivery import is_outgoing
from handoff.entry import Author, Owner
from handoff.model import Change, Conversation


def follow_question(before: Conversation, change: Change) -> Change:
    """Note what is asked after a customer's message, and mark the entry with which an open question ends.

    A question ends when the bot answers without asking again, or when the conversation leaves the bot's hands. What the
    system says meanwhile (that a file cannot be opened, say) leaves it open.

    Args:
        before: the conversation as the customer found it.
        change: what comes of their message, with every sentence in it.
    """
    said = [entry for entry in change.entries if is_outgoing(entry)]
    asked = next((entry.asks for entry in reversed(said) if entry.asks), None)
    left = change.conversation.owner is not Owner.BOT
    if asked is None and before.asked and said and (left or any(entry.author is Author.BOT for entry in said)):
        return Change(
            change.conversation.revised(asked=None),
            tuple(replace(entry, asks_no_more=True) if entry is said[0] else entry for entry in change.entries),
            change.wakes,
        )
    if asked is None or asked == before.asked:
        return change
    return replace(change, conversation=change.conversation.revised(asked=asked))
