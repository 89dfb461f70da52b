"""The channel port over the WhatsApp Cloud API."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from connectors.base import Capabilities, Finding, Pace, TemplateShape, Webhook
from connectors.events import Forged, InboundEvent
from connectors.outgoing import (
    Accepted,
    FileOut,
    MessageOut,
    PlaceOut,
    Rejected,
    RetryAfter,
    SendOutcome,
    Signal,
    TemplateOut,
    TextOut,
    Unknown,
)
from connectors.whatsapp import setup
from connectors.whatsapp.addresses import recipients
from connectors.whatsapp.bodies import FILE_TYPES, file_body, place_body, template_body, text_body
from connectors.whatsapp.errors import MEDIA_GONE, NOT_BY_USER_ID, PAIR_LIMIT, outcome_of
from connectors.whatsapp.fields import kept_id, listed, raw_id
from connectors.whatsapp.graph import Graph, GraphFailure, NoAnswer, NotSent, Refused
from connectors.whatsapp.media import Uploads, download
from connectors.whatsapp.options import WhatsAppOptions
from connectors.whatsapp.parsing import parse
from connectors.whatsapp.templates import approved
from handoff.attachment import AttachmentKind
from handoff.clock import Clock, system_clock

_log = logging.getLogger(__name__)

_MEGABYTE = 1024 * 1024
_CHALLENGE = re.compile(r"[\w.-]{1,256}", re.ASCII)
_SIGNATURE = "sha256="
_SIGNAL_S = 3.0
_MOST_LIMITED = 10_000

CAPABILITIES = Capabilities(
    max_text=4096,
    max_interactive=1024,
    max_caption=1024,
    max_buttons=3,
    button_title=20,
    list_rows=10,
    row_title=24,
    row_description=72,
    media={
        AttachmentKind.IMAGE: 5 * _MEGABYTE,
        AttachmentKind.AUDIO: 16 * _MEGABYTE,
        AttachmentKind.VIDEO: 16 * _MEGABYTE,
        AttachmentKind.DOCUMENT: 100 * _MEGABYTE,
    },
    uncaptioned=frozenset({AttachmentKind.AUDIO}),
    places=True,
    typing=True,
    read=True,
    edit=True,
    receipts=True,
    session_window_s=24 * 3600,
    templates=True,
    # There is no idempotency key: what was sent without an answer is known by its statuses, or not at all.
    dedupes=False,
    pace=Pace(per_second=80, burst=45, seconds_each=6),
)


class WhatsApp:
    """One WhatsApp number, as a channel.

    Args:
        options: the number, and what the platform was told of us.
        clock: tells how old an upload is.
    """

    name = "whatsapp"
    capabilities = CAPABILITIES
    max_webhook_bytes = 4 * _MEGABYTE
    """Meta sends at most 3 MB."""

    def __init__(self, options: WhatsAppOptions, clock: Clock = system_clock) -> None:
        self._options = options
        self._graph = Graph(options.graph_url, options.graph_version, options.token, options.timeout_s)
        self._messages = f"{options.phone_number_id}/messages"
        self._uploads = Uploads(self._graph, options.phone_number_id, clock)
        self._pair_refusals: OrderedDict[str, int] = OrderedDict()

    # what comes in

    def verify(self, webhook: Webhook) -> None:
        """Check the HMAC-SHA256 of the raw body under the app secret; see `Channel.verify`."""
        shown = webhook.headers.get("x-hub-signature-256", "")
        due = hmac.new(self._options.app_secret.encode(), webhook.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), f"{_SIGNATURE}{due}".encode()):
            raise Forged("The webhook does not carry WhatsApp's signature.")

    def greet(self, webhook: Webhook) -> str | None:
        """Return the challenge of a request that shows our verify token; see `Channel.greet`."""
        shown = webhook.query.get("hub.verify_token", "").encode("utf-8", "surrogateescape")
        challenge = webhook.query.get("hub.challenge", "")
        right = hmac.compare_digest(shown, self._options.verify_token.encode())
        # Only what a challenge may look like is echoed: the answer is shown to whoever knows the token.
        if webhook.query.get("hub.mode") != "subscribe" or not right or not _CHALLENGE.fullmatch(challenge):
            raise Forged("The request does not show the verify token.")
        return challenge

    def parse(self, body: bytes) -> Sequence[InboundEvent]:
        """See `connectors.whatsapp.parsing.parse`."""
        return parse(body, self._options.phone_number_id)

    def fetch(self, ref: str) -> AsyncIterator[bytes]:
        """See `connectors.whatsapp.media.download`."""
        return download(self._graph, self._options.phone_number_id, ref)

    # what goes out

    async def send(self, to: Sequence[str], message: MessageOut, idempotency_key: str) -> SendOutcome:
        """Send one message, by user id where there is one; see `Channel.send`.

        The key comes back with each status (`biz_opaque_callback_data`), so a send whose answer was lost is found.
        """
        ways = recipients(to)
        if not ways:
            return Rejected("no_recipient", "WhatsApp knows no way to this customer; reach them in another.")
        wrong = _not_takeable(message)
        if wrong is not None:
            return wrong
        outcome = await self._send(ways, message, idempotency_key)
        refused_file = isinstance(outcome, Rejected) and outcome.code in MEDIA_GONE
        if refused_file and isinstance(message, FileOut) and self._uploads.forget(message):
            # The platform may have dropped what was uploaded for an earlier message.
            outcome = await self._send(ways, message, idempotency_key)
        return outcome

    async def signal(self, to: Sequence[str], signal: Signal, ref: str | None) -> None:  # noqa: ARG002 - the ref tells
        """Mark the message `ref` as read, and show typing with the same call; see `Channel.signal`."""
        if ref is None:
            return
        body: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": ref}
        if signal is Signal.TYPING:
            body["typing_indicator"] = {"type": "text"}
        try:
            await self._graph.post(self._messages, body, timeout_s=_SIGNAL_S)
        except GraphFailure as failure:
            _log.debug("WhatsApp did not take a %s signal: %s", signal.value, failure)

    async def _send(self, ways: Sequence[Mapping[str, str]], message: MessageOut, key: str) -> SendOutcome:
        try:
            body = await self._body(message)
        except Refused as refused:
            return outcome_of(refused.error)
        except GraphFailure:
            # An upload reaches nobody, so one without an answer is simply made again.
            return RetryAfter(None, "upload", "The file could not be uploaded to WhatsApp.")
        envelope = {"messaging_product": "whatsapp", "recipient_type": "individual", "biz_opaque_callback_data": key}
        outcome: SendOutcome = Unknown()
        for way in ways:
            outcome = await self._post({**envelope, **way, **body}, pair="".join(way.values()))
            if not (isinstance(outcome, Rejected) and outcome.code == NOT_BY_USER_ID):
                break
        return outcome

    async def _post(self, body: Mapping[str, Any], pair: str) -> SendOutcome:
        try:
            answer = await self._graph.post(self._messages, body)
        except NotSent:
            return RetryAfter(None, "unreachable", "WhatsApp cannot be reached.")
        except NoAnswer:
            return Unknown("WhatsApp did not answer in time; a status will tell whether it was sent.")
        except Refused as refused:
            return self._refused(refused, pair)
        self._pair_refusals.pop(pair, None)
        taken = [raw_id(item, "id") for item in listed(answer, "messages") if isinstance(item, dict)]
        if not taken or not taken[0]:
            return Unknown("WhatsApp's answer names no message; a status will tell whether it was sent.")
        return Accepted(kept_id(taken[0]))

    def _refused(self, refused: Refused, pair: str) -> SendOutcome:
        before = self._pair_refusals.get(pair, 0)
        if refused.error.code == PAIR_LIMIT:
            self._pair_refusals[pair] = before + 1
            self._pair_refusals.move_to_end(pair)
            while len(self._pair_refusals) > _MOST_LIMITED:
                self._pair_refusals.popitem(last=False)
        return outcome_of(refused.error, pair_refusals=before)

    async def _body(self, message: MessageOut) -> Mapping[str, Any]:
        if isinstance(message, TextOut):
            return text_body(message)
        if isinstance(message, FileOut):
            return file_body(message, await self._uploads.id_of(message))
        if isinstance(message, PlaceOut):
            return place_body(message)
        return template_body(message)

    # what an operator asks for

    async def templates(self) -> Sequence[TemplateShape]:
        """Return the approved templates that Baton can fill; empty when they can't be read now."""
        if not self._options.account_id:
            return ()
        try:
            return await approved(self._graph, self._options.account_id)
        except GraphFailure as failure:
            _log.warning("WhatsApp's templates cannot be read: %s", failure)
            return ()

    async def check(self, webhook_url: str | None) -> Sequence[Finding]:
        """See `connectors.whatsapp.setup.check`."""
        return await setup.check(self._graph, self._options, webhook_url)

    async def set_webhook(self, url: str) -> None:
        """See `connectors.whatsapp.setup.set_webhook`."""
        await setup.set_webhook(self._graph, self._options, url)

    async def close(self) -> None:
        """Let go of connections."""
        await self._graph.close()


def _not_takeable(message: MessageOut) -> Rejected | None:
    """Say what the platform would refuse in words that help less than ours."""
    if isinstance(message, FileOut):
        file = message.attachment
        known = FILE_TYPES.get(file.kind)
        if known is not None and file.type not in known:
            types = ", ".join(known)
            return Rejected("media_type", f"WhatsApp shows {file.kind.value} files of these types only: {types}.")
        if message.caption and file.kind in CAPABILITIES.uncaptioned:
            return Rejected("caption", "WhatsApp shows no text with a sound file; send the text by itself.")
    if isinstance(message, TemplateOut) and not all(field.strip() for field in message.template.fields):
        return Rejected("132000", "A field of the template is empty; fill each one.")
    return None
