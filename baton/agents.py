"""`baton agent`: the people who work at the desk."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace

from baton.failure import Failure
from connectors.desk.passwords import hash_password
from handoff.errors import InvalidInput, NotFound
from handoff.store.agents_port import Agent, AgentStore

DEMO_LOGIN = "demo"

# Of letters beyond a to z many have two spellings that look the same, and only one would sign in.
_LOGIN = re.compile(r"[A-Za-z0-9._@-]{1,64}")


def new_password() -> str:
    """Make a password that is easy to type and hard to guess (96 bits)."""
    return "-".join(secrets.token_hex(3) for _ in range(4))


async def add(
    agents: AgentStore, login: str, name: str, password: str, *, limit: int = 4, team: str | None = None
) -> Agent:
    """Make an agent.

    Raises:
        Conflict: the login is taken.
        InvalidInput: the login is none, or the password is too short or too long.
    """
    if not _LOGIN.fullmatch(login):
        raise InvalidInput("A login has 1 to 64 characters: letters from a to z, digits, and . _ - @; choose another.")
    agent = Agent(f"a_{secrets.token_hex(6)}", login, name, hash_password(password), limit, team)
    await agents.add(agent)
    return agent


async def change_password(agents: AgentStore, login: str, password: str) -> None:
    """Give an agent another password.

    Raises:
        Failure: there is no such agent.
    """
    agent = await _known(agents, login)
    await agents.replace(replace(agent, password_hash=hash_password(password)))


async def remove(agents: AgentStore, login: str) -> None:
    """Forget an agent; what they wrote stays in the logs.

    Raises:
        Failure: there is no such agent.
    """
    agent = await _known(agents, login)
    try:
        await agents.remove(agent.id)
    except NotFound:
        raise _unknown(login) from None


async def demo_password(agents: AgentStore) -> str | None:
    """Make the demo agent if there is no agent at all; returns their password then, and never again."""
    if await agents.all():
        return None
    password = new_password()
    await add(agents, DEMO_LOGIN, "Robin Demo", password)
    return password


async def _known(agents: AgentStore, login: str) -> Agent:
    agent = await agents.by_login(login)
    if agent is None:
        raise _unknown(login)
    return agent


def _unknown(login: str) -> Failure:
    return Failure(f"There is no agent with the login {login}; `baton agent list` shows them all.")
