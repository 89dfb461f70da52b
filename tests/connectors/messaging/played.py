"""A channel that does as a test says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from connectors.base import Capabilities, Pace, TemplateShape, Webhook
from connectors.events import Address, InboundEvent, MessageReceived
from connectors.messaging.plain import PlainChannel
from connectors.outgoing import Accepted, FileOut, MessageOut, PlaceOut, SendOutcome, Signal, TextOut

FAST = Pace(per_second=1e6, burst=10**6, seconds_each=0.0)
KIM = Address(("u:kim",), name="Kim Holm", language="en")


@dataclass
class PlayedChannel(PlainChannel):
    """Takes what it is sent, unless `outcomes` say otherwise, one each; `taken` holds (key, message)."""

    capabilities: Capabilities = field(default_factory=lambda: Capabilities(max_text=1000, pace=FAST))
    outcomes: list[SendOutcome | Exception] = field(default_factory=list)
    taken: list[tuple[str, MessageOut]] = field(default_factory=list)
    signals: list[tuple[Signal, str | None]] = field(default_factory=list)
    before_send: Callable[[], Awaitable[None]] | None = None
    name = "played"
    files: dict[str, bytes] = field(default_factory=dict)
    shapes: tuple[TemplateShape, ...] = ()

    async def templates(self) -> Sequence[TemplateShape]:
        """Return what a test put there."""
        return self.shapes

    def verify(self, webhook: Webhook) -> None:
        """Let everybody in."""

    def parse(self, body: bytes) -> Sequence[InboundEvent]:
        """Read one message a line."""
        return [wrote(line, n) for n, line in enumerate(body.decode().splitlines())]

    async def send(self, to: Sequence[str], message: MessageOut, idempotency_key: str) -> SendOutcome:
        """Do as the next outcome says."""
        if self.before_send is not None:
            await self.before_send()
        outcome = self.outcomes.pop(0) if self.outcomes else Accepted(f"m:{idempotency_key}:{len(self.taken)}")
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, Accepted):
            self.taken.append((idempotency_key, message))
        return outcome

    async def signal(self, to: Sequence[str], signal: Signal, ref: str | None) -> None:
        """Remember it."""
        self.signals.append((signal, ref))

    async def fetch(self, ref: str) -> AsyncIterator[bytes]:
        """Give a file's bytes."""
        yield self.files[ref]

    async def close(self) -> None:
        """Let go of nothing."""

    @property
    def texts(self) -> list[str]:
        """What was taken, in words."""
        return [words(message) for _, message in self.taken]


def words(message: MessageOut) -> str:
    """Return the words of a message."""
    match message:
        case TextOut():
            return message.text
        case FileOut():
            return f"[{message.attachment.kind}] {message.caption}".strip()
        case PlaceOut():
            return f"[place] {message.attachment.name}"
        case _:
            return f"[template] {message.template.name}"


def wrote(text: str, n: int = 1, **fields: object) -> MessageReceived:
    """Return Kim's message number `n`."""
    return MessageReceived(KIM, f"in-{n}", 1_700_000_000_000 + n, text, **fields)  # type: ignore[arg-type]
