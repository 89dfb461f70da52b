"""What WhatsApp's error codes mean for a message, and what a person can do about each.

After the platform's list of error codes. Three things can follow: the same message is tried later, somebody mends the
cause and replays it, or it can never arrive. Codes that are not listed here follow the HTTP status.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from connectors.outgoing import Rejected, RetryAfter

_DIGITS = re.compile(r"\d{5,}")
_LONGEST_DETAILS = 200


class Then(Enum):
    """What follows from an error.

    LATER: try again, this recipient or message only. ALL_LATER: the same, and nobody gets anything until then. MEND: a
    person can mend the cause, and replaying helps. NEVER: this message will not arrive.
    """

    LATER = "later"
    ALL_LATER = "all later"
    MEND = "mend"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one code means; `seconds` is the least to wait, None for the sender's own back-off.

    The hint names the cause and what a person does next, or the cause alone where the next step is to wait.
    """

    then: Then
    hint: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class GraphError:
    """A refusal as the Graph API words it.

    Args:
        status: of HTTP.
        code: of the platform, None when the body held none.
        details: the platform's own words on it, for codes whose cause is in the details.
        retry_after: seconds, where the answer said so.
    """

    status: int
    code: int | None = None
    details: str = ""
    retry_after: float | None = None

    def __post_init__(self) -> None:
        # The details may name the recipient; a number of a person is in no log and no hint.
        object.__setattr__(self, "details", _DIGITS.sub("…", self.details)[:_LONGEST_DETAILS])


NOT_BY_USER_ID = "131062"
"""This message needs the phone number: its recipient can't be named by a user id."""

PAIR_LIMIT = 131056
"""Too many messages to one recipient; wait 4ⁿ seconds at the nth refusal in a row."""

MEDIA_GONE = ("131053", "131052")
"""The uploaded file is no longer, or never was, what can be sent."""

_TOKEN = "Give BATON_WHATSAPP_TOKEN a valid token of a system user, then replay."  # noqa: S105 - a sentence
_ACCOUNT = "See the account's standing in the WhatsApp manager; replay when it is in order."
_TEMPLATE = "See this template in the WhatsApp manager; send it again when it is approved and active."

MEANINGS = {
    # who we are
    0: Meaning(Then.MEND, f"WhatsApp does not accept the access token. {_TOKEN}"),
    3: Meaning(Then.MEND, "The app lacks a permission; grant whatsapp_business_messaging, then replay."),
    10: Meaning(Then.MEND, "The token lacks a permission; grant whatsapp_business_messaging, then replay."),
    190: Meaning(Then.MEND, f"The access token has expired or was withdrawn. {_TOKEN}"),
    131005: Meaning(Then.MEND, "The token may not use this number; give its system user the account, then replay."),
    # too fast, or out of order for now
    1: Meaning(Then.LATER, "WhatsApp failed for a reason of its own."),
    2: Meaning(Then.LATER, "WhatsApp is down or overloaded."),
    4: Meaning(Then.ALL_LATER, "The app made too many calls.", 60),
    80007: Meaning(Then.ALL_LATER, "The business account made too many calls.", 60),
    130429: Meaning(Then.ALL_LATER, "There were too many messages a second from this number.", 1),
    PAIR_LIMIT: Meaning(Then.LATER, "There were too many messages to this customer in a short time."),
    131000: Meaning(Then.LATER, "WhatsApp failed for a reason of its own."),
    131016: Meaning(Then.LATER, "WhatsApp is overloaded."),
    131057: Meaning(Then.ALL_LATER, "The business account is being maintained, such as moved to more throughput.", 60),
    133004: Meaning(Then.LATER, "WhatsApp's server is away for a moment."),
    # the account
    33: Meaning(Then.MEND, "The phone number id is not known; correct BATON_WHATSAPP_PHONE_NUMBER_ID, then replay."),
    368: Meaning(Then.MEND, f"The account is blocked for a time for breaking a policy. {_ACCOUNT}"),
    130497: Meaning(Then.NEVER, "The business may not write to customers in this country; reach them in another way."),
    131031: Meaning(Then.MEND, f"The account is locked. {_ACCOUNT}"),
    131037: Meaning(Then.MEND, "The number's display name is not approved; set one in the WhatsApp manager."),
    131042: Meaning(Then.MEND, "There is no valid way of payment; add one in the WhatsApp manager, then replay."),
    131045: Meaning(Then.MEND, "The number is not registered rightly; register it again, then replay."),
    131048: Meaning(Then.MEND, f"The number is held back because of spam reports. {_ACCOUNT}"),
    133010: Meaning(Then.MEND, "The number is not registered for the Cloud API; register it, then replay."),
    # the customer
    130472: Meaning(Then.NEVER, "This customer is part of an experiment of Meta's; wait until they write."),
    131021: Meaning(Then.NEVER, "The recipient is the business's own number; write from another one."),
    131026: Meaning(Then.NEVER, "No WhatsApp, an old version, or the number is blocked; reach them in another way."),
    131030: Meaning(Then.MEND, "A test number writes to listed recipients only; add this one in the app, then replay."),
    131047: Meaning(Then.NEVER, "24 hours have passed since the customer wrote; send a template, or wait for them."),
    131049: Meaning(Then.NEVER, "Meta held it back to spare the customer marketing; do not send it again today."),
    131050: Meaning(Then.NEVER, "The customer has stopped marketing messages from this number; send them none."),
    131062: Meaning(Then.NEVER, "This message needs the customer's phone number, which they hide; send a plain text."),
    # the message
    100: Meaning(Then.NEVER, "WhatsApp does not accept a field of this message; write it in another way."),
    131008: Meaning(Then.NEVER, "A field that WhatsApp needs is missing from this message; write it in another way."),
    131009: Meaning(Then.NEVER, "WhatsApp does not accept a value in this message; write it in another way."),
    131051: Meaning(Then.NEVER, "WhatsApp does not know this kind of message; send a text."),
    131052: Meaning(Then.NEVER, "The file could not be read by WhatsApp; send it again."),
    131053: Meaning(Then.NEVER, "WhatsApp does not take this file: wrong type, damaged or too large; send another."),
    132000: Meaning(Then.NEVER, "The template has another number of fields; fill exactly those it has."),
    132001: Meaning(Then.NEVER, "There is no such template in this language; choose one from the list."),
    132005: Meaning(Then.NEVER, "The template becomes too long with these fields; shorten them."),
    132007: Meaning(Then.NEVER, f"The template breaks a policy. {_TEMPLATE}"),
    132012: Meaning(Then.NEVER, "The template's fields are of another kind; fill them as it asks."),
    132015: Meaning(Then.MEND, f"The template is paused for poor quality. {_TEMPLATE}"),
    132016: Meaning(Then.NEVER, "The template is disabled for poor quality; choose another one."),
}  # fmt: skip

