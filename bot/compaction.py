"""Compaction: how a conversation of any length stays a short one for Rasa.

Rasa reads, replays, featurises and sends to actions every event of a conversation, so each turn of a long one would
cost more than the last. The whole log lives with the gateway; the tracker needs only the state and the last turns.
"""

from __future__ import annotations

from dataclasses import dataclass

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tracker import begins_turn, fork


@dataclass(frozen=True)
class Window:
    """How many turns a tracker holds.

    Args:
        keep: turns left after compacting; also how far back a repeated message is certainly recognised.
        fold: more turns than this are compacted, at a point where no form is active.
        most: more turns than this are compacted even inside a form.
    """

    keep: int = 5
    fold: int = 8
    most: int = 40


def compact(tracker: DialogueStateTracker, window: Window) -> list[Event] | None:
    """The events of a tracker with its old turns folded into the state they led to, or None when it is short enough.

    The cut is made right before a customer's message, where the bot was listening. What came before becomes a session
    start that carries the slots over, as Rasa itself starts a new session of a known customer.
    """
    events = list(tracker.events)
    starts = [place for place, event in enumerate(events) if begins_turn(event)]
    if len(starts) <= window.fold:
        return None
    # Cutting before the first turn would fold nothing.
    earliest, latest = max(1, len(starts) - window.most), len(starts) - window.keep
    states = _states_at(tracker, events, starts[earliest : latest + 1])
    outside_forms = [(cut, past) for cut, past in states if past.active_loop_name is None]
    if not outside_forms and len(starts) <= window.most:
        return None
    cut, past = (outside_forms or states)[-1]
    return [*_state_as_events(past, events[cut].timestamp), *events[cut:]]


def _states_at(
    tracker: DialogueStateTracker, events: list[Event], cuts: list[int]
) -> list[tuple[int, DialogueStateTracker]]:
    """The cuts, each with the state right before it."""
    states = []
    past = tracker.init_copy()
    for place, event in enumerate(events[: cuts[-1] + 1]):
        if place in cuts:
            states.append((place, fork(past)))
        past.update(event)
    return states


def _state_as_events(past: DialogueStateTracker, timestamp: float) -> list[Event]:
    slots = [SlotSet(name, slot.value, timestamp) for name, slot in past.slots.items() if slot.has_been_set]
    loop = [ActiveLoop(past.active_loop_name, timestamp)] if past.active_loop_name else []
    return [
        ActionExecuted(ACTION_SESSION_START_NAME, timestamp=timestamp),
        SessionStarted(timestamp),
        *loop,
        *slots,
        ActionExecuted(ACTION_LISTEN_NAME, timestamp=timestamp),
    ]
