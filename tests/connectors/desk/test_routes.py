"""Signing in, presence, lists and callbacks over real HTTP."""

from __future__ import annotations

import httpx
import pytest

from connectors.desk.sign_in import ATTEMPTS_OF_ONE_CALLER, SESSION_S
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.model import Presence
from handoff.store.memory import MemoryStore
from tests.connectors.site import PASSWORD, Site, said
from tests.waiting import eventually


async def sign_in(site: Site, http: httpx.AsyncClient, login: str = "ada", password: str = PASSWORD) -> httpx.Response:
    return await http.post(
        "/api/desk/login", json={"login": login, "password": password}, headers={"Origin": site.origin}
    )


# signing in


async def test_an_agent_signs_in_and_is_known_after_a_reload(any_site: Site) -> None:
    answer = await sign_in(any_site, any_site.http, login="ADA")
    assert answer.status_code == 200
    assert answer.json()["agent"] == {"id": "a_ada", "login": "ada", "name": "Ada Holm"}
    me = await any_site.http.get("/api/desk/me")
    assert me.json() == {"agent": answer.json()["agent"], "csrf": answer.json()["csrf"], "presence": "offline"}


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    cookie = (await sign_in(site, site.http)).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert f"Max-Age={SESSION_S}" in cookie
    assert "Domain" not in cookie
    async with Site.running(MemoryStore(), https=True) as over_tls:
        assert "Secure" in (await sign_in(over_tls, over_tls.http)).headers["set-cookie"]


async def test_the_store_never_holds_the_token_itself(site: Site) -> None:
    token = (await sign_in(site, site.http)).cookies["baton_desk"]
    assert token not in str(vars(site.store.agents))
    assert token not in str(site.store.agents._sessions._kept)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("login", "password"), [("ada", "wrong password"), ("nobody", PASSWORD), ("ada", PASSWORD + " ")]
)
async def test_a_wrong_login_or_password_is_refused_in_the_same_words(site: Site, login: str, password: str) -> None:
    answer = await sign_in(site, site.http, login, password)
    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "The login or the password is wrong."
    assert "set-cookie" not in answer.headers


async def test_after_many_attempts_even_the_right_password_must_wait(site: Site) -> None:
    for _ in range(ATTEMPTS_OF_ONE_CALLER):
        assert (await sign_in(site, site.http, "bo", "wrong password")).status_code == 401
    refused = await sign_in(site, site.http, "bo")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert (await sign_in(site, site.http, "ada")).status_code == 200


async def test_after_signing_out_the_session_is_worth_nothing(site: Site) -> None:
    async with site.agent() as ada:
        token = ada.http.cookies["baton_desk"]
        assert (await ada.post("/logout")).status_code == 204
        assert "baton_desk" not in ada.http.cookies
        again = await site.http.get("/api/desk/me", headers={"Cookie": f"baton_desk={token}"})
        assert again.status_code == 401
    assert (await site.store.agents.presences())["a_ada"].presence is Presence.OFFLINE


async def test_an_agent_who_was_removed_is_signed_out(any_site: Site) -> None:
    async with any_site.agent() as ada:
        await any_site.store.agents.remove("a_ada")
        assert (await ada.get("/overview")).status_code == 401


# presence


async def test_a_chosen_presence_is_kept_and_shown_to_colleagues(site: Site) -> None:
    async with site.agent() as ada, site.agent("bo") as bo:
        await ada.post("/presence", "PUT", presence="busy")
        agents = {agent["id"]: agent["presence"] for agent in (await bo.get("/overview")).json()["agents"]}
        assert agents == {"a_ada": "busy", "a_bo": "online"}
        assert (await ada.get("/me")).json()["presence"] == "busy"


async def test_an_agent_whose_desk_is_not_heard_of_is_shown_as_offline(site: Site) -> None:
    async with site.agent() as ada, site.agent("bo") as bo:
        site.clock.advance(60)
        async with bo.live() as live:
            await live.frame()
            agents = {agent["id"]: agent["presence"] for agent in (await bo.get("/overview")).json()["agents"]}
        assert agents == {"a_ada": "offline", "a_bo": "online"}
        assert (await ada.get("/me")).json()["presence"] == "online"


