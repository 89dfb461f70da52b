"""The people at the desk, as `baton agent` and the first start make them."""

from __future__ import annotations

import pytest

from baton import agents
from baton.failure import Failure
from connectors.desk.passwords import Passwords
from handoff.errors import Conflict, InvalidInput
from handoff.store.port import Store


async def test_the_demo_agent_is_made_once_and_can_sign_in(store: Store) -> None:
    password = await agents.demo_password(store.agents)
    demo = await store.agents.by_login(agents.DEMO_LOGIN)
    assert password
    assert demo
    assert password not in repr(demo)
    assert await Passwords().fits(password, demo.password_hash)
    assert await agents.demo_password(store.agents) is None


async def test_no_demo_agent_appears_beside_real_ones(store: Store) -> None:
    await agents.add(store.agents, "ada", "Ada Holm", "correct horse battery")
    assert await agents.demo_password(store.agents) is None
    assert [agent.login for agent in await store.agents.all()] == ["ada"]


async def test_a_changed_password_takes_the_place_of_the_old_one(store: Store) -> None:
    await agents.add(store.agents, "ada", "Ada Holm", "correct horse battery")
    await agents.change_password(store.agents, "Ada", "staple battery horse")
    ada = await store.agents.by_login("ada")
    assert ada
    assert await Passwords().fits("staple battery horse", ada.password_hash)
    assert not await Passwords().fits("correct horse battery", ada.password_hash)


async def test_a_login_is_taken_once(store: Store) -> None:
    await agents.add(store.agents, "ada", "Ada Holm", "correct horse battery")
    with pytest.raises(Conflict):
        await agents.add(store.agents, "ADA", "Somebody", "correct horse battery")


@pytest.mark.parametrize("login", ["ada", "Ada.Holm-2_x@example.com", "7", "x" * 64])
async def test_a_login_is_of_letters_digits_and_a_few_signs(store: Store, login: str) -> None:
    await agents.add(store.agents, login, "Ada Holm", "correct horse battery")
    assert await store.agents.by_login(login)


@pytest.mark.parametrize("login", ["", "bad login!", "ada\n", "a/b", "-\u200b", "x" * 65, "søren"])
async def test_anything_else_is_no_login(store: Store, login: str) -> None:
    with pytest.raises(InvalidInput, match=r"^A login has 1 to 64 characters: .* choose another\.$"):
        await agents.add(store.agents, login, "Ada Holm", "correct horse battery")
    assert await store.agents.all() == []


async def test_somebody_unknown_can_t_be_removed(store: Store) -> None:
    with pytest.raises(Failure, match="no agent with the login eve"):
        await agents.remove(store.agents, "eve")


def test_made_passwords_differ_and_are_long() -> None:
    made = {agents.new_password() for _ in range(100)}
    assert len(made) == 100
    assert min(map(len, made)) >= 20
