"""The public app: the web chat, the desk, their pages, health and the description of it all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from sanic import HTTPResponse, Request
from sanic import json as json_response
from sanic.response import BaseHTTPResponse

from connectors.cors import Sites
from connectors.desk.attachments import DeskAttachments
from connectors.desk.board import Board
from connectors.desk.conversation_routes import ConversationRoutes
from connectors.desk.guard import Guard
from connectors.desk.passwords import Passwords
from connectors.desk.presence import Presences
from connectors.desk.reading import Reading
from connectors.desk.routes import DeskRoutes
from connectors.desk.sending import Sending
from connectors.desk.sending_routes import SendingRoutes
from connectors.desk.sign_in import SignIn
from connectors.desk.socket import DeskSocket
from connectors.http import MAX_BODY, render_errors
from connectors.listen import App, new_app
from connectors.live import Hub
from connectors.mail import Mail
from connectors.media.exchange import Exchange
from connectors.media.uploads import Uploads
from connectors.messaging.running import Messaging
from connectors.notify_routes import NotifyRoutes
from connectors.openapi import description
from connectors.pages import Pages
from connectors.signed import derived_key
from connectors.socket import require_upgrade
from connectors.web.attachments import ChatAttachments
from connectors.web.feed import Feed
from connectors.web.identity import Identities
from connectors.web.offer import FileRules, Offer
from connectors.web.routes import ChatLimits, ChatRoutes
from connectors.web.tokens import SessionTokens
from connectors.web.transcript import Transcriber, TranscriptRoutes
from handoff.bot import Bot
from handoff.callbacks import Callbacks
from handoff.clock import Clock
from handoff.desk import Desk
from handoff.gateway import Gateway
from handoff.media import MediaStore
from handoff.notify import Notifier
from handoff.rules import Rules
from handoff.store.port import Store

_HERE = Path(__file__).parent
_WEB_PAGES = _HERE / "web" / "static"
_DESK_PAGES = _HERE / "desk" / "static"

_ARRIVAL_S = 20
"""Seconds that a request may take to arrive."""

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        # Pictures that only their customer or agent may open are fetched with a token, and shown from memory.
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_SECURITY = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Services:
    """What the public app serves.

    Args:
        messaging: the channels besides the web.
        notifier: tells customers about their orders.
        media: where files are kept.
        transcriber: writes the customers' copies of conversations.
        mail: None where no mail server is set.
    """

    store: Store
    gateway: Gateway
    desk: Desk
    callbacks: Callbacks
    bot: Bot
    hub: Hub
    rules: Rules
    clock: Clock
    messaging: Messaging
    notifier: Notifier
    media: MediaStore
    transcriber: Transcriber
    mail: Mail | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """How the public app faces the world.

    Args:
        session_secret: signs the customers' session tokens.
        api_key: what other programs show to tell customers something.
        desk_origins: origins under which agents open the desk, such as `https://desk.example.com`.
        web_user_secret: what host pages sign their users with; empty when none does.
        widget_origins: other sites that embed the widget; `*` for every site.
        https: True when browsers reach the app over https.
        proxies: how many reverse proxies stand before the app and add to `X-Forwarded-For`.
        limits: how often one caller may do what.
        files: how large a file may be, and how many of them a message may have.
    """

    session_secret: str = field(repr=False)
    api_key: str = field(repr=False)
    desk_origins: tuple[str, ...]
    web_user_secret: str = field(default="", repr=False)
    widget_origins: tuple[str, ...] = ()
    https: bool = False
    proxies: int = 0
    limits: ChatLimits = field(default_factory=ChatLimits)
    files: FileRules = field(default_factory=FileRules)

    def __post_init__(self) -> None:
        if len(self.session_secret) < 32:
            raise ValueError("The session secret must have 32 characters or more; let Baton generate it.")


def public_app(services: Services, exposure: Exposure) -> App:
    """Build the app; serve it with `connectors.listen.listening`, and run `services.hub.run()` beside it."""
    app = new_app("baton-public")
    render_errors(app, MAX_BODY)
    app.config.PROXIES_COUNT = exposure.proxies or None
    app.config.WEBSOCKET_MAX_SIZE = MAX_BODY
    app.config.REQUEST_TIMEOUT = _ARRIVAL_S
    _protect(app, exposure)
    _add_chat(app, services, exposure)
    _add_desk(app, services, exposure)
    _add_pages(app)
    _add_health(app, services)

    @app.before_server_stop
    async def let_waiting_pages_go(*_: object) -> None:
        services.hub.close()

    return app


def _protect(app: App, exposure: Exposure) -> None:
    sites = Sites(exposure.widget_origins)

    async def sockets_only_upgrade(request: Request) -> None:
        if request.route is not None and request.route.extra.websocket:
            require_upgrade(request)

    async def secure(request: Request, answer: BaseHTTPResponse) -> None:
        for name, value in _SECURITY.items():
            answer.headers.setdefault(name, value)
        answer.headers.setdefault("Cache-Control", "no-store")
        if exposure.https:
            answer.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.path.startswith("/api/chat/"):
            sites.admit(request, answer)

    app.register_middleware(sockets_only_upgrade, "request")
    app.register_middleware(secure, "response")
    files = ("attachments", "attachments/<media_id:str>")
    for path in ("sessions", "messages", "end", "events", "offer", "transcript", *files):
        name = f"preflight_{path.partition('<')[0].replace('/', '_')}"
        app.add_route(sites.preflight, f"/api/chat/{path}", methods=["OPTIONS"], name=name)


def _add_chat(app: App, services: Services, exposure: Exposure) -> None:
    conversations, clock = services.store.conversations, services.clock
    tokens = SessionTokens(exposure.session_secret, clock)
    uploads = _uploads(services.media, exposure, clock)
    exchange = Exchange(services.media, uploads, exposure.files.max_bytes)
    ChatAttachments(exchange, conversations, tokens, clock).attach(app)
    TranscriptRoutes(conversations, tokens, services.transcriber, services.mail, clock).attach(app)
    Offer(exposure.files, mail=services.mail is not None).attach(app)
    ChatRoutes(
        services.gateway,
        conversations,
        Feed(services.gateway, conversations, services.hub, clock),
        tokens,
        Identities(exposure.session_secret, exposure.web_user_secret, clock),
        clock,
        exposure.limits,
        uploads,
    ).attach(app)
    services.messaging.attach(app)
    NotifyRoutes(services.notifier, exposure.api_key).attach(app)


def _add_desk(app: App, services: Services, exposure: Exposure) -> None:
    store, clock = services.store, services.clock
    sign_in = SignIn(store.agents, Passwords())
    presences = Presences(store, clock)
    reading = Reading(store, clock)
    sending = Sending(services.messaging.channels, store, services.desk, reading, clock)
    board = Board(store, services.desk, services.callbacks, sending, services.rules, clock)
    socket = DeskSocket(board, reading, presences, sign_in, store.conversations, services.hub, clock)
    app.register_middleware(Guard(sign_in, exposure.desk_origins).check, "request")
    DeskRoutes(sign_in, presences, board, services.callbacks, secure=exposure.https).attach(app, socket)
    uploads = _uploads(services.media, exposure, clock)
    exchange = Exchange(services.media, uploads, exposure.files.max_bytes)
    DeskAttachments(exchange, store.conversations, reading).attach(app)
    ConversationRoutes(services.desk, board, reading, sending, uploads).attach(app)
    SendingRoutes(sending).attach(app)


def _uploads(media: MediaStore, exposure: Exposure, clock: Clock) -> Uploads:
    return Uploads(media, derived_key(exposure.session_secret, "baton upload 1"), clock, exposure.files.max_files)


def _add_pages(app: App) -> None:
    web, desk = Pages(_WEB_PAGES, shared=True), Pages(_DESK_PAGES)

    @app.get("/", name="shop_page")
    async def shop_page(request: Request) -> HTTPResponse:
        return web.answer(request, "index.html")

    @app.get("/widget.js", name="widget")
    async def widget(request: Request) -> HTTPResponse:
        return web.answer(request, "widget.js")

    @app.get("/desk", name="desk_page")
    async def desk_page(request: Request) -> HTTPResponse:
        return desk.answer(request, "index.html")

    @app.get("/static/web/<name:path>", name="web_static")
    async def web_static(request: Request, name: str) -> HTTPResponse:
        return web.answer(request, name)

    @app.get("/static/desk/<name:path>", name="desk_static")
    async def desk_static(request: Request, name: str) -> HTTPResponse:
        return desk.answer(request, name)


def _add_health(app: App, services: Services) -> None:
    @app.get("/api/health", name="health")
    async def health(_: Request) -> HTTPResponse:
        redis, bot = await asyncio.gather(services.store.ping(), services.bot.ready())
        state = {"status": "ok" if redis and bot else "degraded", "redis": redis, "bot": bot}
        # Without Redis nothing is accepted, so whoever balances load should send nobody here.
        return json_response(state, status=200 if redis else 503, headers={} if redis else {"Retry-After": "2"})

    @app.get("/api/openapi.json", name="openapi")
    async def openapi(_: Request) -> HTTPResponse:
        return json_response(description())
