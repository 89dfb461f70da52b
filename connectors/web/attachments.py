"""Files of the web chat: a customer uploads for their own conversation, and opens what they can see in it."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import HTTPResponse, Request

from connectors.http import bearer_token
from connectors.listen import App
from connectors.media.exchange import Exchange, streamed
from connectors.media.naming import Naming
from connectors.media.uploads import CONTACT
from connectors.throttle import Rate, Throttle
from connectors.web.kept import kept
from connectors.web.tokens import SessionTokens
from connectors.web.view import is_shown
from handoff.clock import Clock
from handoff.entry import Entry, Kind
from handoff.store.port import ConversationStore

_OF_ONE_CONVERSATION = Rate(burst=20, per_minute=20)
_OF_ONE_ADDRESS = Rate(burst=60, per_minute=60)


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How often files may be uploaded: for one conversation, and from one client address."""

    conversation: Rate = _OF_ONE_CONVERSATION
    address: Rate = _OF_ONE_ADDRESS


class ChatAttachments:
    """The customer's files over HTTP."""

    def __init__(
        self,
        exchange: Exchange,
        conversations: ConversationStore,
        tokens: SessionTokens,
        clock: Clock,
        limits: UploadLimits | None = None,
    ) -> None:
        limits = limits or UploadLimits()
        self._exchange = exchange
        self._conversations = conversations
        self._tokens = tokens
        self._naming = Naming(conversations, is_customers)
        self._conversation = Throttle(limits.conversation, clock, "You are sending many files; wait a little.")
        self._address = Throttle(limits.address, clock, "Many files come from here; wait a little.")

    def attach(self, app: App) -> None:
        """Put the routes on an app."""
        root = "/api/chat/attachments"
        app.add_route(streamed(self.upload), root, methods=["POST"], name="chat_upload", stream=True)
        app.add_route(self.download, f"{root}/<media_id:str>", methods=["GET"], name="chat_download")

    async def upload(self, request: Request) -> HTTPResponse:
        """Take a file for the token's conversation."""
        conversation_id = self._tokens.conversation_of(bearer_token(request))
        self._conversation.spend(conversation_id)
        self._address.spend(request.client_ip)
        await kept(self._conversations, conversation_id)
        return await self._exchange.take_in(request, conversation_id, CONTACT)

    async def download(self, request: Request, media_id: str) -> None:
        """Send a file that the customer sees in their conversation."""
        conversation_id = self._tokens.conversation_of(bearer_token(request))
        await kept(self._conversations, conversation_id)
        attachment = await self._naming.find(conversation_id, media_id)
        await self._exchange.hand_out(request, attachment)


def is_customers(entry: Entry) -> bool:
    """Tell whether a customer may open the files of an entry: what they see, and what came of files they sent."""
    return is_shown(entry) or entry.kind is Kind.MEDIA
