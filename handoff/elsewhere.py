"""What a person's other conversations mean for the one in which they write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handoff.contacts import Contacts
from handoff.entry import Owner
from handoff.linking import customer_proof
from handoff.linking_claims import sure_customer
from handoff.model import Conversation
from handoff.store.contacts_port import Profile

PROVEN_FOR_MS = 24 * 3_600_000
"""Time since the bot's last turn in a conversation for which what is proven there need not be proven elsewhere. There
itself it holds until the bot starts over; but a phone number may be somebody else's by then."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the others mean.

    Args:
        leader: the one into whose hands this one goes over; None for none.
        proven: the orders that have been proven there, each with the shop's id of its customer.
    """

    leader: Conversation | None = None
    proven: Mapping[str, str] = field(default_factory=dict)


async def elsewhere(contacts: Contacts, conversation: Conversation, root: Profile, now: int) -> Elsewhere:
    """Look at the other conversations of the same person; where none matters, nothing else is read.

    One that an agent has leads, or else one that waits for an agent. Whoever only knows an order brings nobody else to
    a person: one that an order alone joined counts for none that is surely the customer's, and its place in the queue
    for none but its own. Nor does it give anything that it has proven, or get what others have. And whoever surely is a
    customer hears of no other's order: two may share a phone number, and one of them be known by an order alone.

    Args:
        contacts: knows who is one person.
        conversation: in which they have just written.
        root: the profile of the person, as `Contacts.recognise` has just returned it.
        now: ms.
    """
    others = await contacts.others(conversation, root)
    held = [each for each in others if each.owner is not Owner.BOT]
    proving = [each for each in others if _proves(each, now)]
    if not held and not proving:
        return Elsewhere()
    contact_id = conversation.contact.id
    person = await contacts.person(contact_id)
    tied = person.tied(contact_id)
    followed = [each for each in held if each.contact.id in tied]
    waiting = next((each for each in followed if each.owner is Owner.QUEUE), None)
    customer = sure_customer(person, contact_id)
    if customer is None:
        followed = held
    leader = next((each for each in followed if each.owner is Owner.AGENT), waiting)
    proven: dict[str, str] = {}
    for each in proving:
        if each.contact.id in tied and each.proven is not None:
            proven |= each.proven.orders
    if customer is not None:
        proven = {order: whose for order, whose in proven.items() if customer_proof(whose) == customer}
    return Elsewhere(leader, proven)


def _proves(other: Conversation, now: int) -> bool:
    """Tell whether what was proven in another conversation holds there and is of late.

    The bot starts over in one that an agent closed, and nobody is in one that its customer has ended.
    """
    gone = other.was_closed_by_agent or other.ended_at is not None
    return other.proven is not None and not gone and now - other.proven.at < PROVEN_FOR_MS
