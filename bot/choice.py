"""The payload of a pressed button: ``/intent`` or ``/intent{"entity": "value"}``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.errors import BadRequest

_PAYLOAD = re.compile(r"/(?P<intent>[A-Za-z_][\w.-]{0,99})(?P<entities>\{.*\})?", re.DOTALL)
_PLAIN = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class Choice:
    """What a pressed button means.

    Args:
        payload: the payload as it was issued.
        intent: the intent it stands for.
        entities: entity name to value; a list stands for several entities of that name.
    """

    payload: str
    intent: str
    entities: dict[str, Any]

    def as_entities(self) -> list[dict[str, Any]]:
        """The entities in the shape that the NLU would have given them."""
        return [
            {"entity": name, "value": value}
            for name, given in self.entities.items()
            for value in (given if isinstance(given, list) else [given])
        ]


def read_choice(payload: str) -> Choice:
    """Read a button's payload.

    Raises:
        BadRequest: it is not ``/intent`` with an optional JSON object of plain values.
    """
    match = _PAYLOAD.fullmatch(payload.strip())
    if match is None:
        raise _malformed("a choice reads /intent, optionally followed by a JSON object")
    try:
        entities = json.loads(match["entities"] or "{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise _malformed("what follows the intent is not a JSON object") from None
    for name, value in entities.items():
        if not name or not all(isinstance(part, _PLAIN) for part in (value if isinstance(value, list) else [value])):
            raise _malformed("its values are texts, numbers, true, false, null or lists of those")
    return Choice(payload=payload, intent=match["intent"], entities=entities)


def _malformed(why: str) -> BadRequest:
    return BadRequest(f"The choice is malformed: {why}.", code="malformed_choice")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
