"""What the Bot API takes, method by method (https://core.telegram.org/bots/api), and its words for what it refuses.

Stricter than the platform in one thing: a field that a method does not have is refused, not passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from connectors.trial.bot_api_keyboards import read_markup
from connectors.trial.bot_api_refusal import Refusal, bad

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_PHOTO = 10_000_000
MAX_UPLOAD = 50_000_000
MAX_DOWNLOAD = 20_000_000
_KIND_NAMES = (
    "message edited_message channel_post edited_channel_post business_connection business_message "
    "edited_business_message deleted_business_messages message_reaction message_reaction_count inline_query "
    "chosen_inline_result callback_query shipping_query pre_checkout_query purchased_paid_media poll poll_answer "
    "my_chat_member chat_member chat_join_request chat_boost removed_chat_boost"
)
KINDS = frozenset(_KIND_NAMES.split())
_ACTION_NAMES = (
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker "
    "find_location record_video_note upload_video_note"
)
_ACTIONS = frozenset(_ACTION_NAMES.split())
_PORTS = (80, 88, 443, 8443)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF8")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    type: str
    content: bytes


Check = Callable[[Any], Any]


def read(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a call, each as its kind; raises Refusal.

    Args:
        method: in lower case.
        given: text as it came, and `Upload`s.
    """
    fields = METHODS.get(method)
    if fields is None:
        raise Refusal(404, "Not Found: method not found")
    unknown = given.keys() - fields.keys()
    if unknown:
        raise bad(f"the method has no field {sorted(unknown)[0]}")
    taken = {}
    for name, (required, check) in fields.items():
        if name in given:
            taken[name] = check(given[name])
        elif required:
            raise bad(_MISSING.get(name, f'parameter "{name}" is required'))
    return taken


_MISSING = {"text": "message text is empty", "chat_id": "chat_id is empty"}


# kinds of fields


def whole(value: Any) -> int:
    """Read a whole number."""
    if not re.fullmatch(r"-?[0-9]{1,18}", str(value), re.ASCII):
        raise bad("a number is expected")
    return int(value)


def _chat(value: Any) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", str(value), re.ASCII):
        raise bad("chat not found")
    return int(value)


def _flag(value: Any) -> bool:
    if str(value).lower() not in ("true", "false", "1", "0"):
        raise bad("a Boolean is expected")
    return str(value).lower() in ("true", "1")


def _words(most: int, too_long: str, empty: str = "") -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise bad("a text is expected")
        if empty and not value.strip():
            raise bad(empty)
        if len(value.encode("utf-16-le")) // 2 > most:
            raise bad(too_long)
        return value

    return check


def _degrees(most: float) -> Check:
    def check(value: Any) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise bad("a number is expected") from None
        if not abs(number) <= most:
            raise bad("wrong latitude or longitude")
        return number

    return check


def _json(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise bad("can't parse a field as JSON") from None


def _file(value: Any) -> Upload | str:
    if isinstance(value, str):
        if "://" in value:
            raise bad("wrong HTTP URL specified")
        return value
    if not isinstance(value, Upload):
        raise bad("a file is expected")
    if not value.content:
        raise bad("file must be non-empty")
    if len(value.content) > MAX_UPLOAD:
        raise Refusal(413, "Request Entity Too Large")
    return value


def _photo(value: Any) -> Upload | str:
    file = _file(value)
    if isinstance(file, Upload):
        if len(file.content) > MAX_PHOTO:
            raise bad("file is too big for a photo")
        if not file.content.startswith(_PICTURES):
            raise bad("IMAGE_PROCESS_FAILED")
    return file


def _action(value: Any) -> str:
    if value not in _ACTIONS:
        raise bad("wrong parameter action in request")
    return str(value)


def _kinds(value: Any) -> list[str]:
    kinds = _json(value)
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds) or set(kinds) - KINDS:
        raise bad("wrong allowed_updates")
    return kinds


def _address(value: Any) -> str:
    url = urlsplit(str(value))
    # The platform takes https alone; a trial on one machine has no certificate.
    if url.hostname in _LOOPBACK:
        return str(value)
    if value and url.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if value and (url.port or 443) not in _PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    return str(value)


def _secret(value: Any) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", str(value), re.ASCII):
        raise bad("secret token contains unallowed characters")
    return str(value)


def _count(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        if not low <= whole(value) <= high:
            raise bad("a number is out of range")
        return whole(value)

    return check


_Fields = dict[str, tuple[bool, Check]]
_CAPTION: _Fields = {"caption": (False, _words(MAX_CAPTION, "message caption is too long"))}
_TO: _Fields = {
    "chat_id": (True, _chat),
    "reply_markup": (False, lambda value: read_markup(_json(value))),
    "disable_notification": (False, _flag),
    "reply_parameters": (False, _json),
}
_PLACE: _Fields = {"latitude": (True, _degrees(90)), "longitude": (True, _degrees(180))}
_LINE = _words(256, "a text is too long", "a text is empty")
METHODS: dict[str, _Fields] = {
    "getme": {},
    "sendmessage": {**_TO, "text": (True, _words(MAX_TEXT, "message is too long", "message text is empty"))},
    "sendphoto": {**_TO, **_CAPTION, "photo": (True, _photo)},
    "senddocument": {**_TO, **_CAPTION, "document": (True, _file)},
    "sendvoice": {**_TO, **_CAPTION, "voice": (True, _file), "duration": (False, whole)},
    "sendaudio": {**_TO, **_CAPTION, "audio": (True, _file), "duration": (False, whole)},
    "sendvideo": {**_TO, **_CAPTION, "video": (True, _file), "supports_streaming": (False, _flag)},
    "sendanimation": {**_TO, **_CAPTION, "animation": (True, _file)},
    "sendlocation": {**_TO, **_PLACE},
    "sendvenue": {**_TO, **_PLACE, "title": (True, _LINE), "address": (True, _LINE)},
    "sendchataction": {"chat_id": (True, _chat), "action": (True, _action)},
    "answercallbackquery": {
        "callback_query_id": (True, str),
        "text": (False, _words(200, "MESSAGE_TOO_LONG")),
        "show_alert": (False, _flag),
        "cache_time": (False, whole),
    },
    "getfile": {"file_id": (True, str)},
    "getupdates": {
        "offset": (False, whole),
        "limit": (False, _count(1, 100)),
        "timeout": (False, _count(0, 50)),
        "allowed_updates": (False, _kinds),
    },
    "setwebhook": {
        "url": (True, _address),
        "secret_token": (False, _secret),
        "allowed_updates": (False, _kinds),
        "max_connections": (False, _count(1, 100)),
        "drop_pending_updates": (False, _flag),
    },
    "deletewebhook": {"drop_pending_updates": (False, _flag)},
    "getwebhookinfo": {},
}