@pytest.mark.parametrize("presence", ["away", "ONLINE", "", 1, None])
async def test_a_presence_that_is_none_is_refused(site: Site, presence: object) -> None:
    async with site.agent() as ada:
        assert (await ada.post("/presence", "PUT", presence=presence)).status_code == 422


# lists


async def test_the_overview_lists_who_waits_and_what_is_mine(any_site: Site) -> None:
    waiting, mine = await any_site.waiting_customer(), await any_site.waiting_customer()
    async with any_site.agent() as ada, any_site.agent("bo") as bo:
        await ada.done(mine, "claim")
        await mine.send("are you there?")
        any_site.clock.advance(90)
        overview = (await ada.get("/overview")).json()
        assert [card["id"] for card in overview["queue"]] == [waiting.conversation_id]
        assert [card["id"] for card in overview["mine"]] == [mine.conversation_id]
        card = overview["mine"][0]
        assert (card["last_text"], card["last_author"], card["unread"]) == ("are you there?", "contact", 1)
        assert (card["topic"], card["reason"], card["waiting_seconds"]) == ("returns", "asked", 90)
        assert overview["queue"][0]["waiting_seconds"] == 90
        assert (await bo.get("/overview")).json()["mine"] == []


async def test_a_card_quotes_the_customer_whatever_number_of_receipts_came_since(any_site: Site) -> None:
    waiting = await any_site.waiting_customer()
    conversations = any_site.store.conversations
    now = await conversations.get(waiting.conversation_id)
    end = (await conversations.read(now.id, 0)).last_seq
    receipt = Entry(Kind.DELIVERY, Author.SYSTEM, any_site.clock(), visibility=Visibility.INTERNAL, in_reply_to=1)
    await conversations.commit(now, now.revised(cursor=end + 40), [receipt] * 40, any_site.clock())
    async with any_site.agent() as ada:
        (card,) = (await ada.get("/overview")).json()["queue"]
        assert card["last_author"] == "contact"
        assert card["last_text"]


async def test_a_callback_is_listed_with_its_phone_and_finished_once(site: Site) -> None:
    customer = await site.customer()
    callback = await site.booked_callback(customer)
    async with site.agent() as ada:
        listed = (await ada.get("/callbacks")).json()["callbacks"]
        assert [(each["callback_id"], each["phone"], each["due"]) for each in listed] == [
            (callback.id, "+4532123456", False)
        ]
        assert (await ada.get("/overview")).json()["callbacks"] == listed
        site.clock.now = callback.starts_at
        assert (await ada.get("/callbacks")).json()["callbacks"][0]["due"]
        done = await ada.post(f"/callbacks/{callback.id}/done", outcome="reached", note="all well")
        assert done.json()["callback"]["outcome"] == "reached"
        assert (await ada.post(f"/callbacks/{callback.id}/done", outcome="no_answer")).status_code == 409
        assert (await ada.get("/callbacks")).json()["callbacks"] == []
        assert (await ada.post("/callbacks/cb_none/done", outcome="reached")).status_code == 404


async def test_a_desk_that_is_open_sees_a_callback_booked_moved_and_cancelled(any_site: Site) -> None:
    customer = await any_site.customer()
    async with any_site.agent() as ada, ada.live() as live:
        booked = await any_site.booked_callback(customer)
        await live.until(lambda frame: [each["starts_at"] for each in frame["callbacks"]] == [booked.slot_id])
        later = (await any_site.callbacks.slots(1, after=booked.starts_at))[0]
        await any_site.callbacks.change(booked.id, later.id, "move")
        await live.until(lambda frame: [each["starts_at"] for each in frame["callbacks"]] == [later.id])
        await any_site.callbacks.cancel(booked.id, "cancel")
        await live.until(lambda frame: frame["callbacks"] == [])


async def test_many_desks_that_ask_at_once_share_what_is_read(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada, ada.live() as one, ada.live() as two:
        for live in (one, two):
            assert (await live.frame())["queue"][0]["id"] == customer.conversation_id
        await ada.done(customer, "claim")
        for live in (one, two):
            frame = await live.until(lambda frame: frame["type"] == "overview" and bool(frame["mine"]))
            assert frame["queue"] == []

        async def answered() -> bool:
            return bool((await ada.get("/overview")).json()["mine"])

        await eventually(answered)
        await ada.reply(customer, "hello")
        await customer.until(said("hello"))
