"""What the played Graph API knows: the business, its customers, templates, files, and what was sent."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handoff.clock import Clock

WINDOW_MS = 24 * 3600 * 1000
MEDIA_URL_MS = 5 * 60 * 1000
_PAIR_BURST = 45
_PAIR_MS = 6000
_A_SECOND = 80


class Refusal(Exception):
    """What the platform answers instead: an error code, and the status of HTTP that comes with it."""

    def __init__(self, code: int, details: str, status: int = 400) -> None:
        super().__init__(details)
        self.code = code
        self.details = details
        self.status = status


@dataclass(frozen=True, slots=True)
class Business:
    """One business with one number, as the platform's console shows it; every id is made up."""

    token: str = field(repr=False)
    app_secret: str = field(repr=False)
    app_id: str = "500100200300400"
    phone_number_id: str = "100200300400500"
    account_id: str = "200300400500600"
    display_number: str = "4520000001"
    name: str = "Fern & Harbour"
    scopes: tuple[str, ...] = ("whatsapp_business_messaging", "whatsapp_business_management")
    expires_at: int = 0


@dataclass(slots=True)
class Person:
    """Somebody with WhatsApp: a phone number that they may hide, and an id that the business knows them by."""

    phone: str
    user_id: str
    name: str = "Kim"
    hides_phone: bool = False
    wrote_at: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the platform took."""

    id: str
    customer: Person | None
    body: Mapping[str, Any]
    at: int

    @property
    def key(self) -> str:
        """What comes back with each status."""
        return str(self.body.get("biz_opaque_callback_data", ""))

    @property
    def text(self) -> str:
        """What the customer reads, a caption or a template's fields included."""
        kind = self.body["type"]
        part = self.body[kind]
        if kind == "text":
            return str(part["body"])
        if kind == "interactive":
            return str(part["body"]["text"])
        if kind == "template":
            fields = [p["text"] for c in part.get("components", ()) for p in c.get("parameters", ())]
            return " | ".join([part["name"], *fields])
        return str(part.get("caption") or part.get("name") or "")


@dataclass(frozen=True, slots=True)
class File:
    """A file that the platform holds."""

    id: str
    content: bytes
    type: str
    at: int


@dataclass(slots=True)
class World:
    """Everything that the platform knows.

    Args:
        business: whose calls it takes.
        clock: tells the time; the window, the addresses of files and the limits go by it.
        limited: whether it keeps its limits of messages a second.
    """

    business: Business
    clock: Clock
    limited: bool = True
    people: list[Person] = field(default_factory=list)
    templates: list[Mapping[str, Any]] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    signals: list[Mapping[str, Any]] = field(default_factory=list)
    received: dict[str, Person] = field(default_factory=dict)
    callback: str = ""
    verify_token: str = ""
    fields: tuple[str, ...] = ()
    subscribed: bool = False
    _pairs: dict[str, float] = field(default_factory=dict)
    _second: tuple[int, int] = (0, 0)

    def person(self, phone: str = "4520123456", name: str = "Kim", *, hides_phone: bool = False) -> Person:
        """Return the customer with this number; they get WhatsApp now if they had none."""
        for known in self.people:
            if known.phone == phone:
                return known
        made = Person(phone, f"DK.{7_000_000_000_000 + int(phone) % 1_000_000_007}", name, hides_phone)
        self.people.append(made)
        return made

    def named(self, body: Mapping[str, Any]) -> Person | None:
        """Return the customer that a send names by `to` or `recipient`; None for somebody without WhatsApp."""
        digits = str(body.get("to", "")).removeprefix("+")
        for known in self.people:
            # A number takes precedence where both are given.
            if known.phone == digits or (not digits and known.user_id == body.get("recipient")):
                return known
        return None

    def keep(self, content: bytes, media_type: str) -> File:
        """Hold a file."""
        kept = File(str(10**15 + secrets.randbelow(9 * 10**15)), content, media_type, self.clock())
        self.files[kept.id] = kept
        return kept

    def new_message_id(self) -> str:
        """Return an id that looks like those of the platform."""
        return f"wamid.{secrets.token_urlsafe(36)}=="

    def open_window(self, customer: Person | None) -> bool:
        """Tell whether the customer wrote within the last 24 hours."""
        return customer is not None and customer.wrote_at is not None and self.clock() - customer.wrote_at < WINDOW_MS

    def count(self, recipient: str) -> None:
        """Count one send against the limits.

        Raises:
            Refusal: 130429 over 80 a second, 131056 when a recipient's burst of 45 is used up and 6 s have not passed.
        """
        if not self.limited:
            return
        now = self.clock()
        second, many = self._second
        many = many + 1 if second == now // 1000 else 1
        self._second = (now // 1000, many)
        if many > _A_SECOND:
            raise Refusal(130429, "Rate limit hit", 429)
        # When the recipient's burst would be whole again; a burst away is as far as it may lie.
        whole = max(self._pairs.get(recipient, 0.0), now) + _PAIR_MS
        if whole - now > _PAIR_BURST * _PAIR_MS:
            raise Refusal(131056, "(Business Account, Consumer Account) pair rate limit hit")
        self._pairs[recipient] = whole
