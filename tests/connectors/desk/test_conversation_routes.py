"""What an agent does with one conversation, over real HTTP."""

from __future__ import annotations

import asyncio
import json

import pytest

from connectors.desk.reading import Reading
from handoff.errors import NotAllowed
from handoff.instants import to_rfc3339
from tests.connectors.site import ADA, BO, Site, said
from tests.fakes import InterruptedStore


async def test_the_agent_reads_everything_the_customer_and_the_bot_said(any_site: Site) -> None:
    customer = await any_site.customer()
    await customer.send("gibberish")
    await customer.until(said("Sorry?"))
    await customer.send("person")
    await customer.until(lambda entry: entry.get("owner") == "queue")
    async with any_site.agent() as ada:
        opened = (await ada.get(f"/conversations/{customer.conversation_id}")).json()
        texts = [entry["text"] for entry in opened["entries"] if entry["kind"] == "message"]
        assert texts[:4] == ["gibberish", "Sorry?", "person", "I'll get someone."]
        assert [entry["seq"] for entry in opened["entries"] if entry.get("misunderstood")] == [1]
        assert opened["entries"][1]["understood"] == {"intent": "nlu_fallback", "confidence": 0.2, "fallback": True}
        assert opened["summary"]["misunderstandings"] == 1
        assert (opened["summary"]["reason"], opened["summary"]["topic"]) == ("asked", "returns")
        assert opened["details"] == {"order_number": "10234"}
        assert opened["contact"]["verified"] is False
        after = opened["entries"][1]["seq"]
        rest = (await ada.get(f"/conversations/{customer.conversation_id}/entries", after=after)).json()
        where = {"conversation_id": customer.conversation_id, "channel": "web"}
        assert [{**entry, **where} for entry in rest["entries"]] == opened["entries"][2:]
        assert rest["last_seq"] == opened["last_seq"]


