"""A Bot API to try Baton on: strict about what it is told, and as unreliable as one likes.

It checks tokens, fields and limits (`bot_api_rules`), keeps what was sent, hands out updates (`bot_api_post`), and
does wrong what is asked of it (`Mishap`). `bot_api_customer` plays the people who write to the bot.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Any, cast

from sanic import HTTPResponse, Request
from sanic import json as json_response
from sanic.response import raw, text

from connectors.listen import bind, listening, new_app
from connectors.trial.bot_api_keyboards import Markup, for_chat
from connectors.trial.bot_api_post import Post, Webhook
from connectors.trial.bot_api_refusal import Refusal, bad
from connectors.trial.bot_api_rules import MAX_DOWNLOAD, MAX_UPLOAD, Upload, read
from handoff.clock import Clock, system_clock

BOT = {
    "id": 700_000_001,
    "is_bot": True,
    "first_name": "Fern & Harbour",
    "username": "fern_harbour_bot",
    "can_join_groups": False,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
TOKEN = "700000001:trial-token-of-nobody"  # noqa: S105 - opens nothing but this fake
_FILES = ("photo", "document", "voice", "audio", "video", "animation")
_TYPES = {"photo": "photos", "voice": "voice", "video": "videos"}


class Wrong(StrEnum):
    """What may go wrong with a call that sends."""

    FLOOD = "flood"
    BROKEN = "broken"
    HANG = "hang"
    DROP = "drop"
    GARBLED = "garbled"
    NEWER = "newer"
    BLOCKED = "blocked"
    NO_CHAT = "no_chat"
    NO_TOKEN = "no_token"  # noqa: S105 - a word


@dataclass(frozen=True, slots=True)
class Mishap:
    """One thing that goes wrong.

    FLOOD refuses for `number` seconds, BROKEN answers with the status `number`; HANG and DROP take the message and
    answer nothing, GARBLED takes it and answers no JSON, NEWER takes it and answers with fields of the future. BLOCKED,
    NO_CHAT and NO_TOKEN refuse it.
    """

    wrong: Wrong
    number: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the bot sent."""

    message_id: int
    chat_id: int
    method: str
    fields: Mapping[str, Any]
    at: int = 0

    @property
    def text(self) -> str:
        """What it says; under a file, the caption."""
        return str(self.fields.get("text") or self.fields.get("caption") or "")

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Title and data of each button under it."""
        return [(one["text"], one["callback_data"]) for row in self.markup.inline for one in row]

    @property
    def markup(self) -> Markup:
        """Its buttons, or the keyboard that it brings or takes away."""
        return cast(Markup, self.fields.get("reply_markup") or Markup())

    @property
    def file(self) -> Upload | None:
        """The file, if it is one."""
        return next((self.fields[kind] for kind in _FILES if isinstance(self.fields.get(kind), Upload)), None)


@dataclass
class FakeBotApi:
    """The Bot API of one bot.

    Args:
        url: where it answers, once it runs.
        token: the bot's.
        sent: what the bot sent, oldest first.
        actions: (chat id, action) of every `sendChatAction`.
        answered: ids of the pressed buttons that were answered.
        calls: methods in the order of their calls.
        mishaps: what goes wrong with the next messages, one each; None for nothing.
        chats: people and groups that the bot may write to, by id.
        blocked: ids of those who have blocked it.
        files: the contents of files by their id.
        pressed: ids of pressed buttons that wait for an answer.
        ids: counts the messages; begin elsewhere where a bot's earlier ones are remembered.
    """

    url: str = ""
    token: str = TOKEN
    clock: Clock = system_clock
    post: Post = field(default_factory=Post)
    sent: list[Sent] = field(default_factory=list)
    actions: list[tuple[int, str]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    mishaps: deque[Mishap | None] = field(default_factory=deque)
    chats: dict[int, dict[str, Any]] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    pressed: set[str] = field(default_factory=set)
    ids: count[int] = field(default_factory=lambda: count(1))

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[FakeBotApi]:
        """Answer on an address, and deliver updates, for as long as the block runs."""
        app = new_app("fake-bot-api")
        app.config.REQUEST_MAX_SIZE = MAX_UPLOAD + 10_000_000
        app.add_route(self._file, "/file/<bot:str>/<path:path>")
        app.add_route(self._call, "/<bot:str>/<method:str>", methods=["GET", "POST"])
        sock = bind(host, port)
        self.url = f"http://{host}:{sock.getsockname()[1]}"
        async with listening(app, sock, grace_s=0.05):
            delivering = asyncio.create_task(self.post.deliver())
            try:
                yield self
            finally:
                delivering.cancel()
                await asyncio.gather(delivering, return_exceptions=True)

    def next_id(self) -> int:
        """Return the id of the next message."""
        return next(self.ids)

    def keep(self, content: bytes) -> str:
        """Keep a file; returns its id."""
        file_id = f"BQACAgQAAx-{len(self.files) + 1}"
        self.files[file_id] = content
        return file_id

    # answers

    async def _call(self, request: Request, bot: str, method: str) -> HTTPResponse:
        method = method.lower()
        self.calls.append(method)
        try:
            self._admit(bot)
            fields = read(method, _given(request))
            if method.startswith("send") and method != "sendchataction":
                return await self._send(request, method, fields)
            return _answer(await self._plain(method, fields))
        except Refusal as refusal:
            return _refused(refusal)

    def _admit(self, bot: str) -> None:
        if not bot.startswith("bot") or ":" not in bot:
            raise Refusal(404, "Not Found")
        if bot != f"bot{self.token}":
            raise Refusal(401, "Unauthorized")

    async def _plain(self, method: str, fields: Mapping[str, Any]) -> Any:
        if method == "getme":
            return BOT
        if method == "sendchataction":
            self._reached(fields["chat_id"])
            self.actions.append((fields["chat_id"], fields["action"]))
        elif method == "answercallbackquery":
            if fields["callback_query_id"] not in self.pressed:
                raise bad("query is too old and response timeout expired or query ID is invalid")
            self.pressed.discard(fields["callback_query_id"])
            self.answered.append(fields["callback_query_id"])
        elif method == "getfile":
            return self._found(fields["file_id"])
        elif method == "getupdates":
            limit, wait = fields.get("limit", 100), fields.get("timeout", 0)
            return await self.post.ask(fields.get("offset", 0), limit, wait, fields.get("allowed_updates"))
        elif method == "getwebhookinfo":
            return self._webhook()
        else:
            url = fields.get("url", "")
            webhook = Webhook(url, fields.get("secret_token", "")) if url else None
            self.post.set(webhook, fields.get("allowed_updates"), drop=fields.get("drop_pending_updates", False))
        return True

    async def _send(self, request: Request, method: str, fields: Mapping[str, Any]) -> HTTPResponse:
        mishap = self.mishaps.popleft() if self.mishaps else None
        wrong = mishap.wrong if mishap is not None else None
        if mishap is not None and wrong is Wrong.FLOOD:
            words = f"Too Many Requests: retry after {mishap.number}"
            raise Refusal(429, words, {"retry_after": mishap.number})
        if mishap is not None and wrong is Wrong.BROKEN:
            raise Refusal(mishap.number or 500, "Internal Server Error")
        if wrong in _REFUSALS:
            raise Refusal(*_REFUSALS[wrong])
        result = self._take(method, fields)
        if wrong is Wrong.HANG:
            await asyncio.Event().wait()
        if wrong is Wrong.DROP:
            cast(asyncio.Transport, request.transport).abort()
        if wrong is Wrong.GARBLED:
            return text("<html>It works!</html>")
        return _answer({**result, "hologram": {"depth": [1, 2]}} if wrong is Wrong.NEWER else result)

    def _take(self, method: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        chat = self._reached(fields["chat_id"])
        for_chat(fields.get("reply_markup", Markup()), chat)
        sent = Sent(self.next_id(), fields["chat_id"], method, fields, self.clock())
        self.sent.append(sent)
        result = {"message_id": sent.message_id, "date": self.clock() // 1000, "chat": chat, "from": BOT}
        result |= {name: fields[name] for name in ("text", "caption") if name in fields}
        if "latitude" in fields and method == "sendlocation":
            result["location"] = {name: fields[name] for name in ("latitude", "longitude")}
        if sent.markup.inline:  # of the other kinds the platform says nothing
            result["reply_markup"] = {"inline_keyboard": sent.markup.inline}
        if sent.file is not None:
            file_id = self.keep(sent.file.content)
            result["document"] = {"file_id": file_id, "file_unique_id": file_id, "file_size": len(sent.file.content)}
        return result

    def _reached(self, chat_id: int) -> dict[str, Any]:
        if chat_id not in self.chats:
            raise bad("chat not found")
        if chat_id in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return self.chats[chat_id]

    def _found(self, file_id: str) -> dict[str, Any]:
        content = self.files.get(file_id)
        if content is None:
            raise bad("invalid file_id")
        if len(content) > MAX_DOWNLOAD:
            raise bad("file is too big")
        path = f"documents/{file_id}.bin"
        return {"file_id": file_id, "file_unique_id": file_id, "file_size": len(content), "file_path": path}

    def _webhook(self) -> dict[str, Any]:
        webhook = self.post.webhook or Webhook("")
        told = {"url": webhook.url, "has_custom_certificate": False, "pending_update_count": len(self.post.waiting)}
        if self.post.allowed:
            told["allowed_updates"] = list(self.post.allowed)
        if webhook.last_error:
            told |= {"last_error_message": webhook.last_error, "last_error_date": self.clock() // 1000}
        return told

    async def _file(self, request: Request, bot: str, path: str) -> HTTPResponse:  # noqa: ARG002 - Sanic's
        try:
            self._admit(bot)
        except Refusal as refusal:
            return _refused(refusal)
        content = self.files.get(path.removeprefix("documents/").removesuffix(".bin"))
        return raw(content) if content is not None else _refused(Refusal(404, "Not Found"))


_REFUSALS: Mapping[Wrong | None, tuple[int, str]] = {
    Wrong.BLOCKED: (403, "Forbidden: bot was blocked by the user"),
    Wrong.NO_CHAT: (400, "Bad Request: chat not found"),
    Wrong.NO_TOKEN: (401, "Unauthorized"),
}


def _given(request: Request) -> dict[str, Any]:
    """Return the fields of a call, which may come in the address, as a form, with files, or as JSON."""
    given: dict[str, Any] = dict(request.get_query_args(keep_blank_values=True))
    if "application/json" in (request.content_type or ""):
        given |= request.json or {}
    given |= {name: values[0] for name, values in (request.form or {}).items()}
    for name, (file, *_) in (request.files or {}).items():
        given[name] = Upload(file.name, file.type, file.body)
    return given


def _answer(result: Any) -> HTTPResponse:
    return json_response({"ok": True, "result": result})


def _refused(refusal: Refusal) -> HTTPResponse:
    body: dict[str, Any] = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = dict(refusal.parameters)
    return json_response(body, status=refusal.status)
