"""What the twin keeps of each conversation, and how it wakes whoever watches: shared by its parts."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

from handoff.entry import Entry
from handoff.errors import KeyReused, NotFound
from handoff.model import Conversation
from handoff.store.codec import same_as_kept
from handoff.store.port import Accepted, Moved, Once
from handoff.store.watchers import Watchers


@dataclass(slots=True)
class Kept:
    """What there is of one conversation; `inbound` is the seq of the last entry that is work for the worker."""

    conversation: Conversation
    log: list[Entry] = field(default_factory=list)
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)
    inbound: int = 0

    def append(self, entry: Entry) -> int:
        """Append an entry as a reader will see it; returns its seq."""
        seq = len(self.log) + 1
        self.log.append(replace(same_as_kept(entry), seq=seq))
        return seq

    def known(self, once: Once | None) -> Accepted | None:
        """Return what an idempotency key got before; raises KeyReused when that was for another body."""
        if once is None or once.key not in self.seen:
            return None
        seq, digest = self.seen[once.key]
        if digest != once.digest:
            raise KeyReused("This id was already used for something else; use a new one.")
        return Accepted(seq, repeated=True)

    def remember(self, once: Once | None, seq: int) -> Accepted:
        """Note what an idempotency key got."""
        if once is not None:
            self.seen[once.key] = (seq, once.digest)
        return Accepted(seq, repeated=False)


class Logs:
    """Every conversation by id, and those who watch."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self._watchers = Watchers()

    def find(self, conversation_id: str) -> Kept:
        """Return what is kept of a conversation; raises NotFound."""
        kept = self.kept.get(conversation_id)
        if kept is None:
            raise NotFound("There is no such conversation.")
        return kept

    def post(self, moved: Moved) -> None:
        """Wake everybody who watches."""
        self._watchers.tell(moved)

    async def watch(self) -> AsyncGenerator[Moved, None]:
        """Yield every wake-up from now on; first, and after a gap, `Moved("")`."""
        with self._watchers.mailbox() as mailbox:
            yield Moved("")
            while True:
                yield await mailbox.next()
