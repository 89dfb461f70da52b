"""The OpenAPI description of the public API, built from the table of its operations.

The prose is in docs/contracts.md; a test holds the table against the app's routes and real answers against the schemas.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from connectors.desk.schemas import DESK
from connectors.operations import OPERATIONS, Operation
from connectors.schemas import SHARED, Schema, ref
from connectors.web.schemas import WEB

OPENAPI = "3.1.0"
_API_VERSION = "1"

# OpenAPI 3.1 says that a body is raw bytes by saying nothing of its content.
_BYTES: Schema = {}

_ERRORS = {
    400: "The body is not JSON in UTF-8.",
    401: "No token or session, or a wrong or expired one.",
    403: "The Origin or the CSRF token is wrong, or it is not this agent's.",
    404: "There is no such thing.",
    408: "It took too long to arrive.",
    409: "It contradicts what is already so.",
    413: "The body is over its limit.",
    415: "The body is not `application/json`.",
    422: "A field is unknown, missing, of the wrong type or out of range.",
    429: "Too many attempts; `Retry-After` says when to try again.",
    503: "The store does not answer; nothing was accepted.",
}
_OF_BODIES = (400, 413, 415)
_OF_ALL = (422, 503)


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
            "description": "The web chat of customers, the desk of agents, and order updates.",
        },
        "paths": paths,
        "components": {
            "schemas": {**SHARED, **WEB, **DESK, "Description": {"type": "object"}},
            "securitySchemes": {
                "customer": {"type": "http", "scheme": "bearer"},
                "program": {"type": "http", "scheme": "bearer"},
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
    if operation.file and operation.method == "post":
        described["requestBody"] = {"required": True, "content": {"*/*": {"schema": _BYTES}}}
    if operation.takes is not None:
        described["requestBody"] = {"required": True, "content": _json(operation.takes)}
    if operation.who in ("customer", "program"):
        described["security"] = [{operation.who: []}]
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
    elif operation.file:
        good["content"] = {"*/*": {"schema": _BYTES}}
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
