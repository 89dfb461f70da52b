"""The tracker store: conversations in Redis, appended to, never rewritten turn by turn.

Key schema (one key a conversation, so every script touches one key and deleting the key forgets the conversation)::

    baton:tracker:{conversation_id}   list   0    header {"format": 1, "generation": n}
                                             1…   one event each, as Rasa serialises it, oldest first

Appending keeps the generation and makes the list longer; compaction replaces the list and raises the generation. So
the pair (header, length) tells whether a conversation is still as a turn read it, and a turn whose conversation has
moved on is refused instead of mixed in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import redis.asyncio
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from redis.exceptions import RedisError

from bot.compaction import Window, compact
from bot.errors import StaleTracker, StoreUnavailable, TurnFailed
from bot.tracker import StoredTracker

KEY_PREFIX = "baton:tracker:"
URL_VARIABLE = "BATON_REDIS_URL"
TTL_VARIABLE = "BATON_TRACKER_TTL_SECONDS"

_FORMAT = 1
_SAVE_SCRIPT = (Path(__file__).parent / "lua" / "save_tracker.lua").read_text(encoding="utf-8")


class AppendingTrackerStore(TrackerStore):
    """Keeps the recent turns and the state of every conversation in Redis.

    Args:
        domain: the domain that trackers are read with.
        host: Redis URL (``redis://…``, ``rediss://…`` or ``unix://…``); the variable BATON_REDIS_URL when not given.
        event_broker: gets the new events, when Rasa is configured to have one.
        ttl_seconds: how long a silent conversation is kept; 0 is for ever. BATON_TRACKER_TTL_SECONDS when not given.
        timeout_seconds: how long one call to Redis may take.
        window: how many turns a tracker holds.

    Raises:
        ValueError: no Redis URL, or one that is none.
    """

    def __init__(
        self,
        domain: Domain | None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        ttl_seconds: int | None = None,
        timeout_seconds: float = 2.0,
        window: Window | None = None,
    ) -> None:
        super().__init__(domain, event_broker)
        url = host or os.environ.get(URL_VARIABLE)
        if not url:
            raise ValueError(f"The tracker store has no Redis; set {URL_VARIABLE} to its URL.")
        self._ttl_seconds = int(os.environ.get(TTL_VARIABLE) or 0) if ttl_seconds is None else ttl_seconds
        self._window = window or Window()
        self._redis: redis.asyncio.Redis[str] = redis.asyncio.Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=timeout_seconds,
            socket_connect_timeout=timeout_seconds,
        )
        self._save_script = self._redis.register_script(_SAVE_SCRIPT)

    def init_tracker(self, sender_id: str) -> StoredTracker:
        """A blank tracker of a conversation."""
        return StoredTracker(sender_id, self.domain.slots)

    async def retrieve(self, sender_id: str) -> StoredTracker | None:
        """Read a conversation; None when it is new.

        Raises:
            StoreUnavailable: Redis cannot be reached.
            TurnFailed: what is stored is not a tracker.
        """
        try:
            stored = await self._redis.lrange(KEY_PREFIX + sender_id, 0, -1)
        except (RedisError, OSError) as error:
            raise _unavailable() from error
        if not stored:
            return None
        tracker = self.init_tracker(sender_id)
        try:
            header = json.loads(stored[0])
            if header["format"] != _FORMAT:
                raise TurnFailed(f"The stored tracker has format {header['format']}; this bot reads {_FORMAT}.")
            tracker.generation = header["generation"]
            tracker.events.extend(_event(json.loads(entry)) for entry in stored[1:])
        except (ValueError, KeyError, TypeError) as error:
            raise TurnFailed("The stored tracker cannot be read; delete its key to start it afresh.") from error
        tracker.replay_events()
        tracker.stored_events = len(tracker.events)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what happened since the tracker was read, and fold old turns when there are many.

        Raises:
            StaleTracker: the stored conversation is not the one that the tracker was read from.
            StoreUnavailable: Redis cannot be reached; whether the turn was stored is not known.
        """
        if not isinstance(tracker, StoredTracker):
            raise TypeError("This store saves only trackers that it made; get one with get_or_create_tracker().")
        added = tracker.unstored_events()
        if not added:
            return
        is_new = not tracker.stored_events
        folded = compact(tracker, self._window)
        if folded is not None:
            generation, pushed = tracker.generation + 1, [_header(tracker.generation + 1), *map(_entry, folded)]
        else:
            generation, pushed = tracker.generation, [_header(0)] if is_new else []
            pushed += map(_entry, added)
        try:
            written = await self._save_script(
                keys=[KEY_PREFIX + tracker.sender_id],
                args=[
                    "" if is_new else _header(tracker.generation),
                    0 if is_new else tracker.stored_events + 1,
                    "append" if folded is None else "replace",
                    self._ttl_seconds,
                    *pushed,
                ],
            )
        except (RedisError, OSError) as error:
            raise _unavailable() from error
        if not written:
            raise StaleTracker("The conversation moved on while this turn was taken; ask again.")
        if folded is None:
            tracker.stored_events = len(tracker.events)
        else:
            tracker.generation, tracker.stored_events = generation, len(folded)
            tracker.events = tracker._create_events(folded)
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, added, tracker.sender_id)

    async def delete(self, sender_id: str) -> None:
        """Forget a conversation."""
        try:
            await self._redis.delete(KEY_PREFIX + sender_id)
        except (RedisError, OSError) as error:
            raise _unavailable() from error

    async def keys(self) -> Iterable[str]:
        """The ids of all stored conversations."""
        try:
            return [key[len(KEY_PREFIX) :] async for key in self._redis.scan_iter(match=KEY_PREFIX + "*", count=1000)]
        except (RedisError, OSError) as error:
            raise _unavailable() from error

    async def ping(self) -> None:
        """Make sure that Redis answers.

        Raises:
            StoreUnavailable: it does not.
        """
        try:
            await self._redis.ping()
        except (RedisError, OSError) as error:
            raise _unavailable() from error

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.close()
        await self._redis.connection_pool.disconnect()


def _unavailable() -> StoreUnavailable:
    return StoreUnavailable("The bot's memory (Redis) cannot be reached; try again in a moment.")


def _header(generation: int) -> str:
    return json.dumps({"format": _FORMAT, "generation": generation})


def _entry(event: Event) -> str:
    return json.dumps(event.as_dict(), ensure_ascii=False, separators=(",", ":"))


def _event(parameters: dict[str, Any]) -> Event:
    event = _event_classes()[parameters["event"]]._from_parameters(parameters)
    if event is None:
        raise ValueError("a stored event is incomplete")
    return event


@cache
def _event_classes() -> dict[str, type[Event]]:
    # Event.from_parameters() searches the class tree for every single event.
    classes: dict[str, type[Event]] = {}
    for event_class in all_subclasses(Event):
        classes.setdefault(event_class.type_name, event_class)
    return classes
