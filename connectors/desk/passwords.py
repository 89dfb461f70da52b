"""Passwords of agents: argon2id, hashed and checked off the event loop."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from handoff.errors import InvalidInput

SHORTEST = 10
LONGEST = 256

_AT_ONCE = 2
"""Hashes computed at the same time; each takes 64 MiB for some 50 ms."""


def hash_password(password: str) -> str:
    """Return the argon2id hash to keep for a password.

    Raises:
        InvalidInput: the password is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput(f"A password has {SHORTEST} to {LONGEST} characters; choose another.")
    return PasswordHasher().hash(password)


class Passwords:
    """Checks passwords; a login that nobody has costs as much time as one with a wrong password."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._nobodys: str | None = None

    async def fits(self, password: str, password_hash: str | None) -> bool:
        """Tell whether a password is the one that was hashed; None stands for a login that nobody has."""
        async with self._room:
            return await asyncio.to_thread(self._fits, password, password_hash)

    def _fits(self, password: str, password_hash: str | None) -> bool:
        if password_hash is None:
            self._nobodys = self._nobodys or self._hasher.hash("nobody has this password")
        try:
            fits = self._hasher.verify(password_hash or self._nobodys or "", password)
        except (VerificationError, InvalidHashError):
            return False
        return fits and password_hash is not None
