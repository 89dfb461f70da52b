"""The internal API: what the bot's actions may ask of the gateway. On loopback, behind a shared secret."""

from __future__ import annotations

import re
from typing import Any

from sanic import HTTPResponse, Request
from sanic import json as json_response

from connectors.fields import instant, integer, language, text
from connectors.http import read_json, read_query, render_errors, require_bearer
from connectors.listen import App, new_app
from handoff.availability import Availability, Snapshot
from handoff.callback import Callback, CallbackStatus, Slot
from handoff.callbacks import Callbacks
from handoff.errors import InvalidInput
from handoff.instants import to_rfc3339
from handoff.model import Contact
from handoff.notices import ENGLISH
from handoff.store.port import ConversationStore
from handoff.time_words import TimeWords

MAX_SLOTS = 50

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_MAX_BODY = 16 * 1024
_LANGUAGE = {"language": language(default=None)}
_SLOTS = {
    "limit": integer(1, MAX_SLOTS, default=5),
    "after": instant(default=None),
    "language": language(default=ENGLISH),
}
_BOOKING = {"phone": text(40), "topic": text(300, at_least=0), "name": text(120, default=None), **_LANGUAGE}


def internal_app(
    availability: Availability, callbacks: Callbacks, words: TimeWords, conversations: ConversationStore, secret: str
) -> App:
    """Build the internal API of docs/contracts.md; every call must show the secret.

    Times are written in the language that a call asks for, else in that of the conversation it is about.

    Args:
        availability: who is there.
        callbacks: the slots, and what is booked.
        words: writes times for people.
        conversations: tells who a contact is and what they speak.
        secret: what a caller shows.

    Raises:
        ValueError: there is no secret.
    """
    if not secret:
        raise ValueError("The internal API needs a secret; set internal_secret.")
    app = new_app("baton-internal")
    render_errors(app, _MAX_BODY)

    @app.on_request
    async def authenticate(request: Request) -> None:
        require_bearer(request, secret)

    async def shown(callback: Callback, asked: str | None) -> dict[str, Any]:
        spoken = asked or (await conversations.get(callback.conversation_id)).language
        return _callback(callback, words.title(callback.starts_at, spoken))

    @app.get("/internal/availability")
    async def available(request: Request) -> HTTPResponse:
        asked = read_query(request, {"language": language(default=ENGLISH)})["language"]
        return json_response({**_snapshot(await availability.now()), "hours_text": words.hours(asked)})

    @app.get("/internal/callbacks/slots")
    async def slots(request: Request) -> HTTPResponse:
        query = read_query(request, _SLOTS)
        found = await callbacks.slots(query["limit"], query["after"])
        return json_response({"slots": [_slot(slot, words.title(slot.starts_at, query["language"])) for slot in found]})

    @app.post("/internal/callbacks/holds")
    async def hold(request: Request) -> HTTPResponse:
        body = read_json(request, {"conversation_id": text(200), "slot_id": text(40), **_LANGUAGE})
        held = await callbacks.hold(body["conversation_id"], body["slot_id"], _idempotency_key(request))
        return json_response(await shown(held, body["language"]), status=201)

    @app.post("/internal/callbacks/<callback_id:str>/book")
    async def book(request: Request, callback_id: str) -> HTTPResponse:
        body = read_json(request, _BOOKING)
        told = {name: body[name] for name in ("phone", "topic", "name")}
        booked = await callbacks.book(callback_id, **told, key=_idempotency_key(request))
        return json_response(await shown(booked, body["language"]))

    @app.post("/internal/callbacks/<callback_id:str>/change")
    async def change(request: Request, callback_id: str) -> HTTPResponse:
        body = read_json(request, {"slot_id": text(40), **_LANGUAGE})
        changed = await callbacks.change(callback_id, body["slot_id"], _idempotency_key(request))
        return json_response(await shown(changed, body["language"]))

    @app.post("/internal/callbacks/<callback_id:str>/cancel")
    async def cancel(request: Request, callback_id: str) -> HTTPResponse:
        asked = read_json(request, _LANGUAGE)["language"] if request.body else None
        return json_response(await shown(await callbacks.cancel(callback_id, _idempotency_key(request)), asked))

    @app.get("/internal/conversations/<conversation_id:str>/callbacks")
    async def callbacks_of(request: Request, conversation_id: str) -> HTTPResponse:
        asked = read_query(request, _LANGUAGE)["language"]
        found = await callbacks.of_conversation(conversation_id)
        return json_response({"callbacks": [await shown(callback, asked) for callback in found]})

    @app.get("/internal/conversations/<conversation_id:str>/contact")
    async def contact_of(request: Request, conversation_id: str) -> HTTPResponse:
        read_query(request, {})
        return json_response(_contact((await conversations.get(conversation_id)).contact))

    return app


def _idempotency_key(request: Request) -> str:
    key = str(request.headers.get("idempotency-key", ""))
    if not _KEY.fullmatch(key):
        raise InvalidInput("Send an Idempotency-Key header of 1 to 200 visible ASCII characters.")
    return key


def _snapshot(now: Snapshot) -> dict[str, Any]:
    return {
        "open_now": now.open_now,
        "agents_online": now.agents_online,
        "agents_free": now.agents_free,
        "queue_length": now.queue_length,
        "estimated_wait_seconds": now.estimated_wait_seconds,
        "opens_at": None if now.opens_at is None else to_rfc3339(now.opens_at, "seconds"),
    }


def _slot(slot: Slot, title: str) -> dict[str, Any]:
    return {
        "slot_id": slot.id,
        "starts_at": to_rfc3339(slot.starts_at, "seconds"),
        "ends_at": to_rfc3339(slot.ends_at, "seconds"),
        "title": title,
    }


def _callback(callback: Callback, title: str) -> dict[str, Any]:
    shown = {
        "callback_id": callback.id,
        "conversation_id": callback.conversation_id,
        "slot_id": callback.slot_id,
        "starts_at": to_rfc3339(callback.starts_at, "seconds"),
        "ends_at": to_rfc3339(callback.ends_at, "seconds"),
        "title": title,
        "status": callback.status.value,
        "phone": callback.phone or None,
        "topic": callback.topic,
        "name": callback.name,
    }
    if callback.status is CallbackStatus.HELD:
        shown["hold_expires_at"] = to_rfc3339(callback.hold_expires_at)
    return shown


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "contact_id": contact.id,
        "verified": contact.verified,
        "customer_id": contact.customer_id,
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
    }