_DETAILED = (100, 131008, 131009, 131053, 132000, 132012)
_PASSING = (Then.LATER, Then.ALL_LATER)
_PERMISSIONS = range(200, 300)
_NO_CODE = 10_000_000
_TOO_MANY = 429
_FAILED = 500
_FORBIDDEN = (401, 403)


def hint_for(code: int) -> str:
    """Return what an error code means and what to do, for a message that the platform gave up after taking it."""
    meaning = _meaning(code)
    if meaning is None:
        return f"WhatsApp gave the error {code}; its list of error codes says what it means."
    if meaning.then in _PASSING:
        # What was taken is not tried again by itself, so here the next step is a person's.
        return f"{meaning.hint} Replay it in a while."
    return meaning.hint


def error_code(error: Any) -> int | None:
    """Return the code of an error object of the platform, if it has one that can be."""
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) and 0 <= code < _NO_CODE else None


def outcome_of(error: GraphError, *, pair_refusals: int = 0) -> RetryAfter | Rejected:
    """Return what follows from a refusal of a send.

    Args:
        error: what the platform answered.
        pair_refusals: how often this recipient's pair limit was hit before this, in a row.
    """
    code = str(error.code) if error.code is not None else f"http_{error.status}"
    meaning = _meaning(error.code) or _by_status(error)
    seconds = error.retry_after if error.retry_after is not None else meaning.seconds
    if error.code == PAIR_LIMIT and error.retry_after is None:
        seconds = float(4 ** min(pair_refusals + 1, 6))
    if meaning.then in _PASSING:
        return RetryAfter(seconds, code, meaning.hint, everybody=meaning.then is Then.ALL_LATER)
    hint = meaning.hint
    if error.details and (error.code in _DETAILED or error.code not in MEANINGS):
        hint = f"{hint} WhatsApp says: {error.details}"
    return Rejected(code, hint, permanent=meaning.then is Then.NEVER)


def _meaning(code: int | None) -> Meaning | None:
    if code is None:
        return None
    if code in _PERMISSIONS:
        return MEANINGS[10]
    return MEANINGS.get(code)


def _by_status(error: GraphError) -> Meaning:
    if error.status == _TOO_MANY:
        return Meaning(Then.ALL_LATER, "WhatsApp is asked too often.")
    if error.status >= _FAILED:
        return Meaning(Then.LATER, "WhatsApp failed for a reason of its own.")
    if error.status in _FORBIDDEN:
        return MEANINGS[190]
    return Meaning(Then.NEVER, "WhatsApp refused the message; its list of error codes says why.")
