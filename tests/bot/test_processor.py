"""A turn is taken completely or not at all: whatever goes wrong is said, and leaves no trace."""

from __future__ import annotations

import asyncio

import pytest

from bot.processor import ConversationLocks
from tests.bot.conftest import ACTIONS_SECRET, Bot, Customer


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("raises", "action_failed"),
        ("hangs", "action_failed"),
        ("unknown_slot", "domain_mismatch"),
        ("unknown_followup", "domain_mismatch"),
        ("unknown_response", "domain_mismatch"),
        ("gap", "domain_mismatch"),
        ("pauses", "domain_mismatch"),
        ("bad_effect", "domain_mismatch"),
        ("bad_button", "domain_mismatch"),
        ("asks_for_the_moon", "domain_mismatch"),
        ("unknown_event", "turn_failed"),
        ("circles", "turn_failed"),
        ("listens_early", "turn_failed"),
    ],
)
def test_a_turn_that_fails_is_a_500_and_leaves_no_trace(customer: Customer, what: str, code: str) -> None:
    before = customer.turn(text="where is order 10234")
    events = int(customer.act("counts_events")["messages"][0]["text"])
    status, answer = customer.try_act(what)
    assert (status, answer["error"]["code"]) == (500, code)
    assert customer.act("counts_events")["messages"][0]["text"] == str(events + _EVENTS_OF_AN_ACTION_TURN)
    assert customer.turn(text="hello")["slots"] == before["slots"]


# user, featurization, action, bot, listen: what the first counting turn added after it had counted.
_EVENTS_OF_AN_ACTION_TURN = 5


def test_a_failed_turn_asked_again_is_taken_properly(customer: Customer) -> None:
    status, _ = customer.try_act("raises_once", "m1")
    assert status == 500
    assert customer.act("raises_once", "m1")["messages"][0]["text"] == "At last."


def test_a_dead_action_server_is_a_503_until_it_is_back(bot: Bot, customer: Customer) -> None:
    with bot.without_actions():
        status, answer = customer.try_turn("m1", text="where is order 10234")
        assert (status, answer["error"]["code"]) == (503, "actions_away")
        assert customer.says("when are you open", "m2") == ["We are open from nine to five."]
    assert customer.says("where is order 10234", "m3") == ["Order 10234 is on its way."]
    assert customer.says("where is order 10234", "m1") == ["Order 10234 is on its way."]


def test_a_validation_that_raises_fails_the_turn_and_the_form_goes_on_after(customer: Customer) -> None:
    customer.says("I want to send something back")
    customer.says("10234")
    status, answer = customer.try_turn(text="raise")
    assert (status, answer["error"]["code"]) == (500, "action_failed")
    assert customer.says("it is too small") == ["Order 10234 may come back: it is too small."]


def test_an_action_that_rejects_its_execution_leaves_the_dialogue_to_find_another(customer: Customer) -> None:
    answer = customer.act("rejects")
    assert answer["messages"][0]["text"] == "I cannot follow."
    assert answer["understood"]["fallback"] is True


def test_an_interrupted_form_can_be_left(customer: Customer) -> None:
    customer.says("I want to send something back")
    assert customer.says("when are you open")[0] == "We are open from nine to five."
    customer.says("never mind")
    assert customer.says("hello") == ["Hello."]


def test_logs_hold_nothing_that_customers_or_actions_said(bot: Bot, customer: Customer) -> None:
    canary = "canary-personal-data"
    customer.says(f"my name is {canary}")
    customer.try_turn(text=f"/{canary}")
    customer.try_act("raises")
    customer.try_turn(choice=f'/act{{"what": "{canary}"}}')
    customer.try_turn(choice=f"/{canary}")
    logs = bot.logs()
    assert "action_act failed" in logs
    assert canary not in logs


def test_the_action_server_answers_only_who_knows_its_secret(bot: Bot) -> None:
    call = b'{"next_action": "action_status", "tracker": {}}'
    for authorization in ("", "Bearer wrong", f"Basic {ACTIONS_SECRET}"):
        status, answer = bot.request("POST", "/webhook", call, bot.actions_port, Authorization=authorization)
        assert (status, answer["error"]["code"]) == (401, "unauthorized")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff"])
def test_the_action_server_refuses_what_is_no_action_call(bot: Bot, body: bytes) -> None:
    status, _ = bot.request("POST", "/webhook", body, bot.actions_port, Authorization=f"Bearer {ACTIONS_SECRET}")
    assert status == 422


def test_the_action_server_says_which_action_it_lacks(bot: Bot) -> None:
    status, answer = bot.request(
        "POST",
        "/webhook",
        b'{"next_action": "action_no_such", "tracker": {}}',
        bot.actions_port,
        Authorization=f"Bearer {ACTIONS_SECRET}",
    )
    assert status == 404
    assert "action_no_such" in answer["error"]["message"]


def test_turns_of_a_conversation_follow_each_other_in_the_order_they_were_asked_for() -> None:
    async def run() -> None:
        locks, taken, may_end = ConversationLocks(), [], asyncio.Event()

        async def take(conversation: str, number: int) -> None:
            async with locks.held(conversation):
                taken.append((conversation, number))
                await may_end.wait()

        tasks = [asyncio.create_task(take("a", number)) for number in range(3)]
        tasks.append(asyncio.create_task(take("b", 0)))
        await asyncio.sleep(0)
        assert taken == [("a", 0), ("b", 0)]
        tasks[1].cancel()
        may_end.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert taken == [("a", 0), ("b", 0), ("a", 2)]
        assert not locks._locks
        assert not locks._asking

    asyncio.run(run())
