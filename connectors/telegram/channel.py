"""Telegram's adapter: verifies and reads webhooks, asks for messages, sends. Nothing is kept here."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import httpx
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from connectors.base import Capabilities, Finding, Pace, TemplateShape, Webhook
from connectors.events import Forged, InboundEvent, Unreadable
from connectors.http import MalformedBody, parse_json
from connectors.outgoing import (
    Accepted,
    FetchFailed,
    MessageOut,
    Rejected,
    SendOutcome,
    Signal,
    TemplateOut,
    Unknown,
)
from connectors.telegram.calls import Line, Refused, outcome_of, quiet
from connectors.telegram.checking import findings
from connectors.telegram.content import MAX_DOWNLOAD
from connectors.telegram.options import TelegramOptions
from connectors.telegram.polling import Poller, Sleep
from connectors.telegram.reading import PRESSED, USED, event_of
from connectors.telegram.sending import MAX_UPLOAD, TooLarge, deliver
from handoff.attachment import AttachmentKind
from handoff.clock import Clock, system_clock
from handoff.errors import InvalidInput

_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
_CHUNK = 64 * 1024
_UNREAD = (KeyError, TypeError, ValueError, AttributeError)
"""What the library meets in an answer that is formally one, but holds another thing than it should."""

_FILES = (AttachmentKind.IMAGE, AttachmentKind.DOCUMENT, AttachmentKind.AUDIO, AttachmentKind.VIDEO)

CAPABILITIES = Capabilities(
    max_text=4096,
    max_interactive=4096,
    max_caption=1024,
    max_buttons=100,
    button_title=64,
    media=dict.fromkeys(_FILES, MAX_UPLOAD),
    places=True,
    asks_phone=True,
    typing=True,
    # Of a message nothing can be shown, but a pressed button shows that it waits until it is answered.
    read=True,
    edit=True,
    # Documented as characters, counted in places as UTF-16; what keeps this one keeps both.
    units="UTF-16",
    pace=Pace(per_second=30.0, burst=3, seconds_each=1.0),
)


class TelegramChannel:
    """One bot on Telegram.

    Args:
        options: what it was told.
        clock: tells the instant, of which a pressed button comes without one.
        sleep: waits some seconds between failed questions for messages.
    """

    name = "telegram"
    capabilities = CAPABILITIES
    max_webhook_bytes = 512 * 1024

    def __init__(self, options: TelegramOptions, *, clock: Clock = system_clock, sleep: Sleep = asyncio.sleep) -> None:
        quiet()
        self._options = options
        self._clock = clock
        url = options.url.rstrip("/")
        self._line, self._poll_line = Line(options.timeout_s), Line(options.timeout_s)
        self._bot = Bot(
            options.token,
            base_url=f"{url}/bot",
            base_file_url=f"{url}/file/bot",
            request=self._line,
            get_updates_request=self._poll_line,
        )
        self._poller = Poller(self._poll_line, f"{self._bot.base_url}/getUpdates", options.poll_s, clock, sleep)
        self._downloads = httpx.AsyncClient(timeout=options.timeout_s)

    # in

    def verify(self, webhook: Webhook) -> None:
        """Let only what shows the secret pass; compared in constant time."""
        # surrogateescape, because a header may hold bytes that are not UTF-8, and those are just a wrong secret.
        shown = webhook.headers.get(_SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, self._options.secret.encode()):
            raise Forged("This webhook does not show the secret that Telegram was given.")

    def greet(self, webhook: Webhook) -> str | None:  # noqa: ARG002 - the port's
        """Answer nothing: Telegram never asks first."""
        return None

    def parse(self, body: bytes) -> Sequence[InboundEvent]:
        """Return the one update of a webhook."""
        try:
            update = parse_json(body)
        except MalformedBody as error:
            raise Unreadable(error.message) from None
        if not isinstance(update, dict):
            raise Unreadable("A webhook of Telegram's is a JSON object.")
        return [event_of(update, self._clock())]

    def poll(self) -> AsyncIterator[Sequence[InboundEvent]]:
        """Yield what is new for ever."""
        return self._poller.batches()

    async def fetch(self, ref: str) -> AsyncIterator[bytes]:
        """Yield the bytes of a contact's file."""
        url = await self._place_of(ref)
        got = 0
        try:
            async with self._downloads.stream("GET", url) as answer:
                if answer.status_code != 200:
                    # The address lasts an hour; asking again gives a new one.
                    message = f"Telegram's file server answered {answer.status_code}; ask for it again."
                    raise FetchFailed(message, permanent=False)
                async for chunk in answer.aiter_bytes(_CHUNK):
                    got += len(chunk)
                    if got > MAX_DOWNLOAD:
                        raise FetchFailed(
                            "The file is larger than the 20 MB that a bot gets; ask for it by e-mail.", permanent=True
                        )
                    yield chunk
        except httpx.HTTPError as error:
            # The error's own words may hold the address, and that the token.
            message = f"The file could not be read from Telegram ({type(error).__name__})."
            raise FetchFailed(message, permanent=False) from None

    # out

    async def send(
        self,
        to: Sequence[str],
        message: MessageOut,
        idempotency_key: str,  # noqa: ARG002 - the port's
    ) -> SendOutcome:
        """Send one message; Telegram knows no idempotency keys, so a send without an answer stays unknown."""
        if isinstance(message, TemplateOut):
            return Rejected("no_templates", "Telegram has no templates; write an ordinary message instead.")
        try:
            sent = await deliver(self._bot, to[0], message)
        except TelegramError as error:
            return outcome_of(error)
        except TooLarge:
            return Rejected("too_large", "The file is larger than the 50 MB that a bot may send; send a link instead.")
        except _UNREAD:
            return Unknown("Telegram's answer cannot be read; the message may have been sent or not.")
        return Accepted(str(sent.message_id))

    async def signal(self, to: Sequence[str], signal: Signal, ref: str | None) -> None:
        """Show that somebody types, or end the waiting of a pressed button."""
        with suppress(TelegramError, *_UNREAD):
            if signal is Signal.TYPING:
                await self._bot.send_chat_action(to[0], ChatAction.TYPING)
            elif ref is not None and ref.startswith(PRESSED):
                await self._bot.answer_callback_query(ref.removeprefix(PRESSED))

    # operators

    async def check(self, webhook_url: str | None) -> Sequence[Finding]:
        """Look at token, identity and webhook."""
        return await findings(self._bot, polling=self._options.polling, webhook_url=webhook_url)

    async def set_webhook(self, url: str) -> None:
        """Tell Telegram where to send webhooks; with polling, that it shall send none."""
        try:
            if self._options.polling:
                await self._bot.delete_webhook(drop_pending_updates=False)
            else:
                await self._bot.set_webhook(url, secret_token=self._options.secret, allowed_updates=USED)
        except TelegramError as error:
            raise InvalidInput(_why_not(error)) from None

    async def templates(self) -> Sequence[TemplateShape]:
        """Return none: one may write to a customer at any time."""
        return ()

    async def close(self) -> None:
        """Let go of connections."""
        for line in (self._line, self._poll_line):
            await line.shutdown()
        await self._downloads.aclose()

    async def _place_of(self, ref: str) -> str:
        try:
            file = await self._bot.get_file(ref)
        except Refused as refused:
            # Everything of 400 is about this file; the rest is about us, or passes.
            gone = refused.status == 400 and "temporarily" not in refused.description
            raise FetchFailed(
                f"Telegram answered {refused.status} for the file; ask for it again.", permanent=gone
            ) from None
        except (TelegramError, *_UNREAD) as error:
            message = f"Telegram could not be asked for a file ({type(error).__name__})."
            raise FetchFailed(message, permanent=False) from None
        if not file.file_path or not file.file_path.startswith(f"{self._bot.base_file_url}/"):
            raise FetchFailed("Telegram told no address for the file; ask for it again.", permanent=True)
        return file.file_path


def _why_not(error: TelegramError) -> str:
    if isinstance(error, Refused) and error.status == 400:
        return (
            "Telegram refused the address: it must be https, on port 443, 80, 88 or 8443, and its name must be known "
            "on the internet; set BATON_PUBLIC_URL."
        )
    if isinstance(error, Refused) and error.status in (401, 404):
        return "Telegram does not know the token; copy it from BotFather into BATON_TELEGRAM_TOKEN."
    return "Telegram did not answer; see that this machine is online, then run the command again."
