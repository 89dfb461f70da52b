"""What a customer is told of each change of hands: a sentence, and the ways out where it makes them wait again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from handoff.buttons import queue_buttons
from handoff.entry import Entry, Kind, Owner, OwnerEvent, Visibility
from handoff.model import Change
from handoff.notices import Notices, Say, first_name

_SENTENCES: Mapping[OwnerEvent, Say] = {
    OwnerEvent.CLAIMED: Say.OWNER_CLAIMED,
    OwnerEvent.TRANSFERRED: Say.OWNER_TRANSFERRED,
    OwnerEvent.RELEASED: Say.OWNER_RELEASED,
    OwnerEvent.RETURNED: Say.OWNER_RETURNED,
    OwnerEvent.RESOLVED: Say.OWNER_RESOLVED,
    OwnerEvent.GAVE_UP: Say.OWNER_GAVE_UP,
    OwnerEvent.JOINED: Say.OWNER_JOINED,
}
"""A request for a person has none: the notice about the queue comes with it."""


def caption(notices: Notices, change: Change) -> Change:
    """Tell the customer about each change of hands they may see, in the conversation's language."""
    language = change.conversation.language
    return replace(change, entries=tuple(_captioned(notices, entry, language) for entry in change.entries))


def _captioned(notices: Notices, entry: Entry, language: str) -> Entry:
    if entry.kind is not Kind.OWNER or entry.visibility is not Visibility.PUBLIC or entry.event is None:
        return entry
    what = _SENTENCES.get(entry.event)
    if what is None or entry.text:
        return entry
    if what is Say.OWNER_TRANSFERRED and "team" in entry.facts:
        what = Say.OWNER_TRANSFERRED_TO_TEAM
    if what is Say.OWNER_JOINED and entry.owner is Owner.QUEUE:
        what = Say.OWNER_JOINED_QUEUE
    agent = first_name(entry.name) or notices.say(Say.OWNER_SOMEBODY, language)
    # Whoever waits may leave, however they came to wait.
    buttons = queue_buttons(notices, language) if entry.owner is Owner.QUEUE else ()
    said = notices.say(what, language, agent=agent)
    return replace(entry, text=said, language=notices.nearest(language), buttons=buttons)
