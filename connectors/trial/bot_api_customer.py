"""Somebody who writes to the bot on the played Bot API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.trial.bot_api import BOT, FakeBotApi, Sent

_KINDS = {
    "photo": "image/jpeg",
    "document": "application/pdf",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "animation": "video/mp4",
}


class Customer:
    """A person with a private chat.

    Args:
        api: the played platform.
        id: theirs, and of the chat.
        name: first and perhaps last name.
        language: the tag of their app's language.
    """

    def __init__(self, api: FakeBotApi, id: int = 5_550_001, name: str = "Mia Krog", language: str = "en") -> None:  # noqa: A002
        first, _, last = name.partition(" ")
        self.id = id
        self.user = {"id": id, "is_bot": False, "first_name": first, "last_name": last, "language_code": language}
        self.chat = {"id": id, "type": "private", "first_name": first, "last_name": last}
        self._api = api
        self._written: dict[int, dict[str, Any]] = {}
        api.chats[id] = self.chat

    @property
    def got(self) -> list[Sent]:
        """What the bot sent to them, oldest first."""
        return [sent for sent in self._api.sent if sent.chat_id == self.id]

    def write(self, text: str, *, reply_to: int | None = None) -> int:
        """Write a text; returns the message's id."""
        quoted = {"reply_to_message": self._quoted(reply_to)} if reply_to is not None else {}
        return self._send({"text": text, **quoted})

    def press(self, choice: str) -> str:
        """Press the button with this data under the latest message that has it; returns the id of the press."""
        shown = [sent for sent in self.got if choice in dict(sent.buttons).values()]
        if not shown:
            raise LookupError(f"No message of the bot has a button {choice!r}.")
        press_id = f"{self.id}{self._api.next_id():06d}"
        self._api.pressed.add(press_id)
        under = self._of_bot(shown[-1].message_id, shown[-1].text)
        self._api.post.put(
            "callback_query",
            {"id": press_id, "from": self.user, "message": under, "chat_instance": "-1", "data": choice},
        )
        return press_id

    def send_file(self, kind: str, content: bytes, *, name: str = "", caption: str = "", type: str = "") -> int:  # noqa: A002
        """Send a file as `photo`, `document`, `voice`, `audio`, `video`, `video_note` or `animation`."""
        file_id = self._api.keep(content)
        file: dict[str, Any] = {"file_id": file_id, "file_unique_id": file_id, "file_size": len(content)}
        sides = {"width": 90, "height": 67} if kind in ("photo", "video", "animation") else {}
        lasting = {} if kind in ("photo", "document") else {"duration": 3}
        if kind == "photo":
            small = {**file, "file_id": self._api.keep(content[:16]), "file_size": len(content[:16])}
            sent: Any = [{**small, **sides}, {**file, "width": 800, "height": 600}]
        else:
            length = {"length": 240} if kind == "video_note" else {}
            named = {"file_name": name} if name else {}
            sent = {**file, **sides, **lasting, **length, **named, "mime_type": type or _KINDS[kind]}
        return self._send({kind: sent, **({"caption": caption} if caption else {})})

    def share_contact(self, phone: str, *, own: bool = True, name: str = "") -> int:
        """Share a card; `own` is what "share my contact" in the chat's menu sends."""
        card = {"phone_number": phone, "first_name": name or self.user["first_name"]}
        return self._send({"contact": {**card, "user_id": self.id} if own else card})

    @property
    def keyboard(self) -> Sent | None:
        """The message whose keyboard is in place of the phone's own, hidden or not; None for none."""
        last = next((sent for sent in reversed(self.got) if sent.markup.keyboard or sent.markup.removes), None)
        return last if last is not None and last.markup.keyboard else None

    def press_share(self, phone: str) -> int:
        """Press the keyboard's button that shares one's own number; the app sends it as an answer to the message."""
        shown = self.keyboard
        if shown is None or not shown.markup.asks_contact:
            raise LookupError("The bot does not ask for a phone number.")
        card = {"phone_number": phone, "first_name": self.user["first_name"], "user_id": self.id}
        return self._send({"contact": card, "reply_to_message": self._quoted(shown.message_id)})

    def share_location(self, latitude: float, longitude: float) -> int:
        """Share a place."""
        return self._send({"location": {"latitude": latitude, "longitude": longitude}})

    def edit(self, message_id: int, text: str) -> None:
        """Change what was written."""
        changed = {**self._written[message_id], "text": text, "edit_date": self._api.clock() // 1000}
        self._written[message_id] = changed
        self._api.post.put("edited_message", changed)

    def react(self, message_id: int, emoji: str | None) -> None:
        """React to a message, or take the reaction back."""
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        about = {"chat": self.chat, "message_id": message_id, "user": self.user, "date": self._api.clock() // 1000}
        self._api.post.put("message_reaction", {**about, "old_reaction": [], "new_reaction": new})

    def block(self) -> None:
        """Block the bot."""
        self._api.blocked.add(self.id)
        self._membership("member", "kicked")

    def unblock(self) -> None:
        """Start the bot again."""
        self._api.blocked.discard(self.id)
        self._membership("kicked", "member")

    def _membership(self, before: str, after: str) -> None:
        def standing(status: str) -> Mapping[str, Any]:
            until = {"until_date": 0} if status == "kicked" else {}
            return {"user": BOT, "status": status, **until}

        change = {"chat": self.chat, "from": self.user, "date": self._api.clock() // 1000}
        change |= {"old_chat_member": standing(before), "new_chat_member": standing(after)}
        self._api.post.put("my_chat_member", change)

    def _send(self, content: Mapping[str, Any]) -> int:
        message_id = self._api.next_id()
        message = {"message_id": message_id, "from": self.user, "chat": self.chat, "date": self._api.clock() // 1000}
        self._written[message_id] = {**message, **content}
        self._api.post.put("message", self._written[message_id])
        return message_id

    def _quoted(self, message_id: int) -> Mapping[str, Any]:
        if message_id in self._written:
            return self._written[message_id]
        said = next((sent.text for sent in self._api.sent if sent.message_id == message_id), "")
        return self._of_bot(message_id, said)

    def _of_bot(self, message_id: int, text: str) -> Mapping[str, Any]:
        about = {"message_id": message_id, "from": BOT, "chat": self.chat}
        return {**about, "date": self._api.clock() // 1000, "text": text}
