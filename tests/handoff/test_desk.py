"""What an agent does at the desk."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from handoff.entry import Author, Kind, Owner, OwnerEvent, Visibility
from handoff.errors import (
    AlreadyTaken,
    Conflict,
    InvalidInput,
    KeyReused,
    NotAllowed,
    NotFound,
    WrongOwner,
)
from handoff.model import Contact, Conversation, Presence, Status
from handoff.store.agents_port import Agent
from tests.handoff.scene import ADA, BO, ID, Scene


async def test_exactly_one_of_fifty_agents_wins_a_claim(scene: Scene) -> None:
    """Promise 5, first version: 20 handoffs, 50 agents each.

    Goes red, on both stores, when a commit does not compare versions (several are told that they won).
    """
    agents = [Agent(f"a_{number}", f"agent{number}", f"Agent{number}", "-") for number in range(50)]
    for number in range(20):
        conversation_id = f"c_claimed{number}"
        await scene.open(conversation_id)
        await scene.say("person", conversation_id)
        results = await asyncio.gather(
            *(scene.desk.claim(conversation_id, agent) for agent in agents), return_exceptions=True
        )
        winners = [result for result in results if isinstance(result, Conversation)]
        losers = [result for result in results if isinstance(result, AlreadyTaken)]
        assert (len(winners), len(losers)) == (1, 49)
        assert {loser.agent_name for loser in losers} == {winners[0].agent_name}
        claims = [entry for entry in await scene.log(conversation_id) if entry.event is OwnerEvent.CLAIMED]
        assert len(claims) == 1


async def test_the_customer_is_told_who_joined_by_first_name(scene: Scene) -> None:
    await scene.hand_over(ADA)
    claimed = (await scene.log())[-1]
    assert (claimed.text, claimed.visibility) == ("Ada has joined the conversation.", Visibility.PUBLIC)


async def test_claiming_again_writes_nothing(scene: Scene) -> None:
    await scene.hand_over(ADA)
    before = await scene.log()
    assert (await scene.desk.claim(ID, ADA)).agent_id == ADA.id
    assert await scene.log() == before


async def test_what_nobody_asked_a_person_for_cannot_be_claimed(scene: Scene) -> None:
    with pytest.raises(WrongOwner):
        await scene.desk.claim(ID, ADA)


async def test_a_declined_offer_goes_back_to_the_queue(scene: Scene) -> None:
    await scene.hand_over()
    before = await scene.now()
    change = before.offer(ADA.id, ADA.name, scene.clock() + 30_000, scene.clock())
    await scene.store.conversations.commit(before, change.conversation, change.entries, scene.clock())
    with pytest.raises(WrongOwner):
        await scene.desk.decline(ID, BO)
    after = await scene.desk.decline(ID, ADA)
    assert after.handoff is not None
    assert (after.handoff.offer, after.handoff.passed) == (None, (ADA.id,))


async def test_a_reply_reaches_the_log_in_the_agents_name(scene: Scene) -> None:
    await scene.hand_over(ADA)
    accepted = await scene.desk.reply(ID, ADA, "r-1", "Hello, I'm Ada.")
    entry = (await scene.log())[-1]
    assert (entry.seq, entry.author, entry.kind, entry.name) == (accepted.seq, Author.AGENT, Kind.MESSAGE, "Ada Holm")
    assert (entry.text, entry.visibility) == ("Hello, I'm Ada.", Visibility.PUBLIC)


async def test_a_reply_sent_again_is_written_once(scene: Scene) -> None:
    await scene.hand_over(ADA)
    first = await scene.desk.reply(ID, ADA, "r-1", "Hello")
    again = await asyncio.gather(*(scene.desk.reply(ID, ADA, "r-1", "Hello") for _ in range(5)))
    assert {accepted.seq for accepted in again} == {first.seq}
    with pytest.raises(KeyReused):
        await scene.desk.reply(ID, ADA, "r-1", "Goodbye")
    with pytest.raises(KeyReused):
        await scene.desk.note(ID, ADA, "r-1", "Hello")
    assert [entry.text for entry in await scene.log()].count("Hello") == 1


async def test_the_same_id_in_another_conversation_is_another_reply(scene: Scene) -> None:
    """Goes red when where a reply went is remembered by its id alone."""
    await scene.hand_over(ADA)
    await scene.desk.reply(ID, ADA, "r-1", "Hello")
    other = replace(await scene.now(), id="c_other", contact=Contact("p_other"))
    await scene.store.conversations.open(other)
    written = await scene.desk.reply("c_other", ADA, "r-1", "Hello you")
    assert written.conversation_id == "c_other"
    assert (await scene.log("c_other"))[-1].text == "Hello you"


async def test_a_customers_id_is_no_agents_id(scene: Scene) -> None:
    await scene.gateway.accept(ID, external_id="same", text="person")
    await scene.worker.step(ID)
    await scene.desk.claim(ID, ADA)
    assert not (await scene.desk.reply(ID, ADA, "same", "Hello")).repeated


async def test_replies_and_messages_at_once_are_all_kept(scene: Scene) -> None:
    await scene.hand_over(ADA)
    replies = [scene.desk.reply(ID, ADA, f"r-{number}", f"reply {number}") for number in range(5)]
    messages = [scene.say(f"message {number}") for number in range(5)]
    await asyncio.gather(*replies, *messages)
    texts = {entry.text for entry in await scene.log()}
    assert {f"reply {n}" for n in range(5)} | {f"message {n}" for n in range(5)} <= texts


async def test_an_agent_cannot_reply_in_anothers_conversation(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        await scene.desk.reply(ID, ADA, "r-1", "Hello")
    await scene.hand_over(ADA)
    before = await scene.log()
    with pytest.raises(NotAllowed):
        await scene.desk.reply(ID, BO, "r-1", "Hello")
    assert await scene.log() == before


@pytest.mark.parametrize("text", ["", " ", "a\0", "x" * 4001])
async def test_a_reply_that_cannot_be_sent_is_refused(scene: Scene, text: str) -> None:
    await scene.hand_over(ADA)
    with pytest.raises(InvalidInput):
        await scene.desk.reply(ID, ADA, "r-1", text)


async def test_a_note_is_seen_by_agents_only(scene: Scene) -> None:
    await scene.hand_over()
    await scene.desk.note(ID, BO, "n-1", "Has called twice.")
    note = (await scene.log())[-1]
    assert (note.kind, note.visibility, note.author) == (Kind.NOTE, Visibility.INTERNAL, Author.AGENT)
    await scene.desk.claim(ID, ADA)
    with pytest.raises(NotAllowed):
        await scene.desk.note(ID, BO, "n-2", "Me too.")


async def test_a_transfer_takes_the_note_along_and_tells_the_customer(scene: Scene) -> None:
    await scene.hand_over(ADA)
    after = await scene.desk.transfer(ID, ADA, BO.id, note="Knows shoes.")
    assert (after.agent_id, after.agent_name) == (BO.id, "Bo Berg")
    note, moved = (await scene.log())[-2:]
    assert (note.kind, note.text) == (Kind.NOTE, "Knows shoes.")
    assert moved.text == "Bo is taking over the conversation."
    with pytest.raises(NotAllowed):
        await scene.desk.reply(ID, ADA, "r-1", "Still me")


async def test_a_transfer_needs_another_agent_who_is_there(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.sign_in(BO, Presence.OFFLINE)
    with pytest.raises(Conflict):
        await scene.desk.transfer(ID, ADA, BO.id)
    with pytest.raises(NotFound):
        await scene.desk.transfer(ID, ADA, "a_nobody")
    with pytest.raises(InvalidInput):
        await scene.desk.transfer(ID, ADA, ADA.id)
    assert (await scene.now()).agent_id == ADA.id


async def test_a_transfer_to_a_team_waits_at_the_front_of_its_queue(scene: Scene) -> None:
    await scene.open("c_2")
    await scene.say("person", "c_2")
    await scene.hand_over(ADA)
    await scene.desk.transfer_to_team(ID, ADA, "repairs")
    assert [conversation.id for conversation in await scene.desk.queue()] == [ID, "c_2"]
    assert (await scene.log())[-1].text.startswith("I'm passing you on to the right team.")


async def test_a_return_needs_one_line_of_outcome(scene: Scene) -> None:
    await scene.hand_over(ADA)
    for outcome in ("", " \n", "x" * 301):
        with pytest.raises(InvalidInput):
            await scene.desk.give_back(ID, ADA, outcome)
    await scene.desk.give_back(ID, ADA, "sent a\nnew one")
    returned = next(entry for entry in await scene.log() if entry.event is OwnerEvent.RETURNED)
    assert returned.facts["outcome"] == "sent a new one"


async def test_a_resolved_conversation_is_the_bots_and_closed(scene: Scene) -> None:
    await scene.hand_over(ADA)
    after = await scene.desk.resolve(ID, ADA)
    assert (after.owner, after.status) == (Owner.BOT, Status.RESOLVED)
    assert not await scene.worker.step(ID)
    assert await scene.desk.taken() == []


async def test_a_conversation_is_set_aside_until_a_time_to_come(scene: Scene) -> None:
    await scene.hand_over(ADA)
    for seconds in (0, -1, scene.rules.max_snooze_seconds + 1):
        with pytest.raises(InvalidInput):
            await scene.desk.snooze(ID, ADA, scene.clock() + seconds * 1000)
    after = await scene.desk.snooze(ID, ADA, scene.clock() + 60_000)
    assert (after.status, after.agent_id) == (Status.SNOOZED, ADA.id)


async def test_the_lists_show_who_waits_and_who_is_taken_in_order(scene: Scene) -> None:
    for number in range(4):
        await scene.open(f"c_list{number}")
        await scene.say("person", f"c_list{number}")
        scene.clock.advance(1)
    for name, agent in (("c_list2", ADA), ("c_list0", BO)):
        await scene.desk.claim(name, agent)
        scene.clock.advance(1)
    assert [conversation.id for conversation in await scene.desk.queue()] == ["c_list1", "c_list3"]
    assert [conversation.id for conversation in await scene.desk.queue(1)] == ["c_list1"]
    assert [(c.id, c.agent_id) for c in await scene.desk.taken()] == [("c_list2", ADA.id), ("c_list0", BO.id)]


async def test_an_unknown_conversation_is_not_found(scene: Scene) -> None:
    with pytest.raises(NotFound):
        await scene.desk.claim("c_unknown", ADA)
