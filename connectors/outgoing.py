"""What goes out to a channel, already within what it can show, and what the platform answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from handoff.attachment import Attachment
from handoff.entry import Template
from handoff.errors import BatonError


@dataclass(frozen=True, slots=True)
class Option:
    """One choice as the platform shows it; `id` comes back as `MessageReceived.choice`."""

    id: str
    title: str
    description: str = ""


class OptionStyle(StrEnum):
    """How choices are shown."""

    BUTTONS = "buttons"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class TextOut:
    """A text, perhaps with choices.

    Args:
        text: what it says.
        options: the choices.
        style: how they are shown.
        list_button: what opens a list.
        phone_button: the title of a button that shares the customer's own phone number. Such a text has no choices.
        no_phone_button: the button of an earlier text goes, if it is still there. Such a text has no choices.
    """

    text: str
    options: tuple[Option, ...] = ()
    style: OptionStyle = OptionStyle.BUTTONS
    list_button: str = ""
    phone_button: str = ""
    no_phone_button: bool = False


@dataclass(frozen=True, slots=True)
class FileOut:
    """A file with a caption; `attachment.kind` is one the platform takes, `content` gives its bytes."""

    attachment: Attachment
    content: Content
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PlaceOut:
    """A place."""

    attachment: Attachment


@dataclass(frozen=True, slots=True)
class TemplateOut:
    """An approved template."""

    template: Template


MessageOut = TextOut | FileOut | PlaceOut | TemplateOut


class Content(Protocol):
    """The bytes of a file, read when they are needed, and again at a retry."""

    def __call__(self) -> AsyncIterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """The platform took the message under this id."""

    external_id: str


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """The platform did not take it and may later.

    Args:
        seconds: how long to wait at least; None to leave it to the sender's own back-off.
        code: the platform's error code.
        hint: a sentence that names the cause; the sender adds what to do once it gives up.
        everybody: True when the limit is the platform's for all recipients, not this one's.
    """

    seconds: float | None
    code: str = ""
    hint: str = ""
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The platform will not take it.

    Args:
        code: the platform's error code.
        hint: one sentence: what is wrong and what to do next.
        permanent: False when a person can mend the cause (a wrong token) and replaying then helps.
    """

    code: str
    hint: str
    permanent: bool = True


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer came: it may have been sent or not."""

    hint: str = ""


SendOutcome = Accepted | RetryAfter | Rejected | Unknown


class Signal(StrEnum):
    """A passing thing to show the customer."""

    SEEN = "seen"
    TYPING = "typing"


class FetchFailed(BatonError):
    """A contact's file can't be had; `permanent` when trying again is of no use."""

    status = 502
    code = "fetch_failed"

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent
