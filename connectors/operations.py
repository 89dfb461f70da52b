"""Every call of the public API as one table; `connectors.openapi` makes the description of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.media.exchange import MAX_GIVEN_NAME
from connectors.schemas import WHOLE, Schema
from connectors.web.schemas import WAIT

_AFTER = {"after": {**WHOLE, "default": 0}}
_FILE_NAME = {"name": {"type": "string", "maxLength": MAX_GIVEN_NAME, "default": ""}}
_CONVERSATION = "/api/desk/conversations/{conversation_id}"
_LETTER = "/api/desk/dead-letters/{conversation_id}/{seq}"
_OF_UPLOADS = (404, 408, 413)


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: `gives` names the schema of the answer (None: no body), `takes` that of the body.

    `who` may call: `anyone`, a `customer` with a token, an `agent` with a session, or a `program` with the API key.
    `file` says that the body of a POST, or the answer of a GET, is a file as it is.
    """

    method: str
    path: str
    summary: str
    who: str
    status: int
    gives: str | None
    takes: str | None = None
    file: bool = False
    query: Mapping[str, Schema] | None = None
    errors: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """The operation's name for machines."""
        return "_".join((self.method, *re.findall(r"[a-z_]+", self.path.removeprefix("/api/"))))


def _step(name: str, summary: str, takes: str | None, *errors: int, gives: str = "Carded") -> Operation:
    status = 200 if gives == "Carded" else 201
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
        "post",
        "/api/chat/end",
        "End the chat: no token of it opens anything any more.",
        "customer",
        204,
        None,
        errors=(403, 409),
    ),
    Operation("get", "/api/chat/offer", "Tell which files are taken, and if mail is sent.", "anyone", 200, "Offer"),
    Operation(
        "post",
        "/api/notify",
        "Tell a customer about their order; needs an Idempotency-Key.",
        "program",
        202,
        "Noted",
        "NoticeRequest",
        errors=(404, 409),
    ),
    Operation(
        "get",
        "/api/chat/transcript",
        "Return the conversation as a text file.",
        "customer",
        200,
        None,
        file=True,
        errors=(429,),
    ),
    Operation(
        "post",
        "/api/chat/transcript",
        "Send the conversation to one address; twice a day at most.",
        "customer",
        204,
        None,
        "TranscriptRequest",
        errors=(429,),
    ),
    Operation(
        "post",
        "/api/chat/attachments",
        "Upload a file for a message to come; the body is the file.",
        "customer",
        201,
        "Upload",
        file=True,
        query=_FILE_NAME,
        errors=(*_OF_UPLOADS, 429),
    ),
    Operation(
        "get",
        "/api/chat/attachments/{media_id}",
        "Return a file that the customer sees in the conversation.",
        "customer",
        200,
        None,
        file=True,
        errors=(404,),
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
    Operation("get", "/api/desk/dead-letters", "Return what was not delivered.", "agent", 200, "DeadLetters"),
    Operation("post", f"{_LETTER}/replay", "Send a dead letter again.", "agent", 201, "Accepted", errors=(404,)),
    Operation("delete", _LETTER, "Strike a dead letter.", "agent", 204, None, errors=(404,)),
    Operation(
        "get",
        "/api/desk/channels/{channel}/templates",
        "Return a channel's approved templates.",
        "agent",
        200,
        "Templates",
        errors=(404,),
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
    Operation(
        "post",
        f"{_CONVERSATION}/attachments",
        "Upload a file for a reply or a note; the body is the file.",
        "agent",
        201,
        "Upload",
        file=True,
        query=_FILE_NAME,
        errors=_OF_UPLOADS,
    ),
    Operation(
        "get",
        f"{_CONVERSATION}/attachments/{{media_id}}",
        "Return a file that the conversation names.",
        "agent",
        200,
        None,
        file=True,
        errors=(404,),
    ),
    _step("claim", "Take the conversation from the queue, or accept an offer.", None),
    _step("decline", "Give an offer back.", None),
    _step("replies", "Write to the customer, where they last wrote.", "ReplyRequest", gives="Written"),
    _step("notes", "Write to colleagues.", "AgentMessageRequest", gives="Written"),
    _step("templates", "Send an approved template to the customer.", "TemplateRequest", gives="Accepted"),
    _step("part", "Undo a merge of two contacts.", "PartRequest"),
    _step("transfer", "Pass the conversation to a colleague or a team.", "TransferRequest"),
    _step("return", "Return the conversation to the bot, with how it went.", "ReturnRequest"),
    _step("resolve", "Close the conversation.", "ResolveRequest"),
    _step("snooze", "Set the conversation aside until a time.", "SnoozeRequest"),
)
