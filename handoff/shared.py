"""What customers send instead of words: what it says, and when they were told that the bot sees no more. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from handoff.attachment import AttachmentKind
from handoff.buttons import ASK_PERSON
from handoff.entry import Asks, Author, Entry, Kind, Visibility
from handoff.model import Conversation

TELL_AGAIN_MS = 60_000
"""Time after which what the bot can do with a file is told again, even if nothing else was said since."""

_NO_FILES = (AttachmentKind.LOCATION, AttachmentKind.CONTACT, AttachmentKind.LINK)


def own_number(conversation: Conversation, entry: Entry) -> str:
    """Return the phone number (E.164) on a card that somebody shared of themselves; empty when it is none.

    A card has it as it stands in an address book, blanks and all.

    Args:
        conversation: whose contact has the number that the platform has verified.
        entry: the message.
    """
    own = conversation.contact.phone or ""
    cards = (each for each in entry.attachments if each.kind is AttachmentKind.CONTACT)
    return own if own and any(_digits(card.phone) == _digits(own) for card in cards) else ""


def number_asked_for(conversation: Conversation, entry: Entry) -> str:
    """Return the phone number on the one card that was sent while the bot asks for a number; empty when there is none.

    It says no more than the same number typed: whose it is, is not known, and nothing is verified by it.

    Args:
        conversation: as the customer found it, with what is asked.
        entry: the message.
    """
    cards = [each for each in entry.attachments if each.kind is AttachmentKind.CONTACT]
    return cards[0].phone if conversation.asked is Asks.PHONE and len(cards) == 1 else ""


def told_just_now(near: Sequence[Entry], entry: Entry, now: int) -> bool:
    """Tell whether an answer stands there that holds for this message too, as it does for every picture of an album.

    A place after a file is another matter.

    Args:
        near: the log up to the present, as far back as matters.
        entry: the message without words.
        now: ms.
    """
    said = (one for one in reversed(near) if one.kind is Kind.MESSAGE and one.author is not Author.CONTACT)
    last = next((one for one in said if one.visibility is Visibility.PUBLIC), None)
    if last is None or not any(button.payload == ASK_PERSON for button in last.buttons):
        return False
    answered = next((one for one in near if one.seq == last.in_reply_to), None)
    return answered is not None and _sorts(answered) == _sorts(entry) and now - last.at < TELL_AGAIN_MS


def _sorts(entry: Entry) -> frozenset[AttachmentKind]:
    """Return what an entry's attachments are to somebody who cannot open them: all files are alike."""
    return frozenset(each.kind if each.kind in _NO_FILES else AttachmentKind.DOCUMENT for each in entry.attachments)


def _digits(phone: str) -> str:
    return "".join(filter(str.isdigit, phone))
