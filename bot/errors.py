"""Why a turn could not be taken.

::

    TurnError                  knows its HTTP status, a code for programs and a sentence for people
    ├── BadRequest             4xx: the request is wrong, sending it again will not help
    ├── TurnFailed             500: the bot could not finish; nothing was recorded, and asking again will not help
    │   ├── ActionFailed       500: an action raised or is slow, or the action server talks nonsense
    │   │   └── ActionsAway    503: the action server cannot be reached just now
    │   └── DomainMismatch     500: the model, the actions and the domain disagree
    └── StoreUnavailable       503: Redis holds the conversation and cannot be reached
        └── StaleTracker       503: another process took a turn of this conversation in between

None of them derives from ``RasaException`` or ``aiohttp.ClientError``: Rasa catches those in several places, logs
them and goes on as if nothing had happened. These pass through.
"""

from __future__ import annotations


class TurnError(Exception):
    """A turn that could not be taken.

    Args:
        message: one sentence that may be shown to a person; never what a customer wrote.
        code: a word for programs; the class has a default.
    """

    status = 500
    code = "turn_failed"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code

    def as_body(self) -> dict[str, dict[str, str]]:
        """The error body that all of Baton's HTTP contracts share."""
        return {"error": {"code": self.code, "message": self.message}}


class BadRequest(TurnError):
    """The request does not follow the turn contract."""

    code = "invalid"

    def __init__(self, message: str, *, status: int = 422, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.status = status


class TurnFailed(TurnError):
    """The bot could not finish the turn. Nothing of it was recorded."""


class ActionFailed(TurnFailed):
    """An action raised, took too long, or gave no answer that makes sense."""

    code = "action_failed"


class ActionsAway(ActionFailed):
    """The action server could not be reached: it may be back in a moment."""

    status = 503
    code = "actions_away"


class DomainMismatch(TurnFailed):
    """An action or a model names something that the domain does not have."""

    code = "domain_mismatch"


class StoreUnavailable(TurnError):
    """The tracker store cannot be reached; no turn can be taken."""

    status = 503
    code = "store_unavailable"


class StaleTracker(StoreUnavailable):
    """The stored conversation moved on while this turn was taken, so its outcome was not recorded."""

    code = "stale_tracker"
