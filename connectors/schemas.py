"""The shapes of docs/contracts.md as JSON Schema: what the public API takes and gives."""

from __future__ import annotations

from typing import Any

from connectors.web.routes import LONGEST_WAIT_S
from handoff.callback import CallbackStatus
from handoff.callbacks import Outcome
from handoff.entry import Author, Kind, Owner, OwnerEvent, Visibility
from handoff.model import HandoffReason, Presence, Status
from handoff.rules import Rules

Schema = dict[str, Any]

_RULES = Rules()

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
FACTS: Schema = {"type": "object", "additionalProperties": True}
WAIT: Schema = {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT_S, "default": 0}


def ref(name: str) -> Schema:
    """Refer to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(items: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": items}


def words(*allowed: str) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(allowed)}


def maybe(schema: Schema) -> Schema:
    """This or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def record(always: dict[str, Schema], sometimes: dict[str, Schema] | None = None) -> Schema:
    """An answer with these fields; more may come with later versions."""
    return {"type": "object", "properties": {**always, **(sometimes or {})}, "required": list(always)}


def request(always: dict[str, Schema], sometimes: dict[str, Schema] | None = None) -> Schema:
    """A body with these fields and no others."""
    return {**record(always, sometimes), "additionalProperties": False}


def sized(at_least: int, at_most: int) -> Schema:
    """Text of so many characters."""
    return {"type": "string", "minLength": at_least, "maxLength": at_most}


_PRESENCE = words(*Presence)
_UNDERSTOOD = record({"intent": TEXT, "confidence": {"type": "number"}, "fallback": FLAG})
_SAID = record({"seq": WHOLE, "author": words(*Author), "text": TEXT, "name": maybe(TEXT)})
_ENTRY = {
    "seq": WHOLE,
    "kind": words(*Kind, "typing"),
    "author": words(*Author),
    "name": maybe(TEXT),
    "text": TEXT,
    "language": maybe(TEXT),
    "buttons": listed(ref("Button")),
    "attachments": listed(FACTS),
    "sent_at": TIME,
}
_ENTRY_BY_KIND = {
    "client_msg_id": TEXT,
    "owner": words(*Owner),
    "callback": record({"callback_id": maybe(TEXT), "status": maybe(TEXT), "title": maybe(TEXT)}),
}

WEB: dict[str, Schema] = {
    "Error": record({"error": record({"code": TEXT, "message": TEXT})}),
    "Health": record({"status": words("ok", "degraded"), "redis": FLAG, "bot": FLAG}),
    "Button": record({"id": TEXT, "title": TEXT}),
    "CustomerEntry": record(_ENTRY, {**_ENTRY_BY_KIND, "typing": FLAG}),
    "CustomerPage": record({"entries": listed(ref("CustomerEntry")), "last_seq": WHOLE}),
    "HostUser": request(
        {"id": sized(1, 200), "issued_at": WHOLE},
        {"email": maybe(sized(1, 320)), "phone": maybe(sized(1, 40)), "name": maybe(sized(1, 200))},
    ),
    "SessionRequest": request(
        {},
        {
            "language": {**sized(2, 30), "default": "en"},
            "user": ref("HostUser"),
            "signature": sized(64, 64),
            "token": sized(1, 512),
        },
    ),
    "Session": record({"token": TEXT, "conversation_id": TEXT, "expires_at": TIME}),
    "MessageRequest": request(
        {"client_msg_id": sized(1, 128)}, {"text": sized(1, _RULES.max_text), "choice": sized(1, 32)}
    ),
    "Accepted": record({"seq": WHOLE}),
}

