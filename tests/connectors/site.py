"""A running site: the real public app on a free loopback port, with its worker, over a store that a test chooses."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import httpx
from argon2 import PasswordHasher
from sanic import Sanic
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from connectors.app import Exposure, Services, public_app
from connectors.listen import bind, listening
from connectors.live import Hub
from connectors.mail import Mail
from connectors.media import Media, MediaOptions, local_media
from connectors.messaging.running import Messaging
from connectors.web.offer import FileRules
from connectors.web.transcript import Transcriber
from handoff.calendar import Calendar
from handoff.callback import Callback
from handoff.callbacks import Callbacks
from handoff.carry_out import carry_out
from handoff.desk import Desk
from handoff.entry import Entry
from handoff.errors import Conflict
from handoff.gateway import Gateway
from handoff.model import Change
from handoff.notices import Notices
from handoff.notify import Notifier
from handoff.quiet import QuietHours
from handoff.rules import Rules
from handoff.store.agents_port import Agent
from handoff.store.port import Store
from handoff.time_words import TimeWords
from handoff.worker import Worker
from tests.fakes import FakeClock, ScriptedBot
from tests.handoff.scene import shop_bot
from tests.waiting import PATIENCE_S

MONDAY_10 = 1_795_428_000_000
"""Monday 2026-11-23, 10:00 UTC: the business is open."""

SECRET = "s" * 32
USER_SECRET = "the host page's secret"
API_KEY = "the key of other programs"
NOTICES = Notices.load(Path(__file__).parents[2] / "data" / "notices")
PASSWORD = "a password of ten"
# As cheap as argon2 gets; the parameters travel in the hash.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
ADA = Agent("a_ada", "ada", "Ada Holm", _HASH)
BO = Agent("a_bo", "bo", "Bo Berg", _HASH)


@dataclass
class Site:
    """What a test of the public app needs at hand."""

    store: Store
    clock: FakeClock
    bot: ScriptedBot
    callbacks: Callbacks
    hub: Hub
    app: Sanic[Any, Any]
    origin: str
    http: httpx.AsyncClient
    _ids: count[int] = field(default_factory=count)

    @classmethod
    @asynccontextmanager
    async def running(cls, store: Store, *, mail: Mail | None = None, **exposure: Any) -> AsyncIterator[Self]:
        """Run the app, the hub and the worker; files are kept in a folder of its own; two agents can sign in."""
        with tempfile.TemporaryDirectory(prefix="baton-site-") as folder:
            clock = FakeClock(MONDAY_10)
            files = exposure.get("files", FileRules())
            media = local_media(Path(folder), MediaOptions(files.max_bytes, spare_bytes=0), clock)
            async with cls._over(store, media, mail, clock, exposure) as site:
                yield site

    @classmethod
    @asynccontextmanager
    async def _over(
        cls, store: Store, media: Media, mail: Mail | None, clock: FakeClock, exposure: dict[str, Any]
    ) -> AsyncIterator[Self]:
        bot, rules, calendar = ScriptedBot(shop_bot), Rules(), Calendar()
        callbacks = Callbacks(store, calendar, clock, NOTICES)
        hub = Hub(store.conversations)
        gateway = Gateway(store, rules, clock)
        channels = exposure.pop("channels", {})
        services = Services(
            store,
            gateway,
            Desk(store, rules, clock, NOTICES),
            callbacks,
            bot,
            hub,
            rules,
            clock,
            notifier=Notifier(store, {}, QuietHours.read("none", ZoneInfo("UTC")), {}, clock, NOTICES),
            messaging=Messaging(channels, frozenset(), store, gateway, media, NOTICES, clock),
            transcriber=Transcriber(TimeWords(calendar, NOTICES), NOTICES),
            media=media,
            mail=mail,
        )
        worker = Worker(store, bot, rules, clock, NOTICES, sleep=clock.sleep)
        sock = bind("127.0.0.1", 0)
        origin = f"http://127.0.0.1:{sock.getsockname()[1]}"
        told = {
            "session_secret": SECRET,
            "desk_origins": (origin,),
            "web_user_secret": USER_SECRET,
            "api_key": API_KEY,
            **exposure,
        }
        app = public_app(services, Exposure(**told))
        for agent in (ADA, BO):
            with suppress(Conflict):  # of an earlier site over the same store
                await store.agents.add(agent)
        beside = [asyncio.create_task(hub.run()), asyncio.create_task(worker.run())]
        try:
            async with listening(app, sock, grace_s=1.0), httpx.AsyncClient(base_url=origin) as http:
                yield cls(store, clock, bot, callbacks, hub, app, origin, http)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    # customers

    async def customer(self, **session: Any) -> Customer:
        """Open a web session."""
        answer = await self.http.post("/api/chat/sessions", json=session)
        assert answer.status_code == 201, answer.text
        return Customer(self, answer.json()["token"], answer.json()["conversation_id"])

    async def append(self, conversation_id: str, *entries: Entry) -> None:
        """Put entries into a log; the worker, which runs beside, may be at the same conversation."""
        await carry_out(self.store.conversations, conversation_id, lambda c: Change(c, entries), self.clock)

    # agents

    @asynccontextmanager
    async def agent(self, login: str = "ada") -> AsyncIterator[AgentDesk]:
        """Sign an agent in, in a browser of their own, and put them online."""
        async with httpx.AsyncClient(base_url=self.origin, headers={"Origin": self.origin}) as http:
            answer = await http.post("/api/desk/login", json={"login": login, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            http.headers["X-CSRF-Token"] = answer.json()["csrf"]
            desk = AgentDesk(self, http, answer.json()["agent"]["id"])
            await desk.post("/presence", "PUT", presence="online")
            yield desk

    async def waiting_customer(self) -> Customer:
        """Open a session whose customer has asked for a person and waits."""
        customer = await self.customer()
        await customer.send("person")
        await customer.until(lambda entry: entry.get("owner") == "queue")
        return customer

    async def booked_callback(self, customer: Customer) -> Callback:
        """Book the customer the next free callback."""
        slot = (await self.callbacks.slots(1))[0]
        key = f"key-{next(self._ids)}"
        held = await self.callbacks.hold(customer.conversation_id, slot.id, key)
        return await self.callbacks.book(held.id, "+4532123456", "returns", "Kim", key)


@dataclass
class Customer:
    """One customer's page."""

    site: Site
    token: str
    conversation_id: str
    _ids: count[int] = field(default_factory=count)

    @property
    def headers(self) -> dict[str, str]:
        """The bearer token."""
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, **body: Any) -> httpx.Response:
        """Post a message as it is."""
        return await self.site.http.post("/api/chat/messages", json=body, headers=self.headers)

    async def send(self, text: str, client_msg_id: str | None = None) -> int:
        """Write something; returns its seq."""
        answer = await self.post(client_msg_id=client_msg_id or f"m{next(self._ids)}", text=text)
        assert answer.status_code == 202, answer.text
        return int(answer.json()["seq"])

    async def press(self, button_id: str) -> int:
        """Press a button; returns the seq."""
        answer = await self.post(client_msg_id=f"m{next(self._ids)}", choice=button_id)
        assert answer.status_code == 202, answer.text
        return int(answer.json()["seq"])

    async def events(self, after: int = 0, wait: int = 0) -> dict[str, Any]:
        """Read what the customer sees."""
        answer = await self.site.http.get(
            "/api/chat/events", params={"after": after, "wait": wait}, headers=self.headers, timeout=30
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def until(self, wanted: Callable[[dict[str, Any]], bool], after: int = 0) -> dict[str, Any]:
        """Read until an entry past `after` is the wanted one, and return it."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                page = await self.events(after, wait=2)
                for entry in page["entries"]:
                    if wanted(entry):
                        return dict(entry)
                after = page["last_seq"]

    @asynccontextmanager
    async def live(self, after: int = 0) -> AsyncIterator[Live]:
        """Open the live socket."""
        address = f"{self.site.origin.replace('http', 'ws')}/api/chat/ws?after={after}"
        async with connect(address, open_timeout=PATIENCE_S) as socket:
            await socket.send(json.dumps({"token": self.token}))
            yield Live(socket)


@dataclass
class AgentDesk:
    """One agent's desk."""

    site: Site
    http: httpx.AsyncClient
    agent_id: str
    _ids: count[int] = field(default_factory=count)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        """Call a safe route."""
        return await self.http.get(f"/api/desk{path}", params=params)

    async def post(self, path: str, method: str = "POST", **body: Any) -> httpx.Response:
        """Call a route that changes something."""
        return await self.http.request(method, f"/api/desk{path}", json=body)

    async def act(self, customer: Customer, step: str, **body: Any) -> httpx.Response:
        """Take a step in a customer's conversation."""
        return await self.post(f"/conversations/{customer.conversation_id}/{step}", **body)

    async def done(self, customer: Customer, step: str, **body: Any) -> dict[str, Any]:
        """Take a step that must succeed."""
        answer = await self.act(customer, step, **body)
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json())

    async def reply(self, customer: Customer, text: str) -> int:
        """Write to the customer."""
        return int((await self.done(customer, "replies", client_msg_id=f"r{next(self._ids)}", text=text))["seq"])

    @asynccontextmanager
    async def live(self) -> AsyncIterator[Live]:
        """Open the desk's socket, with the browser's cookie and Origin."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        async with connect(
            f"{self.site.origin.replace('http', 'ws')}/api/desk/ws",
            additional_headers={"Cookie": cookie, "Origin": self.site.origin},
            open_timeout=PATIENCE_S,
        ) as socket:
            yield Live(socket)


@dataclass
class Live:
    """A page's end of a socket."""

    socket: ClientConnection

    async def send(self, **frame: Any) -> None:
        """Send one frame."""
        await self.socket.send(json.dumps(frame))

    async def frame(self) -> dict[str, Any]:
        """Receive the next frame."""
        async with asyncio.timeout(PATIENCE_S):
            return dict(json.loads(await self.socket.recv()))

    async def closing(self) -> int:
        """Receive to the end, and return the code with which the socket was closed."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while True:
                    await self.socket.recv()
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 1006

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Receive until a frame is the wanted one, and return it."""
        async with asyncio.timeout(PATIENCE_S):
            while not wanted(frame := await self.frame()):
                pass
            return frame

    async def entry(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Receive until an entry is the wanted one, and return it."""
        frame = await self.until(lambda frame: any(map(wanted, frame.get("entries", ()))))
        return next(dict(entry) for entry in frame["entries"] if wanted(entry))


def said(text: str) -> Callable[[dict[str, Any]], bool]:
    """Want the entry with exactly this text."""
    return lambda entry: entry["text"] == text
