"""What the desk sends and gets, as JSON Schema."""

from __future__ import annotations

from connectors.schemas import (
    ENTRY,
    ENTRY_BY_KIND,
    FACTS,
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
from handoff.callback import CallbackStatus
from handoff.callbacks import Outcome
from handoff.entry import Author, Owner, OwnerEvent, Visibility
from handoff.model import HandoffReason, Presence, Status
from handoff.rules import Rules

_RULES = Rules()

_PRESENCE = words(*Presence)
_UNDERSTOOD = record({"intent": TEXT, "confidence": {"type": "number"}, "fallback": FLAG})
_SAID = record({"seq": WHOLE, "author": words(*Author), "text": TEXT, "name": maybe(TEXT)})
_DESK_ENTRY: dict[str, Schema] = {
    **ENTRY,
    "visibility": words(*Visibility),
    "in_reply_to": maybe(WHOLE),
    "understood": maybe(_UNDERSTOOD),
    "facts": FACTS,
}
_DESK_ENTRY_BY_KIND: dict[str, Schema] = {
    **ENTRY_BY_KIND,
    "event": words(*OwnerEvent),
    "template": TEXT,
    "misunderstood": FLAG,
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
            "ended": FLAG,
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
    "DeadLetter": record(
        {
            "conversation_id": TEXT,
            "channel": TEXT,
            "seq": WHOLE,
            "text": TEXT,
            "at": TIME,
            "code": TEXT,
            "hint": TEXT,
        }
    ),
    "DeadLetters": record({"dead_letters": listed(ref("DeadLetter"))}),
    "Templates": record({"templates": listed(record({"name": TEXT, "language": TEXT, "text": TEXT, "places": WHOLE}))}),
    "TemplateRequest": request(
        {
            "client_msg_id": sized(1, 128),
            "name": sized(1, 512),
            "language": sized(1, 35),
            "fields": listed(sized(1, 1024)),
        }
    ),
    "Overview": record(
        {
            "queue": listed(ref("Card")),
            "mine": listed(ref("Card")),
            "callbacks": listed(ref("Callback")),
            "dead_letters": listed(ref("DeadLetter")),
            "agents": listed(ref("Colleague")),
            "presence": _PRESENCE,
        }
    ),
    "DeskEntry": record(_DESK_ENTRY, _DESK_ENTRY_BY_KIND),
    "TimelineEntry": record({**_DESK_ENTRY, "conversation_id": TEXT, "channel": TEXT}, _DESK_ENTRY_BY_KIND),
    "Person": record(
        {
            "last_used": TEXT,
            "conversations": listed(
                record(
                    {
                        "conversation_id": TEXT,
                        "channel": TEXT,
                        "owner": words(*Owner),
                        "agent_name": maybe(TEXT),
                        "last_seq": WHOLE,
                    }
                )
            ),
            "merges": listed(record({"merge_id": TEXT, "proof": TEXT, "at": TIME, "channels": listed(TEXT)})),
        }
    ),
    "Written": record({"conversation_id": TEXT, "seq": WHOLE}),
    "PartRequest": request({"merge_id": sized(1, 128)}),
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
            "person": ref("Person"),
            "entries": listed(ref("TimelineEntry")),
            "last_seq": WHOLE,
            "sending": record(
                {
                    "conversation_id": TEXT,
                    "channel": TEXT,
                    "window_ends_at": maybe(TIME),
                    "templates": FLAG,
                    "ended": FLAG,
                }
            ),
        }
    ),
    "Carded": record({"conversation": ref("Card")}),
    "AgentMessageRequest": request(
        {"client_msg_id": sized(1, 128)}, {"text": sized(0, _RULES.max_text), "attachments": TOKENS}
    ),
    "ReplyRequest": request(
        {"client_msg_id": sized(1, 128)},
        {"text": sized(0, _RULES.max_text), "attachments": TOKENS, "to": maybe(sized(1, 128)), "insist": FLAG},
    ),
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