DESK: dict[str, Schema] = {
    "Agent": record({"id": TEXT, "login": TEXT, "name": TEXT}),
    "Colleague": record({"id": TEXT, "name": TEXT, "team": maybe(TEXT), "presence": _PRESENCE, "conversations": WHOLE}),
    "LoginRequest": request({"login": sized(1, 200), "password": sized(1, 1024)}),
    "Login": record({"agent": ref("Agent"), "csrf": TEXT}),
    "Me": record({"agent": ref("Agent"), "csrf": TEXT, "presence": _PRESENCE}),
    "Presence": request({"presence": _PRESENCE}),
    "Card": record(
        {
            "id": TEXT,
            "channel": TEXT,
            "owner": words(*Owner),
            "status": words(*Status),
            "epoch": WHOLE,
            "contact_name": maybe(TEXT),
            "topic": TEXT,
            "reason": maybe(words(*HandoffReason)),
            "requested_at": maybe(TIME),
            "waiting_seconds": WHOLE,
            "agent_id": maybe(TEXT),
            "agent_name": maybe(TEXT),
            "offered_to": maybe(TEXT),
            "offer_expires_at": maybe(TIME),
            "last_text": TEXT,
            "last_author": maybe(words(*Author)),
            "last_seq": WHOLE,
            "language": TEXT,
            "unread": WHOLE,
        }
    ),
    "Callback": record(
        {
            "callback_id": TEXT,
            "conversation_id": TEXT,
            "status": words(*CallbackStatus),
            "starts_at": TIME,
            "ends_at": TIME,
            "title": TEXT,
            "phone": TEXT,
            "topic": TEXT,
            "name": maybe(TEXT),
            "due": FLAG,
            "outcome": maybe(words(*Outcome)),
        }
    ),
    "Overview": record(
        {
            "queue": listed(ref("Card")),
            "mine": listed(ref("Card")),
            "callbacks": listed(ref("Callback")),
            "agents": listed(ref("Colleague")),
            "presence": _PRESENCE,
        }
    ),
    "DeskEntry": record(
        {
            **_ENTRY,
            "visibility": words(*Visibility),
            "in_reply_to": maybe(WHOLE),
            "understood": maybe(_UNDERSTOOD),
            "facts": FACTS,
        },
        {**_ENTRY_BY_KIND, "event": words(*OwnerEvent), "misunderstood": FLAG},
    ),
    "DeskPage": record({"entries": listed(ref("DeskEntry")), "last_seq": WHOLE}),
    "Summary": record(
        {
            "reason": TEXT,
            "topic": TEXT,
            "details": FACTS,
            "tried": listed(TEXT),
            "misunderstandings": WHOLE,
            "first_message": TEXT,
            "last_messages": listed(_SAID),
            "outcomes": listed(TEXT),
        }
    ),
    "Contact": record(
        {
            "id": TEXT,
            "verified": FLAG,
            "customer_id": maybe(TEXT),
            "name": maybe(TEXT),
            "email": maybe(TEXT),
            "phone": maybe(TEXT),
        }
    ),
    "OpenedConversation": record(
        {
            "conversation": ref("Card"),
            "summary": ref("Summary"),
            "details": FACTS,
            "contact": ref("Contact"),
            "entries": listed(ref("DeskEntry")),
            "last_seq": WHOLE,
        }
    ),
    "Carded": record({"conversation": ref("Card")}),
    "AgentMessageRequest": request({"client_msg_id": sized(1, 128), "text": sized(1, _RULES.max_text)}),
    "TransferRequest": request(
        {}, {"agent_id": sized(1, 128), "team": sized(1, 128), "note": maybe(sized(0, _RULES.max_text))}
    ),
    "ReturnRequest": request({"outcome": sized(1, _RULES.max_outcome)}),
    "ResolveRequest": request({}, {"outcome": sized(0, _RULES.max_outcome)}),
    "SnoozeRequest": request({"until": TIME}),
    "Callbacks": record({"callbacks": listed(ref("Callback"))}),
    "CallbackDoneRequest": request({"outcome": words(*Outcome)}, {"note": sized(0, 4000)}),
    "CallbackDone": record({"callback": ref("Callback")}),
}
