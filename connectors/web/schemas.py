"""What the customer's page and the shop's own programs send and get, as JSON Schema."""

from __future__ import annotations

from connectors.schemas import (
    ENTRY,
    ENTRY_BY_KIND,
    FLAG,
    TEXT,
    TIME,
    TOKENS,
    WHOLE,
    Schema,
    listed,
    maybe,
    record,
    ref,
    request,
    sized,
    words,
)
from connectors.web.routes import LONGEST_WAIT_S
from handoff.notify import NoticeStatus
from handoff.rules import Rules
from handoff.updates import DETAILS, Update

WAIT: Schema = {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT_S, "default": 0}

_RULES = Rules()

WEB: dict[str, Schema] = {
    "CustomerEntry": record(ENTRY, {**ENTRY_BY_KIND, "typing": FLAG}),
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
        {"client_msg_id": sized(1, 128)},
        {"text": sized(0, _RULES.max_text), "choice": sized(1, 32), "attachments": TOKENS},
    ),
    "NoticeRequest": request(
        {
            "to": request({}, {name: maybe(sized(1, 200)) for name in ("customer_id", "phone", "contact_id")}),
            "order": sized(1, 64),
            "update": words(*Update),
        },
        {
            "fields": maybe(request({}, {name: maybe(sized(1, 200)) for name in DETAILS})),
            "language": maybe(sized(2, 30)),
        },
    ),
    "Noted": record(
        {
            "status": words(*NoticeStatus),
            "conversation_id": maybe(TEXT),
            "seq": maybe(WHOLE),
            "send_at": maybe(TIME),
        }
    ),
    "Offer": record(
        {
            "files": maybe(record({"max_bytes": WHOLE, "max_files": WHOLE, "endings": listed(TEXT)})),
            "mail": FLAG,
        }
    ),
    "TranscriptRequest": request({"email": {**sized(3, 254), "format": "email"}}),
}
