"""The agents' side of docs/contracts.md: signing in, presence, the lists, callbacks and the live socket."""

from __future__ import annotations

from sanic import HTTPResponse, Request
from sanic import json as json_response

from connectors.desk.board import Board
from connectors.desk.guard import COOKIE, ROOT, agent_of
from connectors.desk.presence import Presences
from connectors.desk.sign_in import SESSION_S, SignedIn, SignIn
from connectors.desk.socket import DeskSocket
from connectors.desk.view import agent_view
from connectors.fields import one_of, text
from connectors.http import read_json, read_query
from connectors.listen import App
from connectors.socket import socket_handler
from handoff.callbacks import Callbacks, Outcome
from handoff.model import Presence


class DeskRoutes:
    """What an agent does outside of any one conversation.

    Args:
        secure: True when the desk is served over https, so that the cookie never travels in the clear.
    """

    def __init__(
        self, sign_in: SignIn, presences: Presences, board: Board, callbacks: Callbacks, *, secure: bool
    ) -> None:
        self._sign_in = sign_in
        self._presences = presences
        self._board = board
        self._callbacks = callbacks
        self._secure = secure

    def attach(self, app: App, socket: DeskSocket) -> None:
        """Put the routes on an app that has the guard before it."""
        app.add_route(self.sign_in, f"{ROOT}/login", methods=["POST"], name="desk_login", ctx_signs_in=True)
        app.add_route(self.sign_out, f"{ROOT}/logout", methods=["POST"], name="desk_logout")
        app.add_route(self.me, f"{ROOT}/me", methods=["GET"], name="desk_me")
        app.add_route(self.choose_presence, f"{ROOT}/presence", methods=["PUT"], name="desk_presence")
        app.add_route(self.overview, f"{ROOT}/overview", methods=["GET"], name="desk_overview")
        app.add_route(self.callbacks, f"{ROOT}/callbacks", methods=["GET"], name="desk_callbacks")
        app.add_route(
            self.callback_done, f"{ROOT}/callbacks/<callback_id:str>/done", methods=["POST"], name="desk_callback_done"
        )
        app.add_websocket_route(socket_handler(socket.serve), f"{ROOT}/ws", name="desk_ws")

    async def sign_in(self, request: Request) -> HTTPResponse:
        """Open a session for an agent who knows their password."""
        body = read_json(request, {"login": text(200), "password": text(1024)})
        signed_in = await self._sign_in.open(body["login"], body["password"], request.client_ip)
        answer = json_response({"agent": agent_view(signed_in.agent), "csrf": signed_in.csrf})
        self._set_cookie(answer, signed_in.token, SESSION_S)
        return answer

    async def sign_out(self, request: Request) -> HTTPResponse:
        """End the session; the agent is offline."""
        signed_in = agent_of(request)
        await self._sign_in.close(signed_in.token)
        # This wakes the agent's own sockets too, which then find their session ended.
        await self._presences.choose(signed_in.agent.id, Presence.OFFLINE)
        answer = HTTPResponse(status=204)
        self._set_cookie(answer, "", 0)
        return answer

    async def me(self, request: Request) -> HTTPResponse:
        """Tell a reloaded page whose session it has."""
        signed_in: SignedIn = agent_of(request)
        presence = await self._presences.chosen(signed_in.agent.id)
        return json_response({"agent": agent_view(signed_in.agent), "csrf": signed_in.csrf, "presence": presence.value})

    async def choose_presence(self, request: Request) -> HTTPResponse:
        """Keep what the agent says of themselves."""
        body = read_json(request, {"presence": one_of(*Presence)})
        presence = Presence(body["presence"])
        await self._presences.choose(agent_of(request).agent.id, presence)
        return json_response({"presence": presence.value})

    async def overview(self, request: Request) -> HTTPResponse:
        """Return the lists."""
        return json_response(await self._board.overview(agent_of(request).agent))

    async def callbacks(self, request: Request) -> HTTPResponse:
        """Return the callbacks that are due or coming."""
        read_query(request, {})
        return json_response({"callbacks": await self._board.callbacks()})

    async def callback_done(self, request: Request, callback_id: str) -> HTTPResponse:
        """Record that the agent phoned."""
        body = read_json(request, {"outcome": one_of(*Outcome), "note": text(4000, at_least=0, default="")})
        done = await self._callbacks.finish(
            callback_id, agent_of(request).agent, Outcome(body["outcome"]), body["note"]
        )
        return json_response({"callback": self._board.callback(done)})

    def _set_cookie(self, answer: HTTPResponse, token: str, max_age: int) -> None:
        answer.add_cookie(
            COOKIE, token, path="/", httponly=True, secure=self._secure, samesite="Strict", max_age=max_age
        )
