"""What the played Graph API accepts as a message: every field, every limit, nothing it does not know."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.trial.graph_api_world import Refusal, World

_MEGABYTE = 1024 * 1024
_PLACE = re.compile(r"\{\{(\d+)\}\}")
_BLANKS = re.compile(r"[\n\t]| {5,}")
_ENVELOPE = {"messaging_product", "recipient_type", "to", "recipient", "type", "context", "biz_opaque_callback_data"}
_DOCUMENTS = (
    "text/plain",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
)
_TYPES = {
    "image": (("image/jpeg", "image/png"), 5 * _MEGABYTE),
    "audio": (("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus"), 16 * _MEGABYTE),
    "video": (("video/mp4", "video/3gpp"), 16 * _MEGABYTE),
    "sticker": (("image/webp",), _MEGABYTE // 2),
    "document": (_DOCUMENTS, 100 * _MEGABYTE),
}


def upload(content: bytes, media_type: str) -> None:
    """Refuse a file that can be sent as nothing."""
    for types, most in _TYPES.values():
        if media_type in types:
            if not 0 < len(content) <= most:
                raise Refusal(131053, f"Media upload error: {media_type} files have 1 to {most} bytes")
            return
    raise Refusal(100, "Param file must be a file of a supported type")


def signal(world: World, body: Mapping[str, Any]) -> None:
    """Refuse a read mark that is not about a message received."""
    only(body, {"messaging_product", "status", "message_id", "typing_indicator"}, "")
    if body.get("status") != "read":
        raise Refusal(100, "Param status must be read")
    if body.get("message_id") not in world.received:
        raise Refusal(131009, "Parameter value is not valid: message_id")
    if "typing_indicator" in body and body["typing_indicator"] != {"type": "text"}:
        raise Refusal(100, "Param typing_indicator must be {type: text}")


def message(world: World, body: Mapping[str, Any]) -> None:
    """Refuse a message that the platform would refuse.

    Raises:
        Refusal: with the platform's code.
    """
    if body.get("recipient_type", "individual") != "individual":
        raise Refusal(100, "Param recipient_type must be individual")
    kind = body.get("type")
    check = _KINDS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise Refusal(131051, "Message type is not supported")
    only(body, {*_ENVELOPE, str(kind)}, "")
    to, recipient = body.get("to"), body.get("recipient")
    if to is None and recipient is None:
        raise Refusal(131008, "The parameter to or recipient is required")
    if to is not None and not (isinstance(to, str) and re.fullmatch(r"\+?[1-9]\d{4,19}", to)):
        raise Refusal(131009, "Parameter value is not valid: to")
    if recipient is not None and not (isinstance(recipient, str) and re.fullmatch(r"[A-Z]{2}\.\w{1,128}", recipient)):
        raise Refusal(131009, "Parameter value is not valid: recipient")
    text(body, "biz_opaque_callback_data", 512, 0, None)
    context = body.get("context")
    if context is not None and (not isinstance(context, dict) or not isinstance(context.get("message_id"), str)):
        raise Refusal(100, "Param context must have a message_id")
    check(world, part(body, str(kind)))


def only(of: Mapping[str, Any], known: set[str], where: str) -> None:
    """Refuse keys that the platform does not know."""
    for key in of:
        if key not in known:
            raise Refusal(100, f'Unexpected key "{key}" on param "{where}"')


def part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the object at `name`."""
    value = of.get(name)
    if not isinstance(value, dict):
        raise Refusal(131008, f"The parameter {name} is required")
    return value


def text(of: Mapping[str, Any], name: str, most: int, least: int = 1, default: str | None = "") -> str:
    """Return the text at `name` if it has `least` to `most` characters; a None default lets it be absent."""
    value = of.get(name, default)
    if value is None and default is None:
        return ""
    if not isinstance(value, str) or (least and not value.strip()):
        raise Refusal(131008, f"The parameter {name} is required")
    if len(value) > most:
        raise Refusal(131009, f"Param {name} must have at most {most} characters")
    return value


# one check a kind


def _text(_: World, of: Mapping[str, Any]) -> None:
    only(of, {"body", "preview_url"}, "text")
    text(of, "body", 4096)
    if not isinstance(of.get("preview_url", False), bool):
        raise Refusal(100, "Param preview_url must be a boolean")


