"""`baton notify`: tells a customer about their order, through the running gateway."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import httpx

from baton.failure import Failure

_SECONDS = 20.0


def notify(address: str, api_key: str, notice: Mapping[str, Any], key: str | None = None) -> str:
    """Send one order update.

    Args:
        address: where the gateway is reached.
        api_key: the setting `api_key`.
        notice: the body of `POST /api/notify`.
        key: the Idempotency-Key; None makes one.

    Returns:
        A sentence that says what became of it.

    Raises:
        Failure: the gateway is not there, or refused it; the sentence says why.
    """
    headers = {"Authorization": f"Bearer {api_key}", "Idempotency-Key": key or f"cli-{secrets.token_hex(8)}"}
    try:
        answer = httpx.post(f"{address}/api/notify", json=dict(notice), headers=headers, timeout=_SECONDS)
    except httpx.HTTPError as problem:
        raise Failure(f"No Baton answers at {address} ({type(problem).__name__}); start it with `baton run`.") from None
    try:
        told = answer.json()
        if answer.status_code == 202:
            return _sentence(told)
        raise Failure(str(told["error"]["message"]))
    except (ValueError, KeyError, TypeError):
        raise Failure(f"What answers at {address} is not Baton; look at public_url and port.") from None


def notice(
    *,
    to: Mapping[str, str | None],
    order: str,
    update: str,
    fields: Mapping[str, str | None],
    language: str | None = None,
) -> dict[str, Any]:
    """Make the body of an update from what was typed; what was left out is left out.

    Args:
        to: `customer_id`, `phone` or `contact_id`.
        order: the order's number.
        update: `shipped`, `delayed` or `ready`.
        fields: `tracking`, `date`, `place`.
        language: the tag to write in.
    """
    body: dict[str, Any] = {"to": _given(to), "order": order, "update": update, "fields": _given(fields)}
    return body | ({"language": language} if language else {})


def _given(options: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in options.items() if value}


def _sentence(told: Mapping[str, Any]) -> str:
    if told["status"] == "queued":
        return f"Kept until the quiet hours are over, at {told['send_at']}."
    return f"Sent: conversation {told['conversation_id']}, entry {told['seq']}."
