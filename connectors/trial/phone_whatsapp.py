"""WhatsApp on a phone of the trial page."""

from __future__ import annotations

import re
import time
from typing import Any

from connectors.trial.graph_api import FakeGraphApi
from connectors.trial.graph_api_customer import Customer
from connectors.trial.graph_api_world import Sent
from connectors.trial.phones import File, Json, Timed, Who, about, shown, with_reactions

TYPING_S = 25.0
_FILES = ("image", "audio", "video", "document", "sticker")
_PLACE = re.compile(r"\{\{(\d+)\}\}")


class WhatsAppPhone:
    """A person's WhatsApp, as they see it.

    Args:
        api: the played platform, with `Timed` lists of what was sent and signalled.
        who: whose phone it is.
    """

    def __init__(self, api: FakeGraphApi, who: Who) -> None:
        self.who = who
        self.customer = Customer(api, who.phone, who.name, hides_phone=who.hides_phone)
        self._api = api
        self._mine: list[Json] = []
        self._files: dict[str, File] = {}
        self._reactions: dict[str, str] = {}
        self._read: set[str] = set()

    def write(self, text: str, reply_to: str | None) -> None:
        """Write a text, perhaps as a reply to a message."""
        self._keep(self.customer.write(text, reply_to=reply_to), text=text, quote=reply_to)

    def press(self, choice: str) -> None:
        """Press a button or choose a row; the app shows its title as a message."""
        for message in reversed(self.messages()):
            for offered in message.get("choices", ()):
                if offered["id"] == choice:
                    self._keep(self.customer.press(choice), text=offered["title"], quote=message["id"])
                    return
        raise LookupError(choice)

    def send(self, file: File, caption: str) -> None:
        """Send a file as what it is; the app has captions under pictures, videos and documents only."""
        kind = _kind(file.type)
        message_id = self.customer.send_file(kind, file.content, name=file.name, caption=caption, type=file.type)
        self._files[message_id] = file
        self._keep(message_id, text=caption if kind not in ("audio", "sticker") else "", file=about(file))

    def place(self, latitude: float, longitude: float) -> None:
        """Share a place."""
        place = {"latitude": latitude, "longitude": longitude}
        self._keep(self.customer.share_location(latitude, longitude), place=place)

    def card(self, phone: str, name: str) -> None:
        """Share a contact card."""
        self._keep(self.customer.share_contact(phone, name), card={"phone": phone, "name": name})

    def react(self, message_id: str, emoji: str | None) -> None:
        """React to a message, or take the reaction back."""
        self.customer.react(message_id, emoji)
        self._reactions.pop(message_id, None)
        if emoji:
            self._reactions[message_id] = emoji

    def read(self) -> None:
        """Have read what came; each message is reported once."""
        for sent in self.customer.got:
            if sent.id not in self._read:
                self._read.add(sent.id)
                self._api.report(sent.id, "read")

    def messages(self) -> list[Json]:
        """Return what the phone shows, oldest first."""
        theirs = [self._of_business(sent) for sent in self.customer.got]
        waiting = b"".join(self._api.post.waiting)
        signalled = {signal["message_id"] for signal in self._api.world.signals}
        seen, mine = False, []
        for message in reversed(self._mine):
            # Whoever has read a message has read those before it.
            seen = seen or message["id"] in signalled
            taken = message["id"].encode() not in waiting
            mine.append({**message, "state": "read" if seen else "delivered" if taken else "sent"})
        everything = sorted([*reversed(mine), *theirs], key=lambda message: int(message["at"]))
        return with_reactions(everything, self._reactions)

    def file(self, message_id: str) -> File:
        """Return the file of a message."""
        if message_id in self._files:
            return self._files[message_id]
        sent = next((sent for sent in self.customer.got if sent.id == message_id), None)
        if sent is None:
            raise LookupError(message_id)
        part = sent.body[sent.body["type"]]
        held = self._api.world.files[part["id"]]
        return File(part.get("filename", ""), held.type, held.content)

    def types(self) -> bool:
        """Tell whether the app shows that the business types: for 25 s, or until its message."""
        world = self._api.world
        assert isinstance(world.signals, Timed)
        assert isinstance(world.sent, Timed)
        person, received = self.customer.person, world.received
        mine = [received[s["message_id"]] is person and "typing_indicator" in s for s in world.signals]
        began = world.signals.latest(mine)
        answered = world.sent.latest([sent.customer is person for sent in world.sent])
        return began > answered and time.monotonic() - began < TYPING_S

    def _keep(self, message_id: str, **content: Any) -> None:
        self._mine.append(shown(message_id, self._api.clock(), mine=True, **content))

    def _of_business(self, sent: Sent) -> Json:
        body, kind = sent.body, str(sent.body["type"])
        more: Json = {"quote": body.get("context", {}).get("message_id")}
        text = sent.text
        if kind == "interactive":
            action = body["interactive"]["action"]
            rows = [row for section in action.get("sections", ()) for row in section["rows"]]
            more["choices"] = [button["reply"] for button in action.get("buttons", ())] or rows
            more["list"] = action.get("button")
        elif kind == "template":
            text, more["label"] = self._template(body["template"]), "template"
        elif kind == "location":
            text, more["place"] = "", body["location"]
        elif kind in _FILES:
            more["file"] = about(self.file(sent.id))
        state = "read" if sent.id in self._read else "delivered"
        return shown(sent.id, sent.at, mine=False, text=text, state=state, **more)

    def _template(self, used: Json) -> str:
        written = next(
            part["text"]
            for template in self._api.world.templates
            if (template["name"], template["language"]) == (used["name"], used["language"]["code"])
            for part in template["components"]
            if part["type"] == "BODY"
        )
        fields = [field["text"] for part in used.get("components", ()) for field in part["parameters"]]
        return _PLACE.sub(lambda place: str(fields[int(place[1]) - 1]), written)


def _kind(file_type: str) -> str:
    if file_type in ("image/jpeg", "image/png"):
        return "image"
    if file_type == "image/webp":
        return "sticker"
    family = file_type.partition("/")[0]
    return family if family in ("audio", "video") else "document"
