"""The channel port: what a messaging platform's adapter does, and nothing else.

An adapter verifies, parses (`connectors.events`) and sends (`connectors.outgoing`). It keeps nothing, decides nothing,
and knows neither the bot nor the desk: what it parses goes to `connectors.messaging.reception`, what it sends comes
from `connectors.messaging.sender`, already rendered within its capabilities. docs/channels.md shows how to write one;
every adapter passes tests/connectors/conformance.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from connectors.events import InboundEvent
from connectors.outgoing import MessageOut, SendOutcome, Signal
from handoff.attachment import AttachmentKind

# what a platform can do

Units = Literal["code points", "UTF-16"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform lets us send.

    Args:
        per_second: messages a second over all recipients.
        burst: messages to one recipient that may follow each other at once.
        seconds_each: seconds after which one recipient may get another one, once the burst is used up.
    """

    per_second: float = 30.0
    burst: int = 1
    seconds_each: float = 1.0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can show and do; 0, empty or None where it cannot. Lengths are characters unless said otherwise.

    Args:
        max_text: of a text without buttons.
        max_interactive: of a text with buttons or a list.
        max_caption: of the text under a file.
        max_buttons: buttons under one text.
        button_title: of a button.
        list_rows: rows of a list, which is offered when there are more choices than buttons.
        row_title: of a row.
        row_description: of the line under a row's title, which takes what the title cannot hold.
        media: the most bytes of each kind of file that may be sent.
        uncaptioned: the kinds of file that can't have a text under them.
        places: a place can be sent as a place.
        asks_phone: a text that asks for the customer's phone number may have a button that shares it.
        typing: the customer can be shown that somebody types.
        read: the customer can be shown that their message was read.
        edit: a contact may edit what they sent.
        receipts: the platform reports deliveries.
        session_window_s: seconds after the contact's last message in which we may write freely.
        templates: approved templates may be sent outside that window.
        dedupes: a repeated idempotency key is sent once, so a send without an answer may be repeated.
        units: how the platform counts characters.
        pace: how fast we may send.
    """

    max_text: int
    max_interactive: int = 0
    max_caption: int = 0
    max_buttons: int = 0
    button_title: int = 0
    list_rows: int = 0
    row_title: int = 0
    row_description: int = 0
    media: Mapping[AttachmentKind, int] = field(default_factory=dict)
    uncaptioned: frozenset[AttachmentKind] = frozenset()
    places: bool = False
    asks_phone: bool = False
    typing: bool = False
    read: bool = False
    edit: bool = False
    receipts: bool = False
    session_window_s: int | None = None
    templates: bool = False
    dedupes: bool = False
    units: Units = "code points"
    pace: Pace = Pace()


# the port


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request at `/webhooks/<channel>`.

    Args:
        method: GET or POST.
        headers: by lower-case name; a header that came twice has only its first value.
        query: the query string's fields.
        body: the raw bytes, before anything has looked at them.
    """

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `baton channel check` looked at; `advice`, which what is well may have too, says what to do."""

    what: str
    well: bool
    advice: str = ""


@dataclass(frozen=True, slots=True)
class TemplateShape:
    """An approved template as an agent chooses it: its text with places `{{1}}`, …, and how many there are."""

    name: str
    language: str
    text: str
    places: int


class Channel(Protocol):
    """One messaging platform."""

    @property
    def name(self) -> str:
        """The channel's name: lower case, one word, in addresses, settings and logs."""

    @property
    def capabilities(self) -> Capabilities:
        """What the platform can show and do."""

    @property
    def max_webhook_bytes(self) -> int:
        """Bytes that a webhook of this platform may have."""

    def verify(self, webhook: Webhook) -> None:
        """Make sure that the platform sent this; constant time, over the raw bytes, and closed when nothing is set up.

        Raises:
            Forged: it did not.
        """

    def greet(self, webhook: Webhook) -> str | None:
        """Return the answer to a GET by which the platform tries the address out; None where it never does.

        Raises:
            Forged: the platform did not ask.
        """

    def parse(self, body: bytes) -> Sequence[InboundEvent]:
        """Return every item of a webhook, in order; pure. What is of no use comes as `Ignored`, never as an error.

        Raises:
            Unreadable: the body is not what this platform sends at all.
        """

    async def send(self, to: Sequence[str], message: MessageOut, idempotency_key: str) -> SendOutcome:
        """Send one message to the contact with these ids, the most lasting first; what a platform does never raises.

        Args:
            idempotency_key: the same for every try of the same message, at most 128 characters.
        """

    async def signal(self, to: Sequence[str], signal: Signal, ref: str | None) -> None:
        """Show the customer a passing thing, if the platform can; failures are of no account.

        Args:
            ref: the `signal_ref` of the message that was seen or is being answered.
        """

    def fetch(self, ref: str) -> AsyncIterator[bytes]:
        """Yield the bytes of a contact's file.

        Raises:
            FetchFailed: it can't be had.
        """

    async def check(self, webhook_url: str | None) -> Sequence[Finding]:
        """Look whether token, identity and webhook are as they should be; for `baton channel check`."""

    async def set_webhook(self, url: str) -> None:
        """Tell the platform where to send webhooks; raises InvalidInput with what to do where that needs a person."""

    async def templates(self) -> Sequence[TemplateShape]:
        """Return the approved templates; empty where the platform has none."""

    async def close(self) -> None:
        """Let go of connections."""


class PollingChannel(Channel, Protocol):
    """A platform that can also be asked for what is new, for those without a public address."""

    def poll(self) -> AsyncIterator[Sequence[InboundEvent]]:
        """Yield batches for ever; a batch counts as taken only when the next one is asked for."""
