"""By what WhatsApp knows a person, and how that is written in `Address.ids`.

Every user has a business-scoped user id (`user:DK.134…`); most can also be reached by their number (`phone:45…`), but
may hide it, and a number given up is given to somebody else. So the user id comes first and the number is never all
that a contact is known by where there is an id. A change of number changes both, which a system message tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.events import Address
from connectors.whatsapp import fields
from handoff.errors import InvalidInput
from handoff.phone import e164

_USER = "user:"
_PHONE = "phone:"
_LONGEST_NAME = 80


def address(user_id: str, digits: str, name: str | None = None) -> Address | None:
    """Make the address of a person known by a user id, a number or both; None without either."""
    ids = ((f"{_USER}{user_id}",) if user_id else ()) + ((f"{_PHONE}{digits}",) if digits else ())
    return Address(ids, name, phone=verified(digits)) if ids else None


def sender_of(message: Mapping[str, Any], contacts: Sequence[Any]) -> Address | None:
    """Return who sent a message, with what `contacts[]` of the same webhook tells about them; None if nobody did."""
    user, digits = fields.user_id(message, "from_user_id"), fields.phone(message, "from")
    known = [contact for contact in contacts if isinstance(contact, dict)]
    nameless = not user and not digits
    for contact in known:
        its_user, its_digits = fields.user_id(contact, "user_id"), fields.phone(contact, "wa_id")
        same = (user and user == its_user) or (digits and digits == its_digits)
        if same or (nameless and len(known) == 1):
            profile = fields.part(contact, "profile")
            name = fields.words(profile, "name", _LONGEST_NAME) or fields.words(profile, "username", _LONGEST_NAME)
            return address(user or its_user, digits or its_digits, name or None)
    return address(user, digits)


def recipients(to: Sequence[str]) -> list[dict[str, str]]:
    """Return how a send may name the person with these ids, the best way first."""
    ways = []
    for known_by in to:
        if known_by.startswith(_USER):
            ways.append({"recipient": known_by.removeprefix(_USER)})
        elif known_by.startswith(_PHONE):
            ways.append({"to": known_by.removeprefix(_PHONE)})
    return ways


def verified(digits: str) -> str | None:
    """Return a WhatsApp number in E.164; None where it is no number that can be phoned.

    Mexican numbers carry a 1 and older Brazilian mobile numbers lack a 9 on WhatsApp.
    """
    if not digits:
        return None
    written = [digits]
    if digits.startswith("521") and len(digits) == 13:
        written.insert(0, f"52{digits[3:]}")
    if digits.startswith("55") and len(digits) == 12 and digits[4] in "6789":
        written.insert(0, f"{digits[:4]}9{digits[4:]}")
    for candidate in written:
        try:
            return e164(f"+{candidate}", "")
        except InvalidInput:
            continue
    return None
