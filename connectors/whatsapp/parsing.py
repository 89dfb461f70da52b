"""From a webhook of the WhatsApp Cloud API to events: `entry[].changes[].value{messages[], statuses[], errors[]}`.

Pure: whatever Meta may send comes out as events, every item of every level, and what is of no use as `Ignored`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.events import AddressChanged, DeliveryReported, Ignored, InboundEvent, Unreadable
from connectors.http import MalformedBody, parse_json
from connectors.whatsapp import fields
from connectors.whatsapp.addresses import address, sender_of
from connectors.whatsapp.errors import MEANINGS, error_code, hint_for
from connectors.whatsapp.kinds import read_message
from handoff.delivery import DeliveryReport, DeliveryStatus

_STATUSES = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    # A voice message that was played was opened before.
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
}
_NUMBER_CHANGES = ("user_changed_number", "customer_changed_number", "user_changed_user_id")
_LONGEST_KEY = 128
_MALFORMED = Ignored("malformed")


def parse(body: bytes, phone_number_id: str) -> Sequence[InboundEvent]:
    """Return what a webhook holds, in order.

    Args:
        body: the raw bytes.
        phone_number_id: ours; what is for another number of the same app is ignored.

    Raises:
        Unreadable: it is not a JSON object in UTF-8.
    """
    try:
        webhook = parse_json(body)
    except MalformedBody as error:
        raise Unreadable(error.message) from None
    if not isinstance(webhook, dict):
        raise Unreadable("The body must be a JSON object.")
    if webhook.get("object") != "whatsapp_business_account":
        return (Ignored("other_object"),)
    return tuple(_events(webhook, phone_number_id)) or (_MALFORMED,)


def _events(webhook: Mapping[str, Any], phone_number_id: str) -> Iterator[InboundEvent]:
    for entry in fields.listed(webhook, "entry"):
        changes = fields.listed(entry, "changes") if isinstance(entry, dict) else ()
        if not changes:
            yield _MALFORMED
        for change in changes:
            yield from _change(change, phone_number_id)


def _change(change: Any, phone_number_id: str) -> Iterator[InboundEvent]:
    if not isinstance(change, dict) or not isinstance(change.get("value"), dict):
        yield _MALFORMED
        return
    if change.get("field") != "messages":
        # Templates approved, quality changed, calls: nothing that a conversation needs.
        yield Ignored("other_field")
        return
    value = change["value"]
    if fields.part(value, "metadata").get("phone_number_id") != phone_number_id:
        yield Ignored("other_number")
        return
    contacts = fields.listed(value, "contacts")
    found = False
    for message in fields.listed(value, "messages"):
        found = True
        yield _message(message, contacts)
    for status in fields.listed(value, "statuses"):
        found = True
        yield _status(status)
    for error in fields.listed(value, "errors"):
        found = True
        code = error_code(error)
        # Counted by code where it is one that means something: it tells the operator what is wrong with the account.
        yield Ignored(f"platform_error_{code}" if code in MEANINGS else "platform_error")
    if not found:
        yield _MALFORMED


# messages


def _message(message: Any, contacts: Sequence[Any]) -> InboundEvent:
    if not isinstance(message, dict):
        return _MALFORMED
    external_id, at = fields.message_id(message, "id"), fields.instant(message, "timestamp")
    if not external_id or at is None:
        return _MALFORMED
    if message.get("type") == "system":
        return _system(message, external_id, at)
    sender = sender_of(message, contacts)
    if sender is None:
        return _MALFORMED
    if message.get("group_id") is not None:
        return Ignored("group", sender, "groups_refused", external_id)
    return read_message(message, sender, external_id, at)


def _system(message: Mapping[str, Any], external_id: str, at: int) -> InboundEvent:
    """A change of number brings a new user id too; only the ids that can be shared are told."""
    system = fields.part(message, "system")
    if system.get("type") not in _NUMBER_CHANGES:
        return Ignored("system", external_id=external_id)
    digits = fields.phone(system, "wa_id") or fields.phone(system, "new_wa_id")
    after = address(fields.user_id(system, "user_id"), digits)
    before = address(
        fields.user_id(system, "previous_user_id") or fields.user_id(message, "from_user_id"),
        fields.phone(message, "from"),
    )
    if after is None or before is None:
        return Ignored("malformed", external_id=external_id)
    return AddressChanged(before.ids[0], after, external_id, at)


# statuses


def _status(status: Any) -> InboundEvent:
    if not isinstance(status, dict):
        return _MALFORMED
    message_id, at = fields.message_id(status, "id"), fields.instant(status, "timestamp")
    named = status.get("status")
    if not message_id or at is None or not isinstance(named, str):
        return _MALFORMED
    if status.get("recipient_type") == "group":
        return Ignored("group")
    if named not in _STATUSES:
        return Ignored("unknown_status")
    code, hint = "", ""
    if _STATUSES[named] is DeliveryStatus.FAILED:
        code, hint = _reason(status)
    return DeliveryReported(
        message_id,
        DeliveryReport(_STATUSES[named], at, code, hint),
        address(fields.user_id(status, "recipient_user_id"), fields.phone(status, "recipient_id")),
        fields.words(status, "biz_opaque_callback_data", _LONGEST_KEY) or None,
    )


def _reason(status: Mapping[str, Any]) -> tuple[str, str]:
    for error in fields.listed(status, "errors"):
        code = error_code(error)
        if code is not None:
            return str(code), hint_for(code)
    return "unknown", "WhatsApp did not say why; look at the message in the WhatsApp manager."
