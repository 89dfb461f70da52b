"""Those in this process who watch the store: each has a mailbox, so that none waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from handoff.errors import StoreUnavailable
from handoff.store.port import Moved

MOST_WAITING = 10_000
"""Wake-ups that wait in a mailbox; whoever does not keep up looks at everything instead."""


class Mailbox:
    """What one watcher has yet to hear."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Moved | None] = asyncio.Queue()

    def put(self, moved: Moved | None) -> None:
        """Have the watcher hear something; None: nothing more comes."""
        if self._waiting.qsize() >= MOST_WAITING:
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._waiting.put_nowait(Moved(""))
        self._waiting.put_nowait(moved)

    async def next(self) -> Moved:
        """Return the next wake-up, as soon as there is one.

        Raises:
            StoreUnavailable: nothing more comes.
        """
        moved = await self._waiting.get()
        if moved is None:
            raise StoreUnavailable("The store's wake-ups have ended; watch again.")
        return moved


class Watchers:
    """Hands every wake-up to everybody who watches."""

    def __init__(self) -> None:
        self._mailboxes: set[Mailbox] = set()

    def __bool__(self) -> bool:
        return bool(self._mailboxes)

    def tell(self, moved: Moved | None) -> None:
        """Put a wake-up into every mailbox; None: nothing more comes."""
        for mailbox in self._mailboxes:
            mailbox.put(moved)

    @contextmanager
    def mailbox(self) -> Iterator[Mailbox]:
        """Watch for as long as the block runs."""
        mailbox = Mailbox()
        self._mailboxes.add(mailbox)
        try:
            yield mailbox
        finally:
            self._mailboxes.discard(mailbox)
