"""The OpenAPI description of the public API, built from one table of its operations.

The prose is in docs/contracts.md; a test holds the table against the app's routes and real answers against the schemas.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from connectors.schemas import DESK, WAIT, WEB, WHOLE, Schema, ref

OPENAPI = "3.1.0"
_API_VERSION = "1"
_AFTER = {"after": {**WHOLE, "default": 0}}
_CONVERSATION = "/api/desk/conversations/{conversation_id}"

_ERRORS = {
    400: "The body is not JSON in UTF-8.",
    401: "No token or session, or a wrong or expired one.",
    403: "The Origin or the CSRF token is wrong, or it is not this agent's.",
    404: "There is no such thing.",
    409: "It contradicts what is already so.",
    413: "The body is over its limit.",
    415: "The body is not `application/json`.",
    422: "A field is unknown, missing, of the wrong type or out of range.",
    429: "Too many attempts; `Retry-After` says when to try again.",
    503: "The store does not answer; nothing was accepted.",
}
_OF_BODIES = (400, 413, 415)
_OF_ALL = (422, 503)


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: `gives` names the schema of the answer (None: no body), `takes` that of the body.

    `who` may call: `anyone`, a `customer` with a token, or an `agent` with a session.
    """

    method: str
    path: str
    summary: str
    who: str
    status: int
    gives: str | None
    takes: str | None = None
    query: Mapping[str, Schema] | None = None
    errors: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """The operation's name for machines."""
        return "_".join((self.method, *re.findall(r"[a-z_]+", self.path.removeprefix("/api/"))))


def _step(name: str, summary: str, takes: str | None, *errors: int, gives: str = "Carded") -> Operation:
    status = 201 if gives == "Accepted" else 200
    return Operation(
        "post", f"{_CONVERSATION}/{name}", summary, "agent", status, gives, takes, errors=(404, 409, *errors)
    )


OPERATIONS = (
    Operation("get", "/api/health", "Tell whether the store and the bot answer.", "anyone", 200, "Health"),
    Operation("get", "/api/openapi.json", "Return this description.", "anyone", 200, "Description"),
    Operation(
        "post",
        "/api/chat/sessions",
        "Open a conversation, for a stranger or a signed user, or resume one.",
        "anyone",
        201,
        "Session",
        "SessionRequest",
        errors=(401, 429),
    ),
    Operation(
        "post",
        "/api/chat/messages",
        "Send a text or press a button; the same id and body give the same seq.",
        "customer",
        202,
        "Accepted",
        "MessageRequest",
        errors=(404, 409, 429),
    ),
    Operation(
        "get",
        "/api/chat/events",
        "Read the entries past a seq, waiting for one if asked to.",
        "customer",
        200,
        "CustomerPage",
        query={**_AFTER, "wait": WAIT},
    ),
    Operation(
        "get",
        "/api/chat/ws",
        'Open a WebSocket: first frame `{"token"}`, then CustomerPage frames; `{"typing"}` and `{"ping"}` may be sent.',
        "anyone",
        101,
        None,
        query=_AFTER,
    ),
    Operation("post", "/api/desk/login", "Sign in.", "anyone", 200, "Login", "LoginRequest", errors=(401, 403, 429)),
    Operation("post", "/api/desk/logout", "Sign out.", "agent", 204, None),
    Operation("get", "/api/desk/me", "Tell whose session this is.", "agent", 200, "Me"),
    Operation("put", "/api/desk/presence", "Choose the own presence.", "agent", 200, "Presence", "Presence"),
    Operation("get", "/api/desk/overview", "Return everything the desk lists.", "agent", 200, "Overview"),
    Operation("get", "/api/desk/callbacks", "Return callbacks due and coming.", "agent", 200, "Callbacks"),
    Operation(
        "post",
        "/api/desk/callbacks/{callback_id}/done",
        "Record that the agent phoned.",
        "agent",
        200,
        "CallbackDone",
        "CallbackDoneRequest",
        errors=(404, 409),
    ),
    Operation(
        "get",
        "/api/desk/ws",
        'Open a WebSocket: overviews after every change; `{"watch", "after"}` follows a conversation.',
        "agent",
        101,
        None,
    ),
    Operation("get", _CONVERSATION, "Return a conversation whole.", "agent", 200, "OpenedConversation", errors=(404,)),
    Operation(
        "get",
        f"{_CONVERSATION}/entries",
        "Return the log past a seq, every kind.",
        "agent",
        200,
        "DeskPage",
        query=_AFTER,
        errors=(404,),
    ),
    _step("claim", "Take the conversation from the queue, or accept an offer.", None),
    _step("decline", "Give an offer back.", None),
    _step("replies", "Write to the customer.", "AgentMessageRequest", gives="Accepted"),
    _step("notes", "Write to colleagues.", "AgentMessageRequest", gives="Accepted"),
    _step("transfer", "Pass the conversation to a colleague or a team.", "TransferRequest"),
    _step("return", "Return the conversation to the bot, with how it went.", "ReturnRequest"),
    _step("resolve", "Close the conversation.", "ResolveRequest"),
    _step("snooze", "Set the conversation aside until a time.", "SnoozeRequest"),
)


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Baton",
            "version": _API_VERSION,
            "description": "The web chat of customers and the desk of agents.",
        },
        "paths": paths,
        "components": {
            "schemas": {**WEB, **DESK, "Description": {"type": "object"}},
            "securitySchemes": {
                "customer": {"type": "http", "scheme": "bearer"},
                "agent": {"type": "apiKey", "in": "cookie", "name": "baton_desk"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
            },
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": _responses(operation),
    }
    if operation.takes is not None:
        described["requestBody"] = {"required": True, "content": _json(operation.takes)}
    if operation.who == "customer":
        described["security"] = [{"customer": []}]
    elif operation.who == "agent":
        described["security"] = [{"agent": [], **({} if operation.method == "get" else {"csrf": []})}]
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    in_query = [{"name": name, "in": "query", "schema": schema} for name, schema in (operation.query or {}).items()]
    return in_path + in_query


def _responses(operation: Operation) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done." if operation.status != 101 else "The socket is open."}
    if operation.gives is not None:
        good["content"] = _json(operation.gives)
    failed = {*operation.errors, *_OF_ALL}
    if operation.takes is not None:
        failed |= set(_OF_BODIES)
    if operation.who != "anyone":
        failed.add(401)
    if operation.who == "agent":
        failed.add(403)
    bad = {str(status): {"description": _ERRORS[status], "content": _json("Error")} for status in sorted(failed)}
    return {str(operation.status): good, **bad}


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": ref(name)}}