async def test_a_log_of_many_hundred_entries_is_read_whole(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada:
        await ada.done(customer, "claim")
        last = (await site.store.conversations.read(customer.conversation_id, 0)).entries[-1]
        await site.append(customer.conversation_id, *[last] * 1100)
        opened = (await ada.get(f"/conversations/{customer.conversation_id}")).json()
        assert len(opened["entries"]) == opened["last_seq"] > 1100


async def test_one_of_two_agents_wins_a_claim_and_the_other_is_told_who(any_site: Site) -> None:
    customer = await any_site.waiting_customer()
    async with any_site.agent() as ada, any_site.agent("bo") as bo:
        answers = await asyncio.gather(ada.act(customer, "claim"), bo.act(customer, "claim"))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        won, lost = sorted(answers, key=lambda answer: answer.status_code)
        assert lost.json()["error"]["code"] == "already_taken"
        assert won.json()["conversation"]["agent_name"] in lost.json()["error"]["message"]


async def test_a_reply_reaches_the_customer_once_and_a_note_never(any_site: Site) -> None:
    customer = await any_site.waiting_customer()
    async with any_site.agent() as ada:
        await ada.done(customer, "claim")
        first = await ada.done(customer, "replies", client_msg_id="r1", text="How can I help?")
        assert await ada.done(customer, "replies", client_msg_id="r1", text="How can I help?") == first
        again = await ada.act(customer, "replies", client_msg_id="r1", text="Something else")
        assert again.status_code == 409
        await ada.done(customer, "notes", client_msg_id="n1", text="check the parcel")
        await ada.reply(customer, "One moment.")
        await customer.until(said("One moment."))
        shown = [entry["text"] for entry in (await customer.events())["entries"]]
        assert shown.count("How can I help?") == 1
        assert "check the parcel" not in shown
        reply = next(entry for entry in (await customer.events())["entries"] if entry["text"] == "How can I help?")
        assert (reply["author"], reply["name"]) == ("agent", "Ada")


async def test_while_an_agent_has_it_the_bot_is_silent_and_after_the_return_it_answers(any_site: Site) -> None:
    customer = await any_site.waiting_customer()
    async with any_site.agent() as ada:
        await ada.done(customer, "claim")
        turns = len(any_site.bot.runs)
        await customer.send("hello, person")
        await ada.reply(customer, "hello, customer")
        await customer.until(said("hello, customer"))
        assert len(any_site.bot.runs) == turns
        card = (await ada.done(customer, "return", outcome="sent a new parcel"))["conversation"]
        assert (card["owner"], card["agent_id"]) == ("bot", None)
        await customer.until(lambda entry: entry["text"].startswith("bot: /handoff_returned"))
        await customer.send("thanks")
        await customer.until(said("bot: thanks"))


async def test_an_outcome_of_several_lines_is_kept_on_one(any_site: Site) -> None:
    customer = await any_site.waiting_customer()
    async with any_site.agent() as ada:
        await ada.done(customer, "claim")
        await ada.done(customer, "return", outcome=" sent a parcel,\r\n\nby express\u2028today\n")
        told = (await customer.until(lambda entry: entry["text"].startswith("bot: /handoff_returned")))["text"]
        assert json.loads(told.removeprefix("bot: /handoff_returned"))["outcome"] == "sent a parcel, by express today"


async def test_a_conversation_is_transferred_with_its_log_and_note(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada, site.agent("bo") as bo:
        await ada.done(customer, "claim")
        await ada.done(customer, "transfer", agent_id="a_bo", note="knows about boots")
        opened = (await bo.get(f"/conversations/{customer.conversation_id}")).json()
        assert opened["conversation"]["agent_id"] == "a_bo"
        assert "knows about boots" in [entry["text"] for entry in opened["entries"]]
        assert (await ada.act(customer, "replies", client_msg_id="r", text="wait")).status_code == 403
        await bo.done(customer, "transfer", team="returns")
        assert (await bo.get("/overview")).json()["queue"][0]["id"] == customer.conversation_id


async def test_a_resolved_conversation_can_still_be_read_by_who_resolved_it(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada, site.agent("bo") as bo:
        await ada.done(customer, "claim")
        card = (await ada.done(customer, "resolve"))["conversation"]
        assert (card["owner"], card["status"]) == ("bot", "resolved")
        assert (await ada.get(f"/conversations/{customer.conversation_id}")).status_code == 200
        assert (await bo.get(f"/conversations/{customer.conversation_id}")).status_code == 403


async def test_whoever_passed_a_conversation_on_may_read_it_again_once_no_colleague_has_it(any_site: Site) -> None:
    customer = await any_site.waiting_customer()
    async with any_site.agent() as ada, any_site.agent("bo") as bo:
        path = f"/conversations/{customer.conversation_id}"
        await ada.done(customer, "claim")
        await ada.done(customer, "transfer", agent_id="a_bo")
        assert (await ada.get(path)).status_code == 403
        await bo.done(customer, "return", outcome="sent a new one")
        assert (await ada.get(path)).status_code == 200
        assert (await bo.get(path)).status_code == 200


async def test_whether_an_agent_may_read_is_decided_without_reading_the_log(site: Site) -> None:
    customer = await site.waiting_customer()
    calls: list[str] = []

    async def note(call: str) -> None:
        calls.append(call)

    async with site.agent() as ada:
        await ada.done(customer, "claim")
        await ada.done(customer, "resolve")
    reading = Reading(InterruptedStore(site.store, note), site.clock)  # type: ignore[arg-type]
    await reading.conversation(customer.conversation_id, ADA)
    with pytest.raises(NotAllowed):
        await reading.conversation(customer.conversation_id, BO)
    assert set(calls) == {"before get", "after get"}


async def test_a_snoozed_conversation_stays_with_its_agent(site: Site) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada:
        await ada.done(customer, "claim")
        until = to_rfc3339(site.clock() + 3_600_000)
        card = (await ada.done(customer, "snooze", until=until))["conversation"]
        assert (card["status"], card["agent_id"]) == ("snoozed", "a_ada")
        past = await ada.act(customer, "snooze", until=to_rfc3339(site.clock() - 1000))
        assert past.status_code == 422


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("claim", {"force": True}),
        ("replies", {"client_msg_id": "r"}),
        ("replies", {"client_msg_id": "r", "text": ""}),
        ("replies", {"client_msg_id": "r", "text": "x" * 4001}),
        ("replies", {"client_msg_id": "r", "text": "hi", "author": "bot"}),
        ("notes", {"client_msg_id": 1, "text": "hi"}),
        ("transfer", {}),
        ("transfer", {"agent_id": "a_bo", "team": "returns"}),
        ("transfer", {"agent_id": "a_ada"}),
        ("return", {}),
        ("return", {"outcome": ""}),
        ("return", {"outcome": "x" * 301}),
        ("resolve", {"outcome": 5}),
        ("snooze", {"until": "tomorrow"}),
        ("snooze", {"until": "2026-11-24T10:00:00"}),
    ],
)
async def test_a_step_with_a_wrong_body_is_refused_and_changes_nothing(
    site: Site, step: str, body: dict[str, object]
) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada:
        if step != "claim":
            await ada.done(customer, "claim")
        before = await site.store.conversations.get(customer.conversation_id)
        answer = await ada.act(customer, step, **body)
        assert answer.status_code == 422, answer.text
        assert await site.store.conversations.get(customer.conversation_id) == before


@pytest.mark.parametrize(
    ("step", "body", "sentence"),
    [
        ("replies", {"client_msg_id": "r", "text": ""}, "The text is empty; write something and send again."),
        ("notes", {"client_msg_id": "r", "text": "x" * 40_000}, "A text holds at most 4,000 characters; "),
        ("transfer", {"team": "returns", "note": "x" * 40_000}, "A text holds at most 4,000 characters; "),
        ("return", {"outcome": ""}, "The text is empty; write something and send again."),
        ("resolve", {"outcome": "x" * 2001}, "A text holds at most 300 characters; this one has 2,001."),
    ],
)
async def test_a_text_that_does_not_fit_is_told_its_own_limit(
    site: Site, step: str, body: dict[str, object], sentence: str
) -> None:
    customer = await site.waiting_customer()
    async with site.agent() as ada:
        await ada.done(customer, "claim")
        answer = await ada.act(customer, step, **body)
        assert answer.status_code == 422
        assert answer.json()["error"]["message"].startswith(sentence)


@pytest.mark.parametrize("step", ["claim", "decline", "replies", "notes", "transfer", "return", "resolve", "snooze"])
async def test_a_step_in_no_conversation_is_not_found(site: Site, step: str) -> None:
    bodies: dict[str, dict[str, object]] = {
        "replies": {"client_msg_id": "r", "text": "hi"},
        "notes": {"client_msg_id": "r", "text": "hi"},
        "transfer": {"team": "returns"},
        "return": {"outcome": "done"},
        "snooze": {"until": to_rfc3339(site.clock() + 3_600_000)},
    }
    async with site.agent() as ada:
        answer = await ada.post(f"/conversations/c_none/{step}", **bodies.get(step, {}))
        assert answer.status_code == 404, answer.text


async def test_what_does_not_fit_the_owner_is_refused(site: Site) -> None:
    customer = await site.customer()
    await customer.send("hello")
    async with site.agent() as ada:
        assert (await ada.act(customer, "claim")).json()["error"]["code"] == "wrong_owner"
        assert (await ada.act(customer, "decline")).status_code == 409
