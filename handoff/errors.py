"""What can go wrong, as one tree.

Every error knows its HTTP status, a code for programs and a sentence for a person; nothing of a lower layer
(Redis, HTTP) leaks past the port that meets it.

    BatonError
    ├── InvalidInput            422  a field is missing, unknown, of the wrong type or out of range
    │   └── MediaRefused                 a file that is not taken (`handoff.media`)
    ├── NotAuthenticated        401  no token or session, or a wrong or expired one
    ├── NotAllowed              403  known, but may not do this
    ├── NotFound                404  no such conversation, agent, callback or button
    │   ├── SlotUnknown              the calendar does not offer the callback slot
    │   └── UnknownMedia             there is no such file (`handoff.media`)
    ├── Conflict                409  the request contradicts what is already so
    │   ├── KeyReused                the same id came with another body
    │   ├── Stale                    the conversation moved on since it was read
    │   ├── AlreadyTaken             another agent has it
    │   ├── WrongOwner               the step does not fit who owns the conversation now
    │   ├── WroteElsewhere           a reply would go into another conversation than the agent was shown
    │   ├── ChatEnded                the customer has ended the chat: nobody is there any more
    │   ├── SlotTaken                no place left in the callback slot
    │   ├── HoldExpired              the held callback place was given up
    │   ├── OptedOut                 the customer wants no updates (`handoff.notify`)
    │   └── OutOfReach               no channel of theirs takes one now (`handoff.notify`)
    ├── TooManyAttempts         429  wait before trying again
    └── Unavailable             503  a part Baton leans on does not answer
        ├── StoreUnavailable         Redis is down: nothing was accepted
        ├── MediaUnavailable         files cannot be kept or read just now (`handoff.media`)
        └── BotUnavailable           Rasa is down, slow or failed
"""

from __future__ import annotations

import traceback
from typing import ClassVar


class BatonError(Exception):
    """Any failure that Baton explains itself.

    Args:
        message: one sentence for a person, naming what to do next; never personal data.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(BatonError):
    """A field is missing, unknown, of the wrong type or out of range."""

    status = 422
    code = "invalid_input"


class NotAuthenticated(BatonError):
    """No token or session came with the request, or it is wrong or expired."""

    status = 401
    code = "not_authenticated"


class NotAllowed(BatonError):
    """The caller is known but may not do this."""

    status = 403
    code = "not_allowed"


class NotFound(BatonError):
    """The named conversation, agent, callback or button does not exist."""

    status = 404
    code = "not_found"


class SlotUnknown(NotFound):
    """The calendar does not offer that callback slot: it is none, over, too soon or too far ahead; nobody took it."""

    code = "slot_unknown"


class Conflict(BatonError):
    """The request contradicts what is already so."""

    status = 409
    code = "conflict"


class KeyReused(Conflict):
    """An id that was used before came with another body."""


class Stale(Conflict):
    """The conversation moved on between being read and being written."""

    code = "stale"


class AlreadyTaken(Conflict):
    """Another agent won the claim.

    Args:
        agent_name: who has the conversation.
    """

    code = "already_taken"

    def __init__(self, agent_name: str) -> None:
        super().__init__(f"This conversation is already taken by {agent_name}.")
        self.agent_name = agent_name


class WrongOwner(Conflict):
    """The step does not fit who owns the conversation now."""

    code = "wrong_owner"


class WroteElsewhere(Conflict):
    """A reply would go into another conversation than the agent was shown.

    Args:
        channel: of the conversation it would go into.
    """

    code = "wrote_elsewhere"

    def __init__(self, channel: str) -> None:
        super().__init__(
            f"Nothing was sent: a reply goes into another conversation now than the one shown, on {channel}. "
            "Read what the customer wrote there, then send it again."
        )
        self.channel = channel


class ChatEnded(Conflict):
    """The customer has ended the chat: nothing comes from them here any more, and nothing reaches them here."""

    code = "chat_ended"

    def __init__(self, message: str = "The customer has ended this chat; nothing reaches them here any more.") -> None:
        super().__init__(message)


class SlotTaken(Conflict):
    """The callback slot has no place left."""

    code = "slot_taken"


class HoldExpired(Conflict):
    """The held place was given up before it was booked."""

    code = "hold_expired"


class TooManyAttempts(BatonError):
    """The caller must wait.

    Args:
        message: one sentence for a person.
        retry_after: seconds to wait.
    """

    status = 429
    code = "too_many_attempts"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(BatonError):
    """A part that Baton leans on does not answer."""

    status = 503
    code = "unavailable"
    retry_after: ClassVar[int] = 2


class StoreUnavailable(Unavailable):
    """Redis does not answer, so nothing was accepted."""

    code = "store_unavailable"


class BotUnavailable(Unavailable):
    """Rasa is down, slow past its limit, or failed the turn.

    Args:
        message: one sentence for a person.
        retryable: True when the same turn may be asked again (it is idempotent), False when it was refused.
    """

    code = "bot_unavailable"

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.retryable = retryable


def place_of(error: BaseException) -> str:
    """Name an unforeseen error by its type and the way it came; its own text may quote what a customer wrote."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}".rstrip()