def _interactive(_: World, of: Mapping[str, Any]) -> None:
    only(of, {"type", "header", "body", "footer", "action"}, "interactive")
    text(part(of, "body"), "text", 1024)
    if "footer" in of:
        text(part(of, "footer"), "text", 60)
    if "header" in of:
        text(part(of, "header"), "text", 60)
    action = part(of, "action")
    if of.get("type") == "button":
        only(action, {"buttons"}, "action")
        replies = [part(button, "reply") for button in _some(action, "buttons", 3)]
        for reply in replies:
            only(reply, {"id", "title"}, "reply")
        _distinct([text(reply, "id", 256) for reply in replies], "id")
        _distinct([text(reply, "title", 20) for reply in replies], "title")
    elif of.get("type") == "list":
        only(action, {"button", "sections"}, "action")
        text(action, "button", 20)
        _sections(_some(action, "sections", 10))
    else:
        raise Refusal(131009, "Parameter value is not valid: interactive type")


def _sections(sections: Sequence[Mapping[str, Any]]) -> None:
    ids: list[str] = []
    for section in sections:
        only(section, {"title", "rows"}, "section")
        text(section, "title", 24, int(len(sections) > 1), None if len(sections) == 1 else "")
        for row in _some(section, "rows", 10):
            only(row, {"id", "title", "description"}, "row")
            ids.append(text(row, "id", 200))
            text(row, "title", 24)
            text(row, "description", 72, 0, None)
    if len(ids) > 10:
        raise Refusal(131009, "Total row count exceed max allowed count: 10")
    _distinct(ids, "id")


def _file(kind: str) -> Callable[[World, Mapping[str, Any]], None]:
    extra = {"audio": {"voice"}, "sticker": set(), "document": {"caption", "filename"}}.get(kind, {"caption"})

    def check(world: World, of: Mapping[str, Any]) -> None:
        only(of, {"id", *extra}, kind)
        file = world.files.get(text(of, "id", 128))
        if file is None:
            raise Refusal(131053, "Media upload error: no such media id")
        if file.type not in _TYPES[kind][0]:
            raise Refusal(131053, f"Media upload error: {file.type} is not of kind {kind}")
        text(of, "caption", 1024, 0, None)
        text(of, "filename", 240, 0, None)

    return check


def _location(_: World, of: Mapping[str, Any]) -> None:
    only(of, {"latitude", "longitude", "name", "address"}, "location")
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = of.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            raise Refusal(131009, f"Parameter value is not valid: {name}")
    text(of, "name", 1000, 0, None)
    text(of, "address", 1000, 0, None)


def _template(world: World, of: Mapping[str, Any]) -> None:
    only(of, {"name", "language", "components"}, "template")
    name, code = text(of, "name", 512), text(part(of, "language"), "code", 20)
    known = [t for t in world.templates if t["name"] == name and t["language"] == code]
    if not known:
        raise Refusal(132001, f"Template name does not exist in the translation {code}", 404)
    if known[0]["status"] == "PAUSED":
        raise Refusal(132015, "Template is paused")
    if known[0]["status"] != "APPROVED":
        raise Refusal(132001, "Template is not approved", 404)
    body = next(c["text"] for c in known[0]["components"] if c["type"] == "BODY")
    given: list[Mapping[str, Any]] = []
    for component in of.get("components", ()):
        if component.get("type") != "body":
            raise Refusal(132000, "Number of parameters does not match the expected number of params")
        given += _some(component, "parameters", 100)
    if len(given) != len(set(_PLACE.findall(body))):
        raise Refusal(132000, "Number of parameters does not match the expected number of params")
    for parameter in given:
        if parameter.get("type") != "text":
            raise Refusal(132012, "Parameter format does not match format in the created template")
        if _BLANKS.search(text(parameter, "text", 1024)):
            raise Refusal(100, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")


def _reaction(_: World, of: Mapping[str, Any]) -> None:
    only(of, {"message_id", "emoji"}, "reaction")
    text(of, "message_id", 512)
    text(of, "emoji", 32, 0)


def _some(of: Mapping[str, Any], name: str, most: int) -> Sequence[Mapping[str, Any]]:
    value = of.get(name)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Refusal(131008, f"The parameter {name} is required")
    if not 1 <= len(value) <= most:
        raise Refusal(131009, f"Param {name} must have 1 to {most} items")
    return value


def _distinct(values: Sequence[str], name: str) -> None:
    if len(set(values)) != len(values):
        raise Refusal(131009, f"Duplicated {name} in buttons or rows")


_KINDS: Mapping[str, Callable[[World, Mapping[str, Any]], None]] = {
    "text": _text,
    "interactive": _interactive,
    "location": _location,
    "template": _template,
    "reaction": _reaction,
    **{kind: _file(kind) for kind in _TYPES},
}
