"""What a channel answers that has no more than texts: the parts of the port that a new channel may leave out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from connectors.base import Finding, TemplateShape, Webhook
from connectors.outgoing import FetchFailed, Signal
from handoff.errors import InvalidInput

_NOTHING: tuple[bytes, ...] = ()


class PlainChannel:
    """Half a channel: what is left is `name`, `capabilities`, `verify`, `parse`, `send` and `close`."""

    name = "plain"
    max_webhook_bytes = 256 * 1024

    def greet(self, webhook: Webhook) -> str | None:  # noqa: ARG002
        """Answer no GET."""
        return None

    async def signal(self, to: Sequence[str], signal: Signal, ref: str | None) -> None:
        """Show nothing."""

    async def fetch(self, ref: str) -> AsyncIterator[bytes]:  # noqa: ARG002
        """Have no files."""
        for chunk in _NOTHING:
            yield chunk
        raise FetchFailed("This channel has no files.", permanent=True)

    async def check(self, webhook_url: str | None) -> Sequence[Finding]:  # noqa: ARG002
        """Find nothing."""
        return ()

    async def set_webhook(self, url: str) -> None:
        """Leave it to a person."""
        raise InvalidInput(f"Tell {self.name} yourself to send its webhooks to {url}.")

    async def templates(self) -> Sequence[TemplateShape]:
        """Have none."""
        return ()
