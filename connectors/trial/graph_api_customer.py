"""Somebody who writes to the business on the played Graph API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.trial.graph_api import FakeGraphApi
from connectors.trial.graph_api_webhooks import from_customer
from connectors.trial.graph_api_world import Person, Sent

_TYPES = {
    "image": "image/jpeg",
    "sticker": "image/webp",
    "document": "application/pdf",
    "audio": "audio/ogg",
    "video": "video/mp4",
}


class Customer:
    """A person with WhatsApp.

    Args:
        api: the played platform.
        phone: their number, digits only.
        name: as they call themselves.
        hides_phone: whether the business is told their user id only.
    """

    def __init__(
        self, api: FakeGraphApi, phone: str = "4520123456", name: str = "Mia Krog", *, hides_phone: bool = False
    ) -> None:
        self._api = api
        self.person: Person = api.world.person(phone, name, hides_phone=hides_phone)

    @property
    def got(self) -> list[Sent]:
        """What the business sent them, oldest first."""
        return [sent for sent in self._api.sent if sent.customer is self.person]

    def write(self, text: str, *, reply_to: str | None = None) -> str:
        """Write a text; returns the message's id."""
        return self._send("text", {"body": text}, reply_to)

    def press(self, choice: str) -> str:
        """Press the button, or choose the row, with this id in the latest message that has it."""
        for sent in reversed(self.got):
            for kind, reply in _choices(sent):
                if reply["id"] == choice:
                    return self._send("interactive", {"type": kind, kind: reply}, sent.id)
        raise LookupError(f"No message of the business has a choice {choice!r}.")

    def press_template(self, text: str, payload: str = "") -> str:
        """Press a quick reply of the latest template."""
        sent = next(sent for sent in reversed(self.got) if sent.body["type"] == "template")
        return self._send("button", {"text": text, "payload": payload or text}, sent.id)

    def send_file(self, kind: str, content: bytes, *, name: str = "", caption: str = "", type: str = "") -> str:  # noqa: A002
        """Send a file as `image`, `sticker`, `document`, `audio` or `video`."""
        kept = self._api.world.keep(content, type or _TYPES[kind])
        file: dict[str, Any] = {"id": kept.id, "mime_type": kept.type, "sha256": "c2hhMjU2"}
        if name and kind == "document":
            file["filename"] = name
        if caption and kind not in ("audio", "sticker"):
            file["caption"] = caption
        return self._send(kind, file)

    def share_location(self, latitude: float, longitude: float, name: str = "") -> str:
        """Share a place."""
        place = {"latitude": latitude, "longitude": longitude}
        return self._send("location", {**place, "name": name} if name else place)

    def share_contact(self, phone: str, name: str) -> str:
        """Share a card."""
        card = {"name": {"formatted_name": name, "first_name": name}, "phones": [{"phone": phone, "type": "CELL"}]}
        return self._send("contacts", [card])

    def react(self, message_id: str, emoji: str | None) -> str:
        """React to a message, or take the reaction back."""
        return self._send("reaction", {"message_id": message_id, **({"emoji": emoji} if emoji else {})})

    def send_raw(self, kind: str, content: Any, **more: Any) -> str:
        """Send a message of any kind as it is."""
        return self._send(kind, content, more=more)

    def read(self) -> None:
        """Open the chat: everything got so far is read."""
        for sent in self.got:
            self._api.report(sent.id, "read")

    def change_number(self, phone: str) -> None:
        """Move to another phone number, which brings a new user id."""
        old, person = (self.person.phone, self.person.user_id), self.person
        person.phone, person.user_id = phone, f"{person.user_id}9"
        system = {
            "body": f"User {person.name} changed number",
            "type": "user_changed_number",
            "wa_id": phone,
            "user_id": person.user_id,
            "previous_user_id": old[1],
        }
        message = {"from": old[0], **self._head("system"), "system": system}
        self._api.post.add({"messages": [message]})

    def _send(self, kind: str, content: Any, reply_to: str | None = None, more: Mapping[str, Any] | None = None) -> str:
        message = {**self._head(kind), kind: content, **(more or {})}
        if reply_to is not None:
            message["context"] = {"from": self._api.business.display_number, "id": reply_to}
        self.person.wrote_at = self._api.clock()
        self._api.world.received[message["id"]] = self.person
        self._api.post.add(from_customer(self.person, message))
        return str(message["id"])

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self._api.world.new_message_id(), "timestamp": str(self._api.clock() // 1000), "type": kind}


def _choices(sent: Sent) -> list[tuple[str, Mapping[str, Any]]]:
    action = sent.body.get("interactive", {}).get("action", {})
    replies = [("button_reply", button["reply"]) for button in action.get("buttons", ())]
    return replies + [("list_reply", row) for section in action.get("sections", ()) for row in section["rows"]]
