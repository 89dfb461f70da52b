"""Signing in at the desk: cookie sessions of which the store keeps only a digest, and throttled attempts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hashlib import sha256

from connectors.desk.passwords import Passwords
from handoff.errors import NotAuthenticated, NotFound, TooManyAttempts
from handoff.store.agents_port import Agent, AgentStore, DeskSession

SESSION_S = 12 * 3600
"""Seconds after which an agent signs in again."""

WINDOW_S = 15 * 60
ATTEMPTS_OF_ONE_CALLER = 20
"""Attempts at one login from one address within the window; all other limits are wider."""

_ATTEMPTS_AT_A_LOGIN = 100
_ATTEMPTS_FROM_AN_ADDRESS = 300


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An agent with a live session."""

    agent: Agent
    csrf: str = field(repr=False)
    token: str = field(repr=False)


class SignIn:
    """Opens, finds and ends desk sessions."""

    def __init__(self, agents: AgentStore, passwords: Passwords) -> None:
        self._agents = agents
        self._passwords = passwords

    async def open(self, login: str, password: str, address: str) -> SignedIn:
        """Open a session for an agent who knows their password.

        Raises:
            NotAuthenticated: login and password do not fit; it is not said which.
            TooManyAttempts: too many were made for this login or from this address.
        """
        await self._count(login, address)
        agent = await self._agents.by_login(login)
        if not await self._passwords.fits(password, agent.password_hash if agent else None) or agent is None:
            raise NotAuthenticated("The login or the password is wrong.")
        signed_in = SignedIn(agent, csrf=secrets.token_urlsafe(32), token=secrets.token_urlsafe(32))
        await self._agents.open_session(_digest(signed_in.token), DeskSession(agent.id, signed_in.csrf), SESSION_S)
        return signed_in

    async def find(self, token: str | None) -> SignedIn:
        """Return the agent whose session a token is.

        Raises:
            NotAuthenticated: there is no such session any more.
        """
        session = await self._agents.session(_digest(token)) if token else None
        if session is None or token is None:
            raise _signed_out()
        try:
            agent = await self._agents.get(session.agent_id)
        except NotFound:
            raise _signed_out() from None
        return SignedIn(agent, session.csrf, token)

    async def close(self, token: str) -> None:
        """End a session."""
        await self._agents.close_session(_digest(token))

    async def _count(self, login: str, address: str) -> None:
        # Digests, because keys of the store may be looked at and a login may be mistyped as a password.
        named = _digest(login.casefold())
        limits = {
            f"login:{named}:{_digest(address)}": ATTEMPTS_OF_ONE_CALLER,
            f"login:{named}": _ATTEMPTS_AT_A_LOGIN,
            f"login-from:{_digest(address)}": _ATTEMPTS_FROM_AN_ADDRESS,
        }
        for key, most in limits.items():
            if await self._agents.count_attempt(key, WINDOW_S) > most:
                raise TooManyAttempts("Too many attempts to sign in; wait a quarter of an hour.", WINDOW_S)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _signed_out() -> NotAuthenticated:
    return NotAuthenticated("You are not signed in, or your session has ended; sign in again.")
