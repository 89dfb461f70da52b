"""An order update as the shop sends it, and as a customer reads it in their language. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from handoff.delivery import is_pushed
from handoff.entry import Template
from handoff.errors import InvalidInput
from handoff.notices import Notices, Say

DETAILS = ("tracking", "date", "place")
"""What an update may tell besides the order: a tracking number, the new date (ISO 8601), the place of pick-up."""

_NAME = re.compile(r"[A-Za-z0-9_]{1,512}", re.ASCII)


class Update(StrEnum):
    """What happened to an order."""

    SHIPPED = "shipped"
    DELAYED = "delayed"
    READY = "ready"


_SENTENCES = {
    Update.SHIPPED: Say.UPDATE_SHIPPED,
    Update.DELAYED: Say.UPDATE_DELAYED,
    Update.READY: Say.UPDATE_READY,
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told; exactly one of the three.

    Args:
        customer_id: the shop's own id of them.
        phone: E.164; found if they have proven that it is theirs.
        contact_id: Baton's id of a contact.
    """

    customer_id: str | None = None
    phone: str | None = None
    contact_id: str | None = None


@dataclass(frozen=True, slots=True)
class OrderUpdate:
    """One update of one order.

    Args:
        to: who is told.
        order: the order's number.
        update: what happened.
        details: more of it (`DETAILS`).
        language: the tag to write in; None for the language of the conversation.

    Raises:
        InvalidInput: not exactly one recipient, or a date that is none.
    """

    to: Recipient
    order: str
    update: Update
    details: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None

    def __post_init__(self) -> None:
        if sum(each is not None for each in asdict(self.to).values()) != 1:
            raise InvalidInput("Name the recipient by exactly one of customer_id, phone and contact_id.")
        if "date" in self.details:
            try:
                date.fromisoformat(self.details["date"])
            except ValueError:
                raise InvalidInput("The date of an update is written like 2026-11-30.") from None


def record_of(update: OrderUpdate) -> dict[str, Any]:
    """Write an update as JSON can hold it."""
    return {**asdict(update), "details": dict(update.details), "update": update.update.value}


def update_of(record: Mapping[str, Any]) -> OrderUpdate:
    """Read an update that `record_of` wrote."""
    fields = {**record, "to": Recipient(**record["to"]), "update": Update(record["update"])}
    return OrderUpdate(**fields)


def words(update: OrderUpdate, notices: Notices, language: str) -> dict[str, str]:
    """Return what the update tells, by name, as it is written in a language."""
    told = {"order": update.order, **update.details}
    if "date" in told:
        told["date"] = _date(date.fromisoformat(told["date"]), notices.nearest(language))
    return told


def text(update: OrderUpdate, notices: Notices, language: str, channel: str) -> str:
    """Return the message about an update: a sentence, a line for each detail, and how to get no more of them."""
    told = words(update, notices, language)
    lines = [notices.say(_SENTENCES[update.update], language, order=update.order)]
    for name in DETAILS:
        if told.get(name):
            lines.append(notices.say(Say(f"update.{name}"), language, **{name: told[name]}))
    if is_pushed(channel):
        lines.append(notices.say(Say.UPDATE_HINT, language))
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """The approved template for one kind of update.

    Args:
        name: by which the platform knows it.
        fields: what fills its places, in order: `order` or one of `DETAILS`.
        languages: the tags of its translations, the first for everybody else.
    """

    name: str
    fields: tuple[str, ...] = ("order",)
    languages: tuple[str, ...] = ("en",)

    def filled(self, update: OrderUpdate, notices: Notices, language: str) -> Template:
        """Fill the template.

        Raises:
            InvalidInput: the update lacks one of its fields.
        """
        spoken = notices.nearest(language)
        chosen = next((tag for tag in self.languages if tag.partition("_")[0] == spoken), self.languages[0])
        told = words(update, notices, chosen.replace("_", "-"))
        missing = [name for name in self.fields if not told.get(name)]
        if missing:
            raise InvalidInput(f"The template {self.name} needs {', '.join(missing)}; send it among the fields.")
        return Template(self.name, chosen, tuple(told[name] for name in self.fields))


def read_templates(path: Path) -> dict[Update, TemplateChoice]:
    """Read the file of the setting `notify_templates`: `{"shipped": {"name", "fields": […], "languages": […]}}`.

    Raises:
        InvalidInput: it cannot be read, or names what does not exist.
    """
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        return {Update(update): _choice(choice) for update, choice in written.items()}
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as problem:
        raise InvalidInput(f"{path.name} names no templates that can be used: {problem}; see docs/notify.md.") from None


def _choice(written: Mapping[str, object]) -> TemplateChoice:
    unknown = written.keys() - {"name", "fields", "languages"}
    if unknown:
        raise ValueError(f"{sorted(unknown)[0]} is not known")
    name, fields = written["name"], _texts(written.get("fields", ["order"]))
    languages = _texts(written.get("languages", ["en"]))
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError("a template's name has letters, digits and _")
    if not languages or not set(fields) <= {"order", *DETAILS}:
        raise ValueError(f"a template's fields are among order, {', '.join(DETAILS)}")
    return TemplateChoice(name, fields, languages)


def _texts(written: object) -> tuple[str, ...]:
    if not isinstance(written, list) or not all(isinstance(each, str) and each for each in written):
        raise ValueError("fields and languages are lists of texts")
    return tuple(written)


def _date(day: date, tag: str) -> str:
    try:
        locale = Locale("en", "GB") if tag == "en" else Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en", "GB")
    return str(format_date(day, "long", locale))
