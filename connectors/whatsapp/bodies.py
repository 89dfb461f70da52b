"""What a message to send looks like to the Graph API, all but its recipient."""

from __future__ import annotations

from typing import Any

from connectors.outgoing import FileOut, Option, OptionStyle, PlaceOut, TemplateOut, TextOut
from handoff.attachment import AttachmentKind

IMAGE_TYPES = ("image/jpeg", "image/png")
VIDEO_TYPES = ("video/mp4", "video/3gpp")
AUDIO_TYPES = ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus")
FILE_TYPES = {
    AttachmentKind.IMAGE: IMAGE_TYPES,
    AttachmentKind.VIDEO: VIDEO_TYPES,
    AttachmentKind.AUDIO: AUDIO_TYPES,
}
"""The media types that the platform shows as such a kind; a document may be of any type it takes."""


def text_body(message: TextOut) -> dict[str, Any]:
    """A text, with reply buttons or a list where it has options."""
    if not message.options:
        return {"type": "text", "text": {"preview_url": False, "body": message.text}}
    if message.style is OptionStyle.LIST:
        rows = [_row(option) for option in message.options]
        action: dict[str, Any] = {"button": message.list_button, "sections": [{"rows": rows}]}
        return _interactive("list", message.text, action)
    buttons = [{"type": "reply", "reply": {"id": option.id, "title": option.title}} for option in message.options]
    return _interactive("button", message.text, {"buttons": buttons})


def file_body(message: FileOut, media_id: str) -> dict[str, Any]:
    """An uploaded file; only what is no audio has a caption, and only a document a name."""
    kind = message.attachment.kind
    file: dict[str, Any] = {"id": media_id}
    if message.caption and kind is not AttachmentKind.AUDIO:
        file["caption"] = message.caption
    if message.attachment.name and kind is AttachmentKind.DOCUMENT:
        file["filename"] = message.attachment.name
    return {"type": kind.value, kind.value: file}


def place_body(message: PlaceOut) -> dict[str, Any]:
    """A place on the map."""
    place = message.attachment
    location: dict[str, Any] = {"latitude": place.latitude, "longitude": place.longitude}
    if place.name:
        location["name"] = place.name
    return {"type": "location", "location": location}


def template_body(message: TemplateOut) -> dict[str, Any]:
    """An approved template with its fields, each on one line as the platform demands."""
    template = message.template
    # The platform writes its language codes with an underscore.
    named: dict[str, Any] = {"name": template.name, "language": {"code": template.language.replace("-", "_")}}
    if template.fields:
        filled = [{"type": "text", "text": " ".join(field.split())} for field in template.fields]
        named["components"] = [{"type": "body", "parameters": filled}]
    return {"type": "template", "template": named}


def _row(option: Option) -> dict[str, str]:
    row = {"id": option.id, "title": option.title}
    return {**row, "description": option.description} if option.description else row


def _interactive(kind: str, text: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}
