"""What an agent does with one conversation, over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from sanic import HTTPResponse, Request
from sanic import json as json_response

from connectors.desk.attachments import uploader
from connectors.desk.board import Board
from connectors.desk.guard import ROOT, agent_of
from connectors.desk.person import person_view, timeline_entries
from connectors.desk.reading import Reading
from connectors.desk.sending import Sending
from connectors.desk.view import contact_view, desk_entries, summary_view
from connectors.fields import Field, flag, instant, integer, prose, text, texts
from connectors.http import read_json, read_query
from connectors.listen import App
from connectors.media.uploads import MAX_FILES, MAX_TOKEN, Uploads
from handoff.attachment import Attachment
from handoff.desk import Desk
from handoff.errors import InvalidInput
from handoff.model import Conversation
from handoff.store.agents_port import Agent
from handoff.summary import summarise

Stands = TypeVar("Stands")
Write = Callable[[str, Agent, str, str, Sequence[Attachment]], Awaitable[Stands]]

_MESSAGE = {
    "client_msg_id": text(128),
    "text": prose(default=""),
    "attachments": texts(MAX_FILES, MAX_TOKEN, default=()),
}
_REPLY = {**_MESSAGE, "to": text(128, default=None), "insist": flag(default=False)}
_TRANSFER = {
    "agent_id": text(128, default=None),
    "team": text(128, default=None),
    "note": prose(default=None),
}


class ConversationRoutes:
    """The steps of an agent; whether they may is decided by the desk service, at the instant of the step."""

    def __init__(self, desk: Desk, board: Board, reading: Reading, sending: Sending, uploads: Uploads) -> None:
        self._desk = desk
        self._uploads = uploads
        self._sending = sending
        self._board = board
        self._reading = reading

    def attach(self, app: App) -> None:
        """Put the routes on an app that has the guard before it."""
        one = f"{ROOT}/conversations/<conversation_id:str>"
        app.add_route(self.conversation, one, methods=["GET"], name="desk_conversation")
        app.add_route(self.entries, f"{one}/entries", methods=["GET"], name="desk_entries")
        app.add_route(self.claim, f"{one}/claim", methods=["POST"], name="desk_claim")
        app.add_route(self.decline, f"{one}/decline", methods=["POST"], name="desk_decline")
        app.add_route(self.reply, f"{one}/replies", methods=["POST"], name="desk_reply")
        app.add_route(self.note, f"{one}/notes", methods=["POST"], name="desk_note")
        app.add_route(self.transfer, f"{one}/transfer", methods=["POST"], name="desk_transfer")
        app.add_route(self.give_back, f"{one}/return", methods=["POST"], name="desk_return")
        app.add_route(self.resolve, f"{one}/resolve", methods=["POST"], name="desk_resolve")
        app.add_route(self.part, f"{one}/part", methods=["POST"], name="desk_part")
        app.add_route(self.snooze, f"{one}/snooze", methods=["POST"], name="desk_snooze")

    async def conversation(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Return everything an agent needs to take over: the card, the summary, the facts, the whole log."""
        conversation = await self._reading.conversation(conversation_id, agent_of(request).agent)
        timeline = await self._reading.timeline(conversation)
        _, entries, last_seq = timeline.logs[0]
        return json_response(
            {
                "conversation": await self._board.card(conversation),
                "summary": summary_view(summarise(conversation, entries)),
                "details": dict(conversation.details),
                "contact": contact_view(conversation.contact),
                "person": person_view(await self._reading.person(conversation), timeline),
                "entries": timeline_entries(timeline),
                "last_seq": last_seq,
                "sending": self._sending.standing(timeline),
            }
        )

    async def entries(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Return the log past `after`, every kind."""
        after = read_query(request, {"after": integer(0, 2**53, default=0)})["after"]
        await self._reading.conversation(conversation_id, agent_of(request).agent)
        entries, last_seq = await self._reading.log(conversation_id, after)
        return json_response({"entries": desk_entries(entries), "last_seq": last_seq})

    async def claim(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Take the conversation from the queue, or accept an offer."""
        _read(request, {})
        return await self._carded(await self._desk.claim(conversation_id, _agent(request)))

    async def decline(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Give an offer back."""
        _read(request, {})
        return await self._carded(await self._desk.decline(conversation_id, _agent(request)))

    async def reply(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Write to the customer, where they last wrote."""
        body = _read(request, _REPLY)
        reply = partial(self._desk.reply, to=body["to"], insist=body["insist"])
        written = await self._write(body, conversation_id, _agent(request), reply)
        return json_response({"conversation_id": written.conversation_id, "seq": written.seq}, status=201)

    async def note(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Write to colleagues."""
        accepted = await self._write(_read(request, _MESSAGE), conversation_id, _agent(request), self._desk.note)
        return json_response({"conversation_id": conversation_id, "seq": accepted.seq}, status=201)

    async def part(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Undo that the person of this conversation was taken for another's."""
        merge_id = _read(request, {"merge_id": text(128)})["merge_id"]
        conversation = await self._reading.conversation(conversation_id, _agent(request))
        await self._reading.part(conversation, merge_id, _agent(request))
        return await self._carded(conversation)

    async def transfer(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Pass the conversation to a colleague or to a team's queue."""
        body = _read(request, _TRANSFER)
        if (body["agent_id"] is None) is (body["team"] is None):
            raise InvalidInput("Send exactly one of agent_id and team.")
        agent = _agent(request)
        if body["agent_id"] is not None:
            after = await self._desk.transfer(conversation_id, agent, body["agent_id"], body["note"])
        else:
            after = await self._desk.transfer_to_team(conversation_id, agent, body["team"], body["note"])
        return await self._carded(after)

    async def give_back(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Return the conversation to the bot, with how it went."""
        body = _read(request, {"outcome": prose()})
        agent = _agent(request)
        return await self._carded(await self._desk.give_back(conversation_id, agent, body["outcome"]))

    async def resolve(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Close the conversation."""
        body = _read(request, {"outcome": prose(default="")})
        agent = _agent(request)
        return await self._carded(await self._desk.resolve(conversation_id, agent, body["outcome"]))

    async def snooze(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Set the conversation aside until a time."""
        body = _read(request, {"until": instant()})
        return await self._carded(await self._desk.snooze(conversation_id, _agent(request), body["until"]))

    async def _write(self, body: Mapping[str, Any], conversation_id: str, agent: Agent, write: Write[Stands]) -> Stands:
        files = await self._named(body["attachments"], conversation_id, agent)
        return await write(conversation_id, agent, body["client_msg_id"], body["text"], files)

    async def _named(self, tokens: Sequence[str], conversation_id: str, agent: Agent) -> tuple[Attachment, ...]:
        if not tokens:
            return ()
        return await self._uploads.named(tokens, conversation_id, uploader(agent))

    async def _carded(self, conversation: Conversation) -> HTTPResponse:
        return json_response({"conversation": await self._board.card(conversation)})


def _agent(request: Request) -> Agent:
    return agent_of(request).agent


def _read(request: Request, fields: dict[str, Field]) -> dict[str, Any]:
    """Read the body; one that could only be empty may be left out."""
    return {} if not fields and not request.body else read_json(request, fields)
