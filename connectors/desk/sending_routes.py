"""Templates and dead letters over HTTP, for agents."""

from __future__ import annotations

from sanic import HTTPResponse, Request
from sanic import json as json_response

from connectors.desk.guard import ROOT, agent_of
from connectors.desk.sending import Sending
from connectors.fields import text, texts
from connectors.http import read_json, read_query
from connectors.listen import App
from handoff.entry import Template

_TEMPLATE = {
    "client_msg_id": text(128),
    "name": text(512),
    "language": text(35),
    "fields": texts(at_most=20, each=1024),
}


class SendingRoutes:
    """What an agent does about sending."""

    def __init__(self, sending: Sending) -> None:
        self._sending = sending

    def attach(self, app: App) -> None:
        """Put the routes on an app that has the guard before it."""
        letter = f"{ROOT}/dead-letters/<conversation_id:str>/<seq:int>"
        app.add_route(self.letters, f"{ROOT}/dead-letters", methods=["GET"], name="desk_dead_letters")
        app.add_route(self.replay, f"{letter}/replay", methods=["POST"], name="desk_dead_letter_replay")
        app.add_route(self.strike, letter, methods=["DELETE"], name="desk_dead_letter_strike")
        app.add_route(
            self.templates, f"{ROOT}/channels/<channel:str>/templates", methods=["GET"], name="desk_templates"
        )
        app.add_route(
            self.send_template,
            f"{ROOT}/conversations/<conversation_id:str>/templates",
            methods=["POST"],
            name="desk_send_template",
        )

    async def letters(self, request: Request) -> HTTPResponse:
        """Return what could not be delivered, as far as the agent may read it."""
        read_query(request, {})
        return json_response({"dead_letters": await self._sending.letters(agent_of(request).agent)})

    async def replay(self, request: Request, conversation_id: str, seq: int) -> HTTPResponse:
        """Send a dead letter again."""
        return json_response({"seq": await self._sending.replay(conversation_id, seq, agent_of(request).agent)}, 201)

    async def strike(self, request: Request, conversation_id: str, seq: int) -> HTTPResponse:
        """Forget a dead letter."""
        await self._sending.strike(conversation_id, seq, agent_of(request).agent)
        return HTTPResponse(status=204)

    async def templates(self, request: Request, channel: str) -> HTTPResponse:
        """Return a channel's approved templates."""
        read_query(request, {})
        return json_response({"templates": await self._sending.templates(channel)})

    async def send_template(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Send a template to the customer."""
        body = read_json(request, _TEMPLATE)
        template = Template(body["name"], body["language"], body["fields"])
        accepted = await self._sending.send_template(
            conversation_id, agent_of(request).agent, body["client_msg_id"], template
        )
        return json_response({"seq": accepted.seq}, status=201)
