"""Wake-ups through Redis: one subscription in a process, each wake-up read once and handed to all who watch.

The subscription begins with the first watcher and ends with the last.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from handoff.errors import place_of
from handoff.store import keys
from handoff.store.port import Moved
from handoff.store.redis_link import RedisLink
from handoff.store.watchers import Watchers

log = logging.getLogger(__name__)

_WORKER, _SENDER, _FETCHER = 1, 2, 4  # who has something to do, as a wake-up counts them together


class RedisWatch:
    """Tells and hears wake-ups."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._watchers = Watchers()
        self._listening: asyncio.Task[None] | None = None
        self._subscribed = False

    async def announce(self, moved: Moved) -> None:
        """Wake everybody who watches, in every process."""
        wakes = moved.work * _WORKER + moved.sends * _SENDER + moved.fetches * _FETCHER
        said = f"{moved.last_seq} {int(moved.desk)} {wakes} {moved.signal or '-'} {moved.conversation_id}"
        await self._link.call("PUBLISH", keys.LIVE, said)

    async def watch(self) -> AsyncGenerator[Moved, None]:
        """Yield every wake-up from now on; first, and after a gap, `Moved("")`; raises StoreUnavailable at its end."""
        try:
            with self._watchers.mailbox() as mailbox:
                if self._listening is None or self._listening.done():
                    self._subscribed = False
                    self._listening = asyncio.create_task(self._listen())
                elif self._subscribed:
                    mailbox.put(Moved(""))
                while True:
                    yield await mailbox.next()
        finally:
            if not self._watchers:
                await self._end()

    async def _listen(self) -> None:
        try:
            async with aclosing(self._link.listen(keys.LIVE)) as heard:
                async for said in heard:
                    self._subscribed = True
                    self._watchers.tell(Moved("") if said is None else _moved(said))
        except Exception as error:  # noqa: BLE001 - whatever it is, those who watch must learn that they hear nothing
            log.error("the subscription to wake-ups broke off: %s", place_of(error))
            self._watchers.tell(None)

    async def _end(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None and not listening.done():
            listening.cancel()
            await asyncio.wait((listening,))


def _moved(said: str) -> Moved:
    try:
        last_seq, desk, wakes, signal, conversation_id = said.split(" ", 4)
        who = int(wakes)
        return Moved(
            conversation_id,
            int(last_seq),
            desk=desk == "1",
            work=bool(who & _WORKER),
            sends=bool(who & _SENDER),
            fetches=bool(who & _FETCHER),
            signal="" if signal == "-" else signal,
        )
    except ValueError:  # not Baton's; looking at everything is always right
        return Moved("")
