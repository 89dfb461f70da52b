"""The customer's side of docs/contracts.md: sessions, messages, events and the live socket."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sanic import HTTPResponse, Request
from sanic import json as json_response

from connectors.fields import flag, integer, language, prose, text, texts
from connectors.http import bearer_token, read_json, read_query
from connectors.listen import App
from connectors.media.uploads import CONTACT, MAX_FILES, MAX_TOKEN, Uploads
from connectors.socket import Serve, Socket, socket_handler
from connectors.throttle import Rate, Throttle
from connectors.web.feed import Feed
from connectors.web.identity import Identities, host_user
from connectors.web.kept import ended, gone, kept
from connectors.web.tokens import SessionTokens
from handoff.attachment import Attachment
from handoff.clock import Clock
from handoff.errors import ChatEnded, InvalidInput, NotAuthenticated, NotFound
from handoff.gateway import Gateway
from handoff.instants import to_rfc3339
from handoff.model import Conversation
from handoff.notices import ENGLISH
from handoff.store.port import CONTACT_TYPES, ConversationStore, Moved

LONGEST_WAIT_S = 25
"""Seconds that a long poll may wait."""

FIRST_FRAME_S = 10.0
"""Seconds that a new socket has to say who it is."""

_TYPING_EVERY_MS = 1000
_LAST_SEQ = 2**53
_SESSIONS_RATE = Rate(burst=120, per_minute=120)
_MESSAGES_RATE = Rate(burst=60, per_minute=120)


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """How often one caller may do what: open sessions per client address, send messages per conversation."""

    sessions: Rate = _SESSIONS_RATE
    messages: Rate = _MESSAGES_RATE


class ChatRoutes:
    """The web chat over HTTP."""

    def __init__(
        self,
        gateway: Gateway,
        conversations: ConversationStore,
        feed: Feed,
        tokens: SessionTokens,
        identities: Identities,
        clock: Clock,
        limits: ChatLimits,
        uploads: Uploads,
    ) -> None:
        self._gateway = gateway
        self._conversations = conversations
        self._feed = feed
        self._tokens = tokens
        self._identities = identities
        self._clock = clock
        self._uploads = uploads
        self._sessions = Throttle(limits.sessions, clock, "Too many chats were opened from here; wait a little.")
        self._messages = Throttle(limits.messages, clock, "You are writing very fast; wait a little and send it again.")

    def attach(self, app: App) -> None:
        """Put the routes on an app."""
        app.add_route(self.open_session, "/api/chat/sessions", methods=["POST"], name="chat_sessions")
        app.add_route(self.accept_message, "/api/chat/messages", methods=["POST"], name="chat_messages")
        app.add_route(self.end, "/api/chat/end", methods=["POST"], name="chat_end")
        app.add_route(self.events, "/api/chat/events", methods=["GET"], name="chat_events")
        app.add_websocket_route(socket_handler(self.live), "/api/chat/ws", name="chat_ws")

    async def open_session(self, request: Request) -> HTTPResponse:
        """Open a conversation for a stranger or a signed user, or resume one by its token."""
        self._sessions.spend(request.client_ip)
        body = read_json(request, _SESSION)
        if body["token"] is not None:
            conversation_id = await self._resumed(body)
        else:
            conversation_id = await self._opened(body)
        token, expires_at = self._tokens.issue(conversation_id)
        session = {"token": token, "conversation_id": conversation_id, "expires_at": to_rfc3339(expires_at, "seconds")}
        return json_response(session, status=201)

    async def accept_message(self, request: Request) -> HTTPResponse:
        """Keep a message, then say where it stands."""
        conversation_id = self._conversation_of(request)
        self._messages.spend(conversation_id)
        body = read_json(request, _MESSAGE)
        files = await self._named(body["attachments"], conversation_id)
        try:
            accepted = await self._gateway.accept(
                conversation_id,
                external_id=body["client_msg_id"],
                text=text_beside(body["text"], files),
                choice=body["choice"],
                attachments=files,
            )
        except ChatEnded:
            raise ended() from None
        except NotFound:
            await kept(self._conversations, conversation_id)
            raise
        return json_response({"seq": accepted.seq}, status=202)

    async def end(self, request: Request) -> HTTPResponse:
        """End the chat: from now on no token of it opens anything; asked again, the answer is the same."""
        conversation_id = self._conversation_of(request)
        if request.body:
            read_json(request, {})
        try:
            await self._gateway.end(conversation_id)
        except NotFound:
            raise gone() from None
        return HTTPResponse(status=204)

    async def events(self, request: Request) -> HTTPResponse:
        """Answer with the entries past `after`, waiting for one if asked to."""
        conversation_id = self._conversation_of(request)
        query = read_query(request, _EVENTS)
        return json_response(await self._feed.wait(conversation_id, query["after"], query["wait"]))

    def live(self, request: Request) -> Serve:
        """Serve one page's socket: the log past `after`, live, and the page's typing."""
        return partial(self._serve, read_query(request, {"after": _AFTER})["after"])

    async def _named(self, tokens: list[str], conversation_id: str) -> tuple[Attachment, ...]:
        if not tokens:
            return ()
        return await self._uploads.named(tokens, conversation_id, CONTACT)

    # sessions

    async def _resumed(self, body: dict[str, Any]) -> str:
        if body["user"] is not None or body["signature"] is not None:
            raise InvalidInput("Send either a token or a user, not both.")
        conversation_id = self._tokens.conversation_of(body["token"])
        await kept(self._conversations, conversation_id)
        return conversation_id

    async def _opened(self, body: dict[str, Any]) -> str:
        user, signature = body["user"], body["signature"]
        if (user is None) is not (signature is None):
            raise InvalidInput("A user comes with its signature, and a signature with its user.")
        if user is None:
            conversation_id, contact = self._identities.stranger()
        else:
            conversation_id, contact = self._identities.signed(user, signature)
        opened = await self._gateway.open(
            Conversation(conversation_id, contact, "web", self._clock(), language=body["language"])
        )
        return opened.id

    def _conversation_of(self, request: Request) -> str:
        return self._tokens.conversation_of(bearer_token(request))

    # the socket

    async def _serve(self, after: int, socket: Socket) -> None:
        conversation_id = await self._introduced(socket)
        await socket.run_together(self._tell(socket, conversation_id, after), self._hear(socket, conversation_id))

    async def _introduced(self, socket: Socket) -> str:
        try:
            async with asyncio.timeout(FIRST_FRAME_S):
                frame = await socket.receive({"token": text(512)})
        except TimeoutError:
            raise NotAuthenticated("The first frame, with the session token, did not come.") from None
        return self._tokens.conversation_of(frame["token"])

    async def _tell(self, socket: Socket, conversation_id: str, after: int) -> None:
        async for page in self._feed.follow(conversation_id, after):
            await socket.send(page)

    async def _hear(self, socket: Socket, conversation_id: str) -> None:
        typed_at = 0
        while True:
            frame = await socket.receive(_PAGE_FRAME)
            if frame["ping"]:
                await socket.send({"pong": 1})
            now = self._clock()
            if frame["typing"] and now - typed_at >= _TYPING_EVERY_MS:
                typed_at = now
                await self._conversations.announce(Moved(conversation_id, signal=CONTACT_TYPES))


def text_beside(text: str | None, files: Sequence[Attachment]) -> str | None:
    """Return a message's text, or none where it is blank beside files: they say enough."""
    return None if files and text is not None and not text.strip() else text


_AFTER = integer(0, _LAST_SEQ, default=0)
_EVENTS = {"after": _AFTER, "wait": integer(0, LONGEST_WAIT_S, default=0)}
_SESSION = {
    "language": language(default=ENGLISH),
    "user": host_user(),
    "signature": text(64, at_least=64, default=None),
    "token": text(512, default=None),
}
_MESSAGE = {
    "client_msg_id": text(128),
    "text": prose(default=None),
    "choice": text(32, default=None),
    "attachments": texts(MAX_FILES, MAX_TOKEN, default=()),
}
_PAGE_FRAME = {"typing": flag(default=False), "ping": integer(0, _LAST_SEQ, default=0)}
