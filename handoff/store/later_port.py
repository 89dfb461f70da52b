"""The store port's part for what is to be said later: durable, each under a name, due at an instant.

Every method raises `StoreUnavailable` when the server does not answer. Instants are in milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Later:
    """One thing to be said later: the name it was put by under, and what was put by."""

    name: str
    body: str


class LaterStore(Protocol):
    """What waits for its time, and the answers that were given under idempotency keys."""

    async def put_by(self, later: Later, at: int) -> bool:
        """Keep something until `at`; False, and nothing changes, when something is kept under its name already."""

    async def take_due(self, now: int, lease_ms: int) -> Later | None:
        """Return what has been due the longest, if anything is; it is due again when the lease is over."""

    async def strike(self, name: str) -> None:
        """Forget what was put by under a name; one that is not there is no error."""

    async def answer_to(self, key: str) -> str | None:
        """Return what was answered under an idempotency key, if that is still remembered."""

    async def keep_answer(self, key: str, answer: str, ttl_s: int) -> str:
        """Remember what was answered under a key for `ttl_s` seconds; returns what was answered first."""
