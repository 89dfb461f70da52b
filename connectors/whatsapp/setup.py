"""What an operator does with a number: looks whether everything is as it should be, and sets the webhook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.base import Finding
from connectors.whatsapp.errors import GraphError, outcome_of
from connectors.whatsapp.fields import listed, part, words
from connectors.whatsapp.graph import Graph, GraphFailure, Refused
from connectors.whatsapp.options import WhatsAppOptions
from connectors.whatsapp.templates import approved
from handoff.errors import InvalidInput

_NEEDED = ("whatsapp_business_messaging", "whatsapp_business_management")
_OBJECT = "whatsapp_business_account"


async def check(graph: Graph, options: WhatsAppOptions, webhook_url: str | None) -> Sequence[Finding]:
    """Look at token, number, account, webhook and templates, each one question to the platform."""
    findings = []
    app_id, token = await _token(graph, options)
    findings.append(token)
    if not token.well:
        return findings
    findings.append(await _number(graph, options))
    if not options.account_id:
        advice = "Set BATON_WHATSAPP_ACCOUNT_ID; without it templates and the webhook can't be looked at."
        return [*findings, Finding("business account", well=False, advice=advice)]
    findings.append(await _belongs(graph, options))
    findings.append(await _subscribed(graph, options, app_id))
    findings.append(await _webhook(graph, options, app_id, webhook_url))
    findings.append(await _templates(graph, options))
    return findings


async def set_webhook(graph: Graph, options: WhatsAppOptions, url: str) -> None:
    """Tell the platform to send this app's WhatsApp webhooks to `url`, and this account's to this app.

    Raises:
        InvalidInput: it can't be done from here; the message says what a person has to do.
    """
    if not url.startswith("https://") and not graph.local:
        raise InvalidInput("WhatsApp sends to https addresses only; set BATON_PUBLIC_URL to one.")
    if not options.account_id:
        raise InvalidInput("Set BATON_WHATSAPP_ACCOUNT_ID to the id of your WhatsApp business account.")
    app_id, token = await _token(graph, options)
    if not token.well:
        raise InvalidInput(token.advice)
    fields = {"object": _OBJECT, "callback_url": url, "verify_token": options.verify_token, "fields": "messages"}
    try:
        await graph.post(f"{app_id}/subscriptions", fields, token=_app_token(app_id, options), timeout_s=30)
    except GraphFailure as failure:
        raise InvalidInput(
            f"WhatsApp did not take the webhook ({_why(failure)}). See that Baton runs and {url} is reached from the "
            "internet, and that BATON_WHATSAPP_APP_SECRET is this app's."
        ) from None
    try:
        await graph.post(f"{options.account_id}/subscribed_apps", {})
    except GraphFailure as failure:
        raise InvalidInput(
            f"The account could not be subscribed to the app ({_why(failure)}); see that "
            "BATON_WHATSAPP_ACCOUNT_ID is right and the token has whatsapp_business_management."
        ) from None


# one question each


async def _token(graph: Graph, options: WhatsAppOptions) -> tuple[str, Finding]:
    what = "access token"
    try:
        told = part(await graph.get("debug_token", input_token=options.token), "data")
    except GraphFailure as failure:
        return "", Finding(what, well=False, advice=_unaccepted(failure))
    if told.get("is_valid") is not True:
        return "", Finding(what, well=False, advice="It has expired or was withdrawn; make one for a system user.")
    missing = [name for name in _NEEDED if name not in listed(told, "scopes")]
    if missing:
        return "", Finding(what, well=False, advice=f"It lacks {' and '.join(missing)}; make one that has both.")
    if told.get("expires_at"):
        advice = "It expires; make one for a system user that never does, or Baton falls silent that day."
        return words(told, "app_id", 64), Finding("access token (works now)", well=True, advice=advice)
    return words(told, "app_id", 64), Finding(what, well=True)


async def _number(graph: Graph, options: WhatsAppOptions) -> Finding:
    asked = "display_phone_number,verified_name,status,quality_rating"
    try:
        number = await graph.get(options.phone_number_id, fields=asked)
    except GraphFailure as failure:
        advice = f"The number is not known ({_why(failure)}); set BATON_WHATSAPP_PHONE_NUMBER_ID to its id."
        return Finding("phone number", well=False, advice=advice)
    shown = f"phone number {words(number, 'display_phone_number', 40)} ({words(number, 'verified_name', 80)})"
    status = words(number, "status", 40)
    if status and status != "CONNECTED":
        advice = f"Its status is {status}; register it for the Cloud API in the WhatsApp manager."
        return Finding(shown, well=False, advice=advice)
    if words(number, "quality_rating", 20) == "RED":
        return Finding(shown, well=True, advice="Customers report its messages as unwanted; write to fewer unasked.")
    return Finding(shown, well=True)


async def _belongs(graph: Graph, options: WhatsAppOptions) -> Finding:
    what = "business account"
    try:
        numbers = await graph.get(f"{options.account_id}/phone_numbers", fields="id", limit="100")
    except GraphFailure as failure:
        advice = f"It is not known ({_why(failure)}); set BATON_WHATSAPP_ACCOUNT_ID to its id."
        return Finding(what, well=False, advice=advice)
    ids = [number.get("id") for number in listed(numbers, "data") if isinstance(number, dict)]
    if options.phone_number_id not in ids:
        return Finding(what, well=False, advice="The phone number belongs to another account; correct one of the ids.")
    return Finding(what, well=True)


async def _subscribed(graph: Graph, options: WhatsAppOptions, app_id: str) -> Finding:
    what = "account subscribed to the app"
    try:
        apps = await graph.get(f"{options.account_id}/subscribed_apps")
    except GraphFailure as failure:
        advice = f"It can't be looked at ({_why(failure)}); see that the token's system user has this account."
        return Finding(what, well=False, advice=advice)
    found = [words(part(app, "whatsapp_business_api_data"), "id", 64) for app in _objects(apps)]
    if app_id not in found:
        return Finding(what, well=False, advice="Run `baton channel set-webhook whatsapp`.")
    return Finding(what, well=True)


async def _webhook(graph: Graph, options: WhatsAppOptions, app_id: str, url: str | None) -> Finding:
    what = f"webhook {url}" if url else "webhook"
    try:
        kept = await graph.get(f"{app_id}/subscriptions", token=_app_token(app_id, options))
    except GraphFailure as failure:
        advice = f"It can't be looked at ({_why(failure)}); see that BATON_WHATSAPP_APP_SECRET is this app's."
        return Finding(what, well=False, advice=advice)
    for subscription in _objects(kept):
        if subscription.get("object") != _OBJECT:
            continue
        names = [field.get("name") for field in listed(subscription, "fields") if isinstance(field, dict)]
        active = subscription.get("active") is True and "messages" in names
        if active and url in (None, subscription.get("callback_url")):
            return Finding(what, well=True)
        where = words(subscription, "callback_url", 200)
        advice = f"It is set to {where} instead" if active else "It is not active for messages"
        return Finding(what, well=False, advice=f"{advice}; run `baton channel set-webhook whatsapp`.")
    return Finding(what, well=False, advice="None is set; run `baton channel set-webhook whatsapp`.")


async def _templates(graph: Graph, options: WhatsAppOptions) -> Finding:
    try:
        count = len(await approved(graph, options.account_id))
    except GraphFailure as failure:
        advice = f"They can't be read ({_why(failure)}); see that the token's system user has this account."
        return Finding("templates", well=False, advice=advice)
    advice = "" if count else "Nobody can be written to after 24 hours without one; make one in the manager."
    return Finding(f"templates: {count} approved", well=True, advice=advice)


def _unaccepted(failure: GraphFailure) -> str:
    if isinstance(failure, Refused):
        return f"WhatsApp did not accept it ({_why(failure)}); give BATON_WHATSAPP_TOKEN one of a system user."
    return f"WhatsApp cannot be asked ({_why(failure)}); see that this machine is online, then run the command again."


def _app_token(app_id: str, options: WhatsAppOptions) -> str:
    return f"{app_id}|{options.app_secret}"


def _objects(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [item for item in listed(answer, "data") if isinstance(item, dict)]


def _why(failure: GraphFailure) -> str:
    if isinstance(failure, Refused):
        error: GraphError = failure.error
        return f"error {outcome_of(error).code}{': ' + error.details if error.details else ''}"
    return f"no answer, {failure}"
