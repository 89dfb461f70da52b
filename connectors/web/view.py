"""The log as the customer sees it: public entries only, ids instead of payloads, first names instead of names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from handoff.attachment import Attachment
from handoff.buttons import csat_answer
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.instants import to_rfc3339
from handoff.notices import first_name
from handoff.store.port import Page

_SHOWN = (Kind.MESSAGE, Kind.OWNER, Kind.CALLBACK)


def customer_page(page: Page) -> dict[str, Any]:
    """Return a stretch of a log as an answer of the chat; `last_seq` is where the page resumes."""
    return answer([customer_entry(entry) for entry in page.entries if is_shown(entry)], resume_at(page))


def answer(entries: Sequence[Mapping[str, Any]], last_seq: int) -> dict[str, Any]:
    """Return entries with the seq up to which the page now knows the log."""
    return {"entries": list(entries), "last_seq": last_seq}


def resume_at(page: Page) -> int:
    """Return the seq after which the next read begins; a long log comes in several stretches."""
    return page.entries[-1].seq if page.entries else page.last_seq


def is_shown(entry: Entry) -> bool:
    """Tell whether the customer sees an entry; what the bot merely understood is no message."""
    if entry.visibility is not Visibility.PUBLIC or entry.kind not in _SHOWN:
        return False
    return entry.kind is not Kind.MESSAGE or bool(entry.text or entry.buttons or entry.attachments)


def customer_entry(entry: Entry) -> dict[str, Any]:
    """Return one public entry in the words of the web contract."""
    shown: dict[str, Any] = {
        "seq": entry.seq,
        "kind": entry.kind.value,
        "author": entry.author.value,
        "name": _name(entry),
        "text": entry.text,
        "language": entry.language,
        "buttons": buttons(entry),
        "attachments": [attachment_view(attachment) for attachment in entry.attachments],
        "sent_at": to_rfc3339(entry.at),
    }
    if entry.author is Author.CONTACT and entry.external_id is not None:
        shown["client_msg_id"] = entry.external_id
    if entry.kind is Kind.OWNER and entry.owner is not None:
        shown["owner"] = entry.owner.value
    if any(csat_answer(button.payload) for button in entry.buttons):
        shown["asks"] = "satisfaction"
    if entry.kind is Kind.CALLBACK:
        shown["callback"] = {name: entry.facts.get(name) for name in ("callback_id", "status", "title")}
    return shown


def attachment_view(attachment: Attachment) -> dict[str, Any]:
    """Return an attachment as pages see it: everything but how the platform refers to it, and no empty fields."""
    return {name: value for name, value in asdict(attachment).items() if name != "ref" and value not in ("", 0, None)}


def buttons(entry: Entry) -> list[dict[str, str]]:
    """Return an entry's buttons by the ids under which they are pressed; payloads stay here."""
    return [{"id": f"{entry.seq}.{place}", "title": button.title} for place, button in enumerate(entry.buttons)]


def typing_entry(author: Author, last_seq: int, at: int) -> dict[str, Any]:
    """Return the passing entry that says somebody types; it stands at the last seq and in no log."""
    return {
        "seq": last_seq,
        "kind": "typing",
        "author": author.value,
        "name": None,
        "text": "",
        "language": None,
        "buttons": [],
        "attachments": [],
        "sent_at": to_rfc3339(at),
        "typing": True,
    }


def _name(entry: Entry) -> str | None:
    if "team" in entry.facts:
        return None
    return first_name(entry.name) or None
