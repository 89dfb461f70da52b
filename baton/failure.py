"""The one error of the program itself: a command cannot go on."""

from __future__ import annotations

from handoff.errors import BatonError


class Failure(BatonError):
    """A command cannot go on; its sentence is all that the person at the terminal sees.

    Args:
        message: one sentence that names what is wrong and what to do next.
    """

    code = "failure"
