"""`POST /api/notify`: another program tells a customer about their order."""

from __future__ import annotations

import re
from typing import Any

from sanic import HTTPResponse, Request
from sanic import json as json_response

from connectors.fields import fields_of, language, one_of, text
from connectors.http import read_json, require_bearer
from connectors.listen import App
from handoff.errors import InvalidInput
from handoff.instants import to_rfc3339
from handoff.notify import Noted, Notifier
from handoff.updates import DETAILS, OrderUpdate, Recipient, Update

_KEY = re.compile(r"[\x21-\x7e]{1,100}")
_MOST = 200
_OPTIONAL = text(_MOST, default=None)
_NOTICE = {
    "to": fields_of({"customer_id": _OPTIONAL, "phone": _OPTIONAL, "contact_id": _OPTIONAL}),
    "order": text(64),
    "update": one_of(*Update),
    "fields": fields_of(dict.fromkeys(DETAILS, _OPTIONAL), default=None),
    "language": language(default=None),
}


class NotifyRoutes:
    """Order updates over HTTP.

    Args:
        notifier: tells the customers.
        api_key: what callers show as a bearer token.

    Raises:
        ValueError: there is no key.
    """

    def __init__(self, notifier: Notifier, api_key: str) -> None:
        if not api_key:
            raise ValueError("The API needs a key; set api_key, or let Baton generate it.")
        self._notifier = notifier
        self._api_key = api_key

    def attach(self, app: App) -> None:
        """Put the route on an app."""
        app.add_route(self.notify, "/api/notify", methods=["POST"], name="notify")

    async def notify(self, request: Request) -> HTTPResponse:
        """Tell a customer about their order, at once or when the quiet hours are over."""
        require_bearer(request, self._api_key)
        key = str(request.headers.get("idempotency-key", ""))
        if not _KEY.fullmatch(key):
            raise InvalidInput("Send an Idempotency-Key header of 1 to 100 visible ASCII characters.")
        body = read_json(request, _NOTICE)
        details = {name: value for name, value in (body["fields"] or {}).items() if value is not None}
        update = OrderUpdate(
            Recipient(**body["to"]), body["order"], Update(body["update"]), details, language=body["language"]
        )
        return json_response(_noted(await self._notifier.notify(update, key)), status=202)


def _noted(noted: Noted) -> dict[str, Any]:
    return {
        "status": noted.status.value,
        "conversation_id": noted.conversation_id,
        "seq": noted.seq,
        "send_at": None if noted.at is None else to_rfc3339(noted.at, "seconds"),
    }
