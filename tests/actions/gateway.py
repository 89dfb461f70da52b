"""A gateway small enough to read: the internal API of docs/contracts.md, in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SECRET = "internal-secret"
DAYS = ("23", "24", "25", "26", "27", "30")


@dataclass
class Gateway:
    """What the tests set, and what was asked for.

    Args:
        open_now: whether it is within opening hours.
        agents_online: how many.
        taken: slot ids that have no free place.
        callbacks: by callback id.
        calls: method, path and idempotency key of each call that changes something.
        failing: the status that every call gets instead of an answer.
        asked_after: after which slot id times were asked for last.
        languages: what each call asked to be answered in.
    """

    open_now: bool = True
    agents_online: int = 1
    taken: set[str] = field(default_factory=set)
    callbacks: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    failing: int | None = None
    asked_after: str = ""
    languages: list[str] = field(default_factory=list)
    url: str = ""
    _answers: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)

    def slots(self) -> list[dict[str, str]]:
        """Every free time: two on each of six days."""
        times = [
            (f"2026-11-{day}T{hour:02}:00:00Z", f"{day} Nov, {hour + 1:02}:00") for day in DAYS for hour in (9, 13)
        ]
        return [{"slot_id": slot_id, "title": title} for slot_id, title in times if slot_id not in self.taken]

    def app(self) -> web.Application:
        """The server."""
        app = web.Application(middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/internal/availability", self._availability),
                web.get("/internal/callbacks/slots", self._slots),
                web.post("/internal/callbacks/holds", self._once(self._hold)),
                web.post("/internal/callbacks/{id}/book", self._once(self._book)),
                web.post("/internal/callbacks/{id}/change", self._once(self._change)),
                web.post("/internal/callbacks/{id}/cancel", self._once(self._cancel)),
                web.get("/internal/conversations/{id}/callbacks", self._booked),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return _problem(401, "unauthorized")
        if self.failing is not None:
            return _problem(self.failing, "failing")
        asked = await request.json() if request.method == "POST" else request.query
        if "language" in asked:
            self.languages.append(asked["language"])
        response: web.StreamResponse = await handler(request)
        return response

    def _once(self, handler: Any) -> Any:
        async def handle(request: web.Request) -> web.Response:
            key = request.headers["Idempotency-Key"]
            if key not in self._answers:
                self.calls.append((request.path.rsplit("/", 1)[-1], key))
                self._answers[key] = await handler(request)
            status, body = self._answers[key]
            return web.json_response(body, status=status)

        return handle

    async def _availability(self, request: web.Request) -> web.Response:
        opens_at = None if self.open_now else "2026-11-23T08:00:00Z"
        return web.json_response(
            {
                "open_now": self.open_now,
                "agents_online": self.agents_online,
                "agents_free": self.agents_online,
                "queue_length": 0,
                "estimated_wait_seconds": None,
                "opens_at": opens_at,
                "hours_text": "Mon–Fri 09:00–17:00",
            }
        )

    async def _slots(self, request: web.Request) -> web.Response:
        after, limit = request.query.get("after", ""), int(request.query["limit"])
        self.asked_after = after
        later = [slot for slot in self.slots() if slot["slot_id"] > after]
        return web.json_response({"slots": later[:limit]})

    async def _hold(self, request: web.Request) -> tuple[int, dict[str, Any]]:
        wanted = await request.json()
        if wanted["slot_id"] in self.taken:
            return 409, _error("slot_taken")
        if not self._offers(wanted["slot_id"]):
            return 404, _error("slot_unknown")
        callback = {"callback_id": f"cb_{len(self.callbacks) + 1}", "status": "held", **self._place(wanted["slot_id"])}
        self.callbacks[callback["callback_id"]] = {**callback, "conversation_id": wanted["conversation_id"]}
        return 201, callback

    def _offers(self, slot_id: str) -> bool:
        return slot_id in {slot["slot_id"] for slot in self.slots()}

    def _place(self, slot_id: str) -> dict[str, str]:
        title = next(slot["title"] for slot in self.slots() if slot["slot_id"] == slot_id)
        return {"slot_id": slot_id, "title": title}

    async def _book(self, request: web.Request) -> tuple[int, dict[str, Any]]:
        callback = self.callbacks.get(request.match_info["id"])
        if callback is None:
            return 409, _error("hold_expired")
        callback.update(status="booked", **await request.json())
        return 200, callback

    async def _change(self, request: web.Request) -> tuple[int, dict[str, Any]]:
        callback, slot_id = self.callbacks.get(request.match_info["id"]), (await request.json())["slot_id"]
        if callback is None:
            return 404, _error("not_found")
        if slot_id in self.taken:
            return 409, _error("slot_taken")
        if not self._offers(slot_id):
            return 404, _error("slot_unknown")
        callback.update(self._place(slot_id))
        return 200, callback

    async def _cancel(self, request: web.Request) -> tuple[int, dict[str, Any]]:
        callback = self.callbacks.pop(request.match_info["id"], None)
        if callback is None:
            return 404, _error("not_found")
        return 200, {"callback_id": callback["callback_id"], "status": "cancelled"}

    async def _booked(self, request: web.Request) -> web.Response:
        conversation_id = request.match_info["id"]
        own = [one for one in self.callbacks.values() if one["conversation_id"] == conversation_id]
        return web.json_response({"callbacks": own})


def _error(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": "No."}}


def _problem(status: int, code: str) -> web.Response:
    return web.json_response(_error(code), status=status)


@asynccontextmanager
async def serving(gateway: Gateway) -> AsyncIterator[Gateway]:
    """Run the gateway on a free port of 127.0.0.1."""
    runner = web.AppRunner(gateway.app())
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        gateway.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield gateway
    finally:
        await runner.cleanup()
