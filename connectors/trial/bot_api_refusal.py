"""How the played Bot API says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """The platform says no.

    Args:
        status: of the answer.
        description: the platform's words.
        parameters: more for programs, such as `retry_after`.
    """

    def __init__(self, status: int, description: str, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad(words: str) -> Refusal:
    """Return the refusal of a call that is wrong."""
    return Refusal(400, f"Bad Request: {words}")
