"""Telegram on a phone of the trial page."""

from __future__ import annotations

import time
from typing import Any

from connectors.trial.bot_api import FakeBotApi, Sent
from connectors.trial.bot_api_customer import Customer
from connectors.trial.phones import File, Json, Timed, Who, about, shown, with_reactions

TYPING_S = 5.0


class TelegramPhone:
    """A person's Telegram, as they see it.

    Args:
        api: the played platform, with `Timed` lists of what was sent and of its actions.
        who: whose phone it is.
    """

    def __init__(self, api: FakeBotApi, who: Who) -> None:
        self.who = who
        self.customer = Customer(api, who.chat, who.name, who.language)
        self._api = api
        self._mine: list[Json] = []
        self._files: dict[str, File] = {}
        self._reactions: dict[str, str] = {}
        self._presses: dict[str, str] = {}
        self._shared: Sent | None = None

    def write(self, text: str, reply_to: str | None) -> None:
        """Write a text, perhaps as a reply to a message."""
        quoted = None if reply_to is None else _number(reply_to)
        self._keep(self.customer.write(text, reply_to=quoted), text=text, quote=reply_to)

    def press(self, choice: str) -> None:
        """Press a button, which turns until the bot answers."""
        self._presses[choice] = self.customer.press(choice)

    def send(self, file: File, caption: str) -> None:
        """Send a file as what it is."""
        kind = _kind(file.type)
        message_id = self.customer.send_file(kind, file.content, name=file.name, caption=caption, type=file.type)
        self._files[str(message_id)] = file
        self._keep(message_id, text=caption, file=about(file))

    def place(self, latitude: float, longitude: float) -> None:
        """Share a place."""
        place = {"latitude": latitude, "longitude": longitude}
        self._keep(self.customer.share_location(latitude, longitude), place=place)

    def card(self, phone: str, name: str) -> None:
        """Share a contact card; one's own number is what the app's "share my number" sends."""
        own = phone.lstrip("+") == self.who.phone
        self._keep(self.customer.share_contact(phone, own=own, name=name), card={"phone": phone, "name": name})

    def share(self) -> None:
        """Press the button that shares one's own number, which hides with that."""
        self._shared = self.customer.keyboard
        phone = f"+{self.who.phone}"
        message_id = self.customer.press_share(self.who.phone)
        quote = str(self._shared.message_id) if self._shared is not None else None
        self._keep(message_id, card={"phone": phone, "name": self.who.name}, quote=quote)

    def react(self, message_id: str, emoji: str | None) -> None:
        """React to a message, or take the reaction back."""
        self.customer.react(_number(message_id), emoji)
        self._reactions.pop(message_id, None)
        if emoji:
            self._reactions[message_id] = emoji

    def edit(self, message_id: str, text: str) -> None:
        """Change what was written."""
        mine = next((message for message in self._mine if message["id"] == message_id and message["text"]), None)
        if mine is None:
            raise LookupError(message_id)
        self.customer.edit(int(message_id), text)
        mine |= {"text": text, "edited": True}

    def read(self) -> None:
        """Have read what came, which Telegram tells no bot."""

    def block(self, on: bool) -> None:
        """Block the bot, or start it again."""
        if on != self.blocked:
            (self.customer.block if on else self.customer.unblock)()

    @property
    def blocked(self) -> bool:
        """Whether this person has blocked the bot."""
        return self.who.chat in self._api.blocked

    def messages(self) -> list[Json]:
        """Return what the phone shows, oldest first."""
        waiting = {str(update.get("message", {}).get("message_id")) for update in self._api.post.waiting}
        mine = [{**message, "state": "sent" if message["id"] in waiting else "read"} for message in self._mine]
        theirs = [self._of_bot(sent) for sent in self.customer.got]
        # Both sides' ids are counted together.
        return with_reactions(sorted([*mine, *theirs], key=lambda message: int(message["id"])), self._reactions)

    def file(self, message_id: str) -> File:
        """Return the file of a message."""
        if message_id in self._files:
            return self._files[message_id]
        file = next((sent.file for sent in self.customer.got if str(sent.message_id) == message_id), None)
        if file is None:
            raise LookupError(message_id)
        return File(file.name, file.type, file.content)

    def types(self) -> bool:
        """Tell whether the app shows that the bot types: for 5 s, or until its message."""
        actions, sent = self._api.actions, self._api.sent
        assert isinstance(actions, Timed)
        assert isinstance(sent, Timed)
        began = actions.latest([chat == self.who.chat for chat, _ in actions])
        answered = sent.latest([message.chat_id == self.who.chat for message in sent])
        return began > answered and time.monotonic() - began < TYPING_S

    def _keep(self, message_id: int, **content: Any) -> None:
        self._mine.append(shown(message_id, self._api.clock(), mine=True, **content))

    def _of_bot(self, sent: Sent) -> Json:
        more: Json = {"choices": [self._button(title, choice) for title, choice in sent.buttons]}
        if sent is self.customer.keyboard and sent.markup.asks_contact and sent is not self._shared:
            more["share"] = next(button["text"] for row in sent.markup.keyboard for button in row)
        if sent.file is not None:
            more["file"] = about(File(sent.file.name, sent.file.type, sent.file.content))
        if "latitude" in sent.fields:
            place = {name: sent.fields[name] for name in ("latitude", "longitude")}
            more["place"] = {**place, "name": sent.fields.get("title", "")}
        if isinstance(quoted := sent.fields.get("reply_parameters"), dict):
            more["quote"] = str(quoted.get("message_id"))
        return shown(sent.message_id, sent.at, mine=False, text=sent.text, **more)

    def _button(self, title: str, choice: str) -> Json:
        press = self._presses.get(choice)
        state = "" if press is None else "waits" if press in self._api.pressed else "done"
        return {"id": choice, "title": title, "pressed": state}


def _number(message_id: str) -> int:
    if not message_id.isdecimal():
        raise LookupError(message_id)
    return int(message_id)


def _kind(file_type: str) -> str:
    if file_type in ("image/jpeg", "image/png"):
        return "photo"
    if file_type == "audio/ogg":
        return "voice"
    return {"audio/mpeg": "audio", "video/mp4": "video"}.get(file_type, "document")
