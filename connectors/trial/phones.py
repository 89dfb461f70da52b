"""The phones on the trial page: who holds them, and what they show; `phone_whatsapp` and `phone_telegram` are two.

What a phone shows is plain JSON, made anew for each look from what the played platforms know.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from handoff.clock import Clock, system_clock

T = TypeVar("T")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody to be: the same person, with the same number, on either platform.

    Args:
        id: for addresses.
        name: as they call themselves.
        language: the tag of their apps' language.
        phone: digits only.
        chat: their number at Telegram.
        hides_phone: WhatsApp tells the business their user id only.
    """

    id: str
    name: str
    language: str
    phone: str
    chat: int
    hides_phone: bool = False


PEOPLE = (
    Who("oliver", "Oliver Grant", "en", "4520123401", 5_550_001),
    Who("sofie", "Sofie Holm", "da", "4520123402", 5_550_002),
    Who("irina", "Ирина Соколова", "ru", "4520123403", 5_550_003),
    Who("wei", "陈伟", "zh", "4520123404", 5_550_004),
    Who("layla", "ليلى حداد", "ar", "4520123405", 5_550_005, hides_phone=True),
)


@dataclass(frozen=True, slots=True)
class File:
    """A file on a phone."""

    name: str
    type: str
    content: bytes


class Phone(Protocol):
    """One person's phone with one app. Ids of messages are text; what names none raises LookupError."""

    def write(self, text: str, reply_to: str | None) -> None:
        """Write a text, perhaps as a reply to a message."""

    def press(self, choice: str) -> None:
        """Press a button or choose a row."""

    def send(self, file: File, caption: str) -> None:
        """Send a file as what it is."""

    def place(self, latitude: float, longitude: float) -> None:
        """Share a place."""

    def card(self, phone: str, name: str) -> None:
        """Share a contact card."""

    def react(self, message_id: str, emoji: str | None) -> None:
        """React to a message, or take the reaction back."""

    def read(self) -> None:
        """Have read what came."""

    def messages(self) -> list[Json]:
        """Return what the phone shows, oldest first; `shown` tells the fields."""

    def file(self, message_id: str) -> File:
        """Return the file of a message."""

    def types(self) -> bool:
        """Tell whether the app shows that the other side types."""


class Timed(list[T]):
    """A list that knows when each item came, by `time.monotonic()`."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def append(self, item: T) -> None:
        """Add an item that comes now."""
        super().append(item)
        self.times.append(time.monotonic())

    def latest(self, wanted: Sequence[bool]) -> float:
        """Return when the last of those that are wanted came; 0 for none."""
        return max((at for at, is_one in zip(self.times, wanted, strict=True) if is_one), default=0.0)


class TravelClock:
    """The present instant, and as far ahead of it as one likes."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self.ahead_ms = 0

    def __call__(self) -> int:
        """Return milliseconds since the Unix epoch."""
        return self._clock() + self.ahead_ms


def shown(message_id: object, at: int, *, mine: bool, text: str = "", **more: Any) -> Json:
    """Return a message as the page gets it.

    Args:
        message_id: the platform's.
        at: milliseconds since the Unix epoch.
        mine: the person sent it.
        text: what it says.
        more: `choices` (each with `id`, `title`, perhaps `description` and `pressed`: "", "waits" or "done"), `list`
            (the word on the button that opens them), `file` (`name`, `type`, `bytes`), `place`, `card`, `quote` (id of
            the message it answers), `share` (the button in place of the keyboard that shares one's number), `reaction`,
            `state` (how far it came), `edited`, `label` (its kind).
    """
    return {"id": str(message_id), "at": at, "mine": mine, "text": text, **{k: v for k, v in more.items() if v}}


def about(file: File) -> Json:
    """Return what the page shows of a file."""
    return {"name": file.name, "type": file.type, "bytes": len(file.content)}


def with_reactions(messages: Sequence[Json], reactions: Mapping[str, str]) -> list[Json]:
    """Put the person's reactions beside the messages."""
    return [{**m, "reaction": reactions[m["id"]]} if m["id"] in reactions else dict(m) for m in messages]
