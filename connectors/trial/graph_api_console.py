"""The played console of a business: its templates and numbers, and where its webhooks go."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import httpx
from sanic import HTTPResponse, Request
from sanic import json as json_response

from connectors.http import MalformedBody, parse_json
from connectors.trial.graph_api_rules import text
from connectors.trial.graph_api_world import Refusal, World

_OBJECT = "whatsapp_business_account"


class Console:
    """What the account and the app tell about themselves."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def templates(self, request: Request) -> Mapping[str, Any]:
        """The templates, a page at a time."""
        wanted, limit = request.args.get("status"), int(request.args.get("limit", "25"))
        found = [each for each in self._world.templates if wanted in (None, each["status"])]
        begin = int(request.args.get("after") or 0)
        page, end = found[begin : begin + limit], begin + limit
        paging: dict[str, Any] = {"cursors": {"before": str(begin), "after": str(end)}}
        if end < len(found):
            paging["next"] = f"{request.scheme}://{request.host}{request.path}?after={end}"
        return {"data": page, "paging": paging}

    async def numbers(self, _: Request) -> Mapping[str, Any]:
        """The numbers of the account."""
        return {"data": [{"id": self._world.business.phone_number_id}]}

    async def subscribed(self, _: Request) -> Mapping[str, Any]:
        """The apps that get the account's webhooks."""
        app = {"whatsapp_business_api_data": {"id": self._world.business.app_id, "name": "Baton"}}
        return {"data": [app] if self._world.subscribed else []}

    async def subscribe(self, _: Request) -> Mapping[str, Any]:
        """Send the account's webhooks to the app."""
        self._world.subscribed = True
        return {"success": True}

    async def webhook(self, _: Request) -> Mapping[str, Any]:
        """Where the app gets webhooks."""
        if not self._world.callback:
            return {"data": []}
        fields = [{"name": name, "version": "v26.0"} for name in self._world.fields]
        return {"data": [{"object": _OBJECT, "callback_url": self._world.callback, "active": True, "fields": fields}]}

    async def set_webhook(self, request: Request) -> Mapping[str, Any]:
        """Change where the app gets webhooks; the address is tried out first."""
        body = body_of(request)
        callback, verify_token = text(body, "callback_url", 2000), text(body, "verify_token", 500)
        challenge = str(secrets.randbelow(10**9))
        asked = {"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": challenge}
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
                answer = await http.get(callback, params=asked)
        except httpx.HTTPError:
            raise Refusal(2200, "Callback verification failed: the address does not answer") from None
        if answer.status_code != 200 or answer.text != challenge:
            raise Refusal(2200, f"Callback verification failed: HTTP status {answer.status_code}")
        self._world.callback, self._world.fields = callback, tuple(text(body, "fields", 500).split(","))
        return {"success": True}


def body_of(request: Request) -> Mapping[str, Any]:
    """Return the JSON object that a call carries."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Refusal(100, "The content type must be application/json")
    try:
        body = parse_json(request.body)
    except MalformedBody as error:
        raise Refusal(100, error.message) from None
    if not isinstance(body, dict):
        raise Refusal(100, "The body must be an object")
    return body


def no_such(node: str) -> Refusal:
    """Return the refusal of an id that is not the business's."""
    return Refusal(100, f"Unsupported request. Object with ID '{node}' does not exist or cannot be loaded")


def refused(refusal: Refusal) -> HTTPResponse:
    """Write a refusal as the platform does."""
    error = {
        "message": f"(#{refusal.code}) {refusal.details}",
        "type": "OAuthException",
        "code": refusal.code,
        "error_data": {"messaging_product": "whatsapp", "details": refusal.details},
        "fbtrace_id": secrets.token_urlsafe(8),
    }
    return json_response({"error": error}, status=refusal.status)
