"""JSON Schema for the shapes of docs/contracts.md: the words in which they are written, and what all pages share.

What only the customer's page, or only the desk, takes and gives is in `connectors.web.schemas` and
`connectors.desk.schemas`.
"""

from __future__ import annotations

from typing import Any

from connectors.media.uploads import MAX_FILES, MAX_TOKEN
from handoff.attachment import AttachmentKind, AttachmentState
from handoff.entry import Author, Kind, Owner

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
FACTS: Schema = {"type": "object", "additionalProperties": True}


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


TOKENS: Schema = {"type": "array", "items": sized(1, MAX_TOKEN), "maxItems": MAX_FILES, "default": []}
ENTRY = {
    "seq": WHOLE,
    "kind": words(*Kind, "typing"),
    "author": words(*Author),
    "name": maybe(TEXT),
    "text": TEXT,
    "language": maybe(TEXT),
    "buttons": listed(ref("Button")),
    "attachments": listed(ref("Attachment")),
    "sent_at": TIME,
}
ENTRY_BY_KIND = {
    "client_msg_id": TEXT,
    "owner": words(*Owner),
    "callback": record({"callback_id": maybe(TEXT), "status": maybe(TEXT), "title": maybe(TEXT)}),
    "asks": words("satisfaction"),
}
_ATTACHMENT = record(
    {"kind": words(*AttachmentKind), "state": words(*AttachmentState)},
    {
        **dict.fromkeys(("id", "name", "type", "url", "phone", "note"), TEXT),
        **{name: {"type": "number"} for name in ("latitude", "longitude")},
        "size": WHOLE,
    },
)

SHARED: dict[str, Schema] = {
    "Error": record({"error": record({"code": TEXT, "message": TEXT})}),
    "Health": record({"status": words("ok", "degraded"), "redis": FLAG, "bot": FLAG}),
    "Button": record({"id": TEXT, "title": TEXT}),
    "Attachment": _ATTACHMENT,
    "Upload": record({"attachment": ref("Attachment"), "token": TEXT, "expires_at": TIME}),
    "Accepted": record({"seq": WHOLE}),
}
