"""What a proof may do: whom it may make one person, and which of several who have shown it it leads to. Pure."""

from __future__ import annotations

from handoff.delivery import is_pushed
from handoff.linking import CUSTOMER, PHONE, Person
from handoff.store.contacts_port import Identity, Profile

MOST_TOGETHER = 16
"""Contacts of one person: each message of theirs may look at every conversation that they have."""

MOST_BY_ORDER = 8
"""As many may become one by nothing but an order: whoever knows one must not take up the places of what is signed."""


def obstacle(here: Person, identity: Identity, proof: str, there: Person, *, by_order: bool = False) -> str | None:
    """Return why a proof must not make one person of two; None if it may.

    Args:
        here: who shows it now.
        identity: of the contact that does.
        there: who had shown it before; `here` where nobody else had.
        by_order: whether an order alone shows it.

    Returns:
        `another_customer`: they are two customers of the shop, who may share a phone or a computer.
        `another_account`: a platform has one account for a number, so a second one with the same number has been given
        a number that the first one gave up.
        `too_many`: they have more contacts than one person may have (`MOST_TOGETHER`, `MOST_BY_ORDER`).
    """
    shown_now = {proof} if proof.startswith(CUSTOMER) else set()
    if len(here.customers | there.customers | shown_now) > 1:
        return "another_customer"
    if proof.startswith(PHONE) and is_pushed(identity.channel) and there is not here:
        holders = (there.identity(member.id) for member in there.members if proof in member.proofs)
        if any(holder is not None and holder.channel == identity.channel for holder in holders):
            return "another_account"
    most = MOST_BY_ORDER if by_order else MOST_TOGETHER
    if there is not here and not here.is_apart_from(there) and len(here.members) + len(there.members) > most:
        return "too_many"
    return None


def goes_before(own: Profile, proof: str, first: Profile | None, *, by_order: bool, together: bool) -> bool:
    """Tell whether a proof leads from now on to the contact who shows it, and no more to the one it led to.

    More than an order goes before an order. Of two who stay two persons, whoever shows it later goes before, for a
    number changes hands; but to show again what one has shown already is no news.

    Args:
        own: who shows it, as before that.
        first: the contact that it leads to; None for nobody.
        by_order: whether an order alone shows it.
        together: whether the two are one person.
    """
    if first is None:
        return True
    unsure, news = proof in first.by_order, proof not in (own.proofs if by_order else own.sure)
    if together:
        return unsure and not by_order
    return (unsure and news) if by_order else (unsure or news)
