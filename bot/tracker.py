"""The tracker: Rasa's record of one conversation, as Baton keeps it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

_DESCRIBED_TURNS = 4


class StoredTracker(DialogueStateTracker):
    """A tracker that knows how much of it is in the store.

    Args:
        sender_id: the conversation's id.
        slots: the domain's slots.
    """

    def __init__(self, sender_id: str, slots: Iterable[Slot]) -> None:
        super().__init__(sender_id, slots)
        self.stored_events = 0
        self.generation = 0

    def generate_all_prior_trackers(self) -> Iterator[tuple[DialogueStateTracker, bool]]:
        """The trackers before each action of the last turns, which is what policies predict from.

        Rasa describes the whole history for every policy and every action. Rules and memorised stories look back a
        few turns, so the describing, which is the costly part, is left out before those. The beginning stays: it is
        what a policy has to look at when rules alone decided all the turns that are left, which it does not see.
        """
        events = self.applied_events()
        spoken = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
        # The listening before the oldest of these messages belongs to its turn.
        described_from = spoken[-_DESCRIBED_TURNS] - 1 if len(spoken) >= _DESCRIBED_TURNS else 0
        past = self.init_copy()
        begun = False
        for place, event in enumerate(events):
            if isinstance(event, ActionExecuted) and (place >= described_from or not begun):
                yield past, event.hide_rule_turn
                begun = True
            past.update(event)
        yield past, False

    def unstored_events(self) -> list[Event]:
        """What happened since the tracker was read."""
        return list(self.events)[self.stored_events :]


def fork(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A copy that can be moved on without moving the original.

    Rasa's own ``tracker.copy()`` replays the whole history; this copies the state, which is what a turn can afford
    to do before every action.
    """
    twin = copy.copy(tracker)
    twin.events = tracker.events.copy()
    twin.slots = {name: copy.copy(slot) for name, slot in tracker.slots.items()}
    twin.active_loop = copy.copy(tracker.active_loop)
    return twin


def begins_turn(event: Event) -> bool:
    """Whether a customer's message, and with it a turn, begins here.

    Actions may log user events of their own; only the gateway's messages have an id.
    """
    return isinstance(event, UserUttered) and event.message_id is not None
