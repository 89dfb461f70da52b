"""The desk's live socket: the lists after every change, and the conversation that the agent reads."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any

from sanic import Request

from connectors.desk.board import Board
from connectors.desk.guard import agent_of
from connectors.desk.presence import Presences
from connectors.desk.reading import Reading
from connectors.desk.sign_in import SignedIn, SignIn
from connectors.desk.view import desk_entries
from connectors.fields import integer, text
from connectors.live import RECHECK_S, Hub, Listener, Wake
from connectors.socket import Serve, Socket
from handoff.clock import Clock
from handoff.entry import Author
from handoff.errors import BatonError, NotAllowed, NotFound
from handoff.model import Conversation
from handoff.store.port import AGENT_TYPES, CONTACT_TYPES, ConversationStore, Moved

_LISTS_EVERY_S = 0.2
"""Seconds between two overviews to one page, however much changes."""

_TYPING_EVERY_MS = 1000
_LAST_SEQ = 2**53
_FRAME = {
    "watch": text(128, default=None),
    "after": integer(0, _LAST_SEQ, default=0),
    "typing": text(128, default=None),
    "ping": integer(0, _LAST_SEQ, default=0),
}


@dataclass(slots=True)
class _Page:
    """What one open page shows. `fresh` asks for an answer although nothing new is there."""

    signed_in: SignedIn
    socket: Socket
    listener: Listener
    watched: str | None = None
    after: int = 0
    fresh: bool = False
    overview: dict[str, Any] | None = None
    typed_at: int = 0


class DeskSocket:
    """Serves the desk's sockets; the guard has let them pass."""

    def __init__(
        self,
        board: Board,
        reading: Reading,
        presences: Presences,
        sign_in: SignIn,
        conversations: ConversationStore,
        hub: Hub,
        clock: Clock,
    ) -> None:
        self._board = board
        self._reading = reading
        self._presences = presences
        self._sign_in = sign_in
        self._conversations = conversations
        self._hub = hub
        self._clock = clock

    def serve(self, request: Request) -> Serve:
        """Serve one page until it goes away, its session ends or the process stops."""
        return partial(self._serve, agent_of(request))

    async def _serve(self, signed_in: SignedIn, socket: Socket) -> None:
        await self._presences.heard_of(signed_in.agent.id)
        with self._hub.listen(desk=True) as listener:
            page = _Page(signed_in, socket, listener)
            await socket.run_together(self._tell(page), self._hear(page))

    # to the page

    async def _tell(self, page: _Page) -> None:
        loop = asyncio.get_running_loop()
        lists_due, lists_at = True, -_LISTS_EVERY_S
        wake = Wake()
        while not self._hub.closed:
            # Nothing is told to a page whose session ended meanwhile.
            await self._sign_in.find(page.signed_in.token)
            await self._tell_entries(page, wake)
            pause = lists_at + _LISTS_EVERY_S - loop.time()
            if lists_due and pause <= 0:
                lists_at = loop.time()
                await self._tell_lists(page)
                lists_due, pause = False, RECHECK_S
            wake = await page.listener.wait(pause if lists_due else RECHECK_S)
            lists_due = lists_due or wake.desk or bool(wake.moved) or not wake

    async def _tell_lists(self, page: _Page) -> None:
        overview = await self._board.overview(page.signed_in.agent)
        listed = {card["id"] for card in (*overview["queue"], *overview["mine"])}
        unheard = listed - page.listener.followed
        page.listener.follow(listed | ({page.watched} if page.watched else set()))
        if unheard:  # what was said there between the reading and the following
            overview = await self._board.overview(page.signed_in.agent)
        if overview != page.overview:
            page.overview = overview
            await page.socket.send({"type": "overview", **overview})

    async def _tell_entries(self, page: _Page, wake: Wake) -> None:
        watched, after, asked = page.watched, page.after, page.fresh
        types = (watched, CONTACT_TYPES) in wake.signals
        if watched is None or not (asked or types or watched in wake.moved or not wake):
            return
        page.fresh = False
        try:
            await self._reading.conversation(watched, page.signed_in.agent)
        except (NotAllowed, NotFound) as error:
            page.watched = None
            await page.socket.send(_problem(watched, error))
            return
        entries, last_seq = await self._reading.log(watched, after)
        # The page may have turned to another conversation, or asked again, while this one was read.
        if page.watched != watched or page.fresh:
            return
        page.after = last_seq
        if entries or asked:
            shown = {"entries": desk_entries(entries), "last_seq": last_seq}
            await page.socket.send({"type": "entries", "conversation_id": watched, **shown})
        if types:
            await page.socket.send({"type": "typing", "conversation_id": watched, "author": Author.CONTACT.value})

    # from the page

    async def _hear(self, page: _Page) -> None:
        while True:
            frame = await page.socket.receive(_FRAME)
            if frame["ping"]:
                await self._sign_in.find(page.signed_in.token)
                await self._presences.heard_of(page.signed_in.agent.id)
                await page.socket.send({"type": "pong"})
            if frame["watch"] is not None:
                page.watched, page.after, page.fresh = frame["watch"], frame["after"], True
                page.listener.follow(page.listener.followed | {frame["watch"]})
                page.listener.rouse()
            if frame["typing"] is not None:
                await self._note_typing(page, frame["typing"])

    async def _note_typing(self, page: _Page, conversation_id: str) -> None:
        now = self._clock()
        if now - page.typed_at < _TYPING_EVERY_MS:
            return
        page.typed_at = now
        if await self._has(page.signed_in.agent.id, conversation_id):
            await self._conversations.announce(Moved(conversation_id, signal=AGENT_TYPES))

    async def _has(self, agent_id: str, conversation_id: str) -> bool:
        try:
            conversation: Conversation = await self._conversations.get(conversation_id)
        except NotFound:
            return False
        return conversation.agent_id == agent_id


def _problem(conversation_id: str, error: BatonError) -> dict[str, Any]:
    said = {"code": error.code, "message": error.message}
    return {"type": "error", "conversation_id": conversation_id, "error": said}
