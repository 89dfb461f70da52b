"""Trackers as an action server gets them, written by hand."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker


def tracker(
    text: str = "",
    intent: str = "inform",
    *,
    confidence: float = 1.0,
    entities: dict[str, Any] | None = None,
    slots: dict[str, Any] | None = None,
    contact: dict[str, Any] | None = None,
    message_id: str = "c_1:1",
    language: str = "en",
    proven: Any = None,
) -> Tracker:
    """A conversation whose latest message is this one."""
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": confidence},
        "entities": [_entity(name, value, text) for name, value in (entities or {}).items()],
        "message_id": message_id,
        "metadata": {"language": language, "contact": contact or {}, "proven": proven},
    }
    return Tracker("c_1", dict(slots or {}), message, [], False, None, {}, "action_listen")


def _entity(name: str, value: Any, text: str) -> dict[str, Any]:
    """As the NLU gives one whose value is written in the text."""
    start = text.find(str(value))
    return {"entity": name, "value": value, **({"start": start, "end": start + len(str(value))} if start >= 0 else {})}
