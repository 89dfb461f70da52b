"""The customer ends the chat: they are out of every list, nobody speaks to where they were, and nothing is lost.

Guards taken out to see the tests go red: the refusal to put who has left in the queue, in a change of hands and where
one follows another of the same person; the look before a turn, at a return and before a person is asked for; before a
reply is placed and before it is written; before an update is sent and before it is written; before an agent's
conversations go back to the queue; the question how it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis.stateful import invariant, rule

from handoff.availability import Waits
from handoff.bot import TurnRequest
from handoff.contacts import Contacts
from handoff.ending import close, end
from handoff.entry import Author, Kind, Owner, OwnerEvent, Visibility
from handoff.errors import ChatEnded, NotAllowed, WroteElsewhere
from handoff.linking_hands import follow
from handoff.model import Contact, Conversation, HandoffReason, Status
from handoff.notify import Notifier, OutOfReach, Way
from handoff.quiet import QuietHours
from handoff.routing import Router
from handoff.updates import OrderUpdate, Recipient, Update
from tests.handoff.persons import PHONED, on_telegram
from tests.handoff.scene import ADA, BO, ID, NOTICES, Scene, said
from tests.handoff.test_model import Ownership, fresh, waiting, with_ada

AT = 9


def ended_with_ada() -> Conversation:
    return end(with_ada(), AT).conversation


class EndedOwnership(Ownership):
    """Any order of the steps that `Ownership` takes, and the customer who leaves in between."""

    @rule()
    def the_customer_ends_the_chat(self) -> None:
        was = self.conversation
        self.now += 1
        change = end(was, self.now)
        self.conversation = change.conversation
        assert (change.conversation == was) == (was.ended_at is not None)

    @invariant()
    def whoever_has_left_does_not_wait(self) -> None:
        assert self.conversation.ended_at is None or self.conversation.owner is not Owner.QUEUE


TestEndedOwnership = EndedOwnership.TestCase


# the step


@pytest.mark.parametrize(("before", "owner"), [(fresh, Owner.BOT), (waiting, Owner.BOT), (with_ada, Owner.AGENT)])
def test_who_leaves_is_out_of_the_queue_and_stays_with_their_agent(
    before: Callable[[], Conversation], owner: Owner
) -> None:
    change = end(before(), AT)
    after = change.conversation
    assert (after.owner, after.ended_at) == (owner, AT)
    assert after.epoch == before().epoch + (before().owner is Owner.QUEUE)
    (entry,) = change.entries
    assert (entry.kind, entry.event, entry.owner) == (Kind.OWNER, OwnerEvent.ENDED, owner)
    assert (entry.author, entry.visibility) == (Author.SYSTEM, Visibility.INTERNAL)


def test_an_offer_of_who_leaves_is_void() -> None:
    offered = waiting().offer("ada", "Ada", 99, 2).conversation
    assert end(offered, AT).conversation.handoff is None


def test_ending_again_changes_nothing() -> None:
    once = ended_with_ada()
    assert end(once, AT + 1).conversation is once
    assert end(once, AT + 1).entries == ()


def test_a_user_whom_a_host_page_signs_does_not_end_here() -> None:
    with pytest.raises(NotAllowed):
        end(replace(fresh(), contact=Contact("p_1", verified=True, customer_id="7")), AT)


def test_who_has_left_is_put_in_no_queue() -> None:
    with pytest.raises(ChatEnded):
        ended_with_ada().release(AT)
    with pytest.raises(ChatEnded):
        ended_with_ada().transfer_to_team("ada", "repairs", AT)
    with pytest.raises(ChatEnded):
        end(fresh(), AT).conversation.request_handoff("h", HandoffReason.ASKED, "", {}, AT)
    other = replace(waiting(), id="c_2")
    assert follow(ended_with_ada(), other, AT, told=True).conversation == ended_with_ada()


def test_a_colleague_may_wrap_up() -> None:
    assert ended_with_ada().transfer("ada", "bo", "Bo", AT).conversation.agent_id == "bo"


def test_one_whose_agent_went_away_is_closed() -> None:
    change = close(ended_with_ada(), AT)
    assert (change.conversation.owner, change.conversation.status) == (Owner.BOT, Status.RESOLVED)
    (entry,) = change.entries
    assert (entry.event, entry.visibility, entry.facts) == (OwnerEvent.RESOLVED, Visibility.INTERNAL, {"away": True})


# nothing comes, nothing goes


async def test_nothing_is_accepted_after_it_and_what_came_before_is_kept(scene: Scene) -> None:
    await scene.say("hello")
    await scene.gateway.end(ID)
    with pytest.raises(ChatEnded):
        await scene.write("one more thing")
    with pytest.raises(ChatEnded):
        await scene.gateway.accept(ID, external_id="m0", text="hello")  # known already
    assert [entry.text for entry in await scene.log()] == ["hello", "bot: hello", ""]


async def test_ending_twice_at_once_is_told_once(scene: Scene) -> None:
    await asyncio.gather(*(scene.gateway.end(ID) for _ in range(5)))
    assert [entry.event for entry in await scene.log()] == [OwnerEvent.ENDED]


async def test_a_message_is_before_the_end_or_not_at_all(scene: Scene) -> None:
    sent = [asyncio.create_task(scene.write(f"{number}")) for number in range(20)]
    await asyncio.gather(*sent[:10], scene.gateway.end(ID), *sent[10:], return_exceptions=True)
    accepted = sum(not isinstance(task.exception(), ChatEnded) for task in sent)
    log = await scene.log()
    assert [entry.event for entry in log].index(OwnerEvent.ENDED) == accepted == len(log) - 1


async def test_a_turn_under_way_is_dropped_and_not_taken_again(scene: Scene) -> None:
    async def leave(_: TurnRequest) -> None:
        await scene.gateway.end(ID)

    scene.bot.before_answer = leave
    await scene.say("person")
    log = await scene.log()
    assert [(entry.text, entry.event) for entry in log] == [("person", None), ("", OwnerEvent.ENDED)]
    assert (await scene.now()).owner is Owner.BOT
    assert (await scene.now()).cursor >= 1
    assert len(scene.bot.asked) == 1
    assert await scene.store.conversations.ready(scene.clock()) == []


async def test_what_waits_for_the_worker_is_answered_by_nobody(scene: Scene) -> None:
    await scene.write("person")
    await scene.gateway.end(ID)
    await scene.worker.step(ID)
    assert scene.bot.asked == []
    assert said(await scene.log(), Author.BOT) == []
    assert await scene.store.conversations.queued() == []


async def test_what_fails_is_passed_to_no_person(scene: Scene) -> None:
    await scene.write("hello")
    await scene.gateway.end(ID)
    conversation, (entry, _) = await scene.now(), await scene.log()
    change = await scene.worker._turns.pass_to_person(conversation, entry)
    assert change.entries == ()


async def test_a_rating_given_just_before_still_counts(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.desk.resolve(ID, ADA)
    await scene.write("5")
    await scene.gateway.end(ID)
    await scene.worker.step(ID)
    assert [entry.facts["score"] for entry in await scene.log() if entry.kind is Kind.CSAT] == [5]


async def test_the_bot_hears_of_no_return(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.gateway.end(ID)
    await scene.desk.give_back(ID, ADA, "sent a new one")
    asked = len(scene.bot.asked)
    await scene.worker.step(ID)
    assert len(scene.bot.asked) == asked


# the desk


async def test_who_waits_is_out_of_the_queue_for_good(scene: Scene) -> None:
    await scene.hand_over()
    await scene.gateway.end(ID)
    assert await scene.store.conversations.queued() == []
    assert await scene.desk.queue() == []


async def test_the_agent_writes_notes_but_no_reply(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.gateway.end(ID)
    with pytest.raises(ChatEnded):
        await scene.desk.reply(ID, ADA, "r1", "Are you there?")
    # It is bound to no place, and may go out once the customer is found elsewhere.
    assert await scene.store.later.answer_to(f"reply:{ADA.id}:{ID}:r1") is None
    await scene.desk.note(ID, ADA, "n1", "gone")
    assert said(await scene.log(), Author.AGENT) == []


async def test_a_reply_that_meets_the_end_is_not_written(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await scene.hand_over(ADA)
    places = scene.desk._places
    place = places.place

    async def place_then_leave(*arguments: str, **named: object) -> str:
        found = await place(*arguments, **named)  # type: ignore[arg-type]
        await scene.gateway.end(ID)
        return found

    monkeypatch.setattr(places, "place", place_then_leave)
    with pytest.raises(ChatEnded):
        await scene.desk.reply(ID, ADA, "r1", "Here it is")
    assert said(await scene.log(), Author.AGENT) == []


async def test_nobody_who_left_is_asked_how_it_was(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.gateway.end(ID)
    await scene.desk.resolve(ID, ADA, "sent a new one")
    assert not any(entry.buttons for entry in (await scene.log())[-2:])


async def test_one_whose_agent_goes_home_waits_for_nobody(scene: Scene) -> None:
    router = Router(scene.store, scene.rules, scene.clock, NOTICES, Waits())
    await scene.hand_over(ADA)
    await scene.gateway.end(ID)
    await router.step()
    assert (await scene.now()).agent_id == ADA.id
    scene.clock.advance(scene.rules.grace_seconds + 1)
    await scene.sign_in(BO)
    await router.step()
    assert (await scene.now()).status is Status.RESOLVED
    assert await scene.store.conversations.queued() == []


# the same person elsewhere


async def linked_to_telegram(scene: Scene) -> Contacts:
    """Have Ada answer one person, here and on Telegram."""
    contacts = Contacts(scene.store, scene.clock)
    await on_telegram(scene)
    for name in (PHONED, ID):
        await contacts.prove(await scene.now(name), "phone:+4532123456")
    await scene.hand_over(ADA)
    await scene.say("me again", PHONED)
    assert (await scene.now(PHONED)).agent_id == ADA.id
    scene.clock.advance(1)
    await scene.say("and here", ID)
    return contacts


async def test_a_reply_goes_where_the_customer_still_is(scene: Scene) -> None:
    contacts = await linked_to_telegram(scene)
    here = await scene.now()
    assert (await contacts.answered(here, await contacts.linked(here))).id == ID
    await scene.gateway.end(ID)
    with pytest.raises(WroteElsewhere):
        await scene.desk.reply(ID, ADA, "r1", "hello", to=ID)
    with pytest.raises(WroteElsewhere):
        await scene.desk.reply(ID, ADA, "r1", "hello", to=ID, insist=True)
    assert (await scene.desk.reply(ID, ADA, "r1", "hello", to=PHONED)).conversation_id == PHONED


async def test_the_other_channel_goes_to_a_team_without_it(scene: Scene) -> None:
    await linked_to_telegram(scene)
    await scene.gateway.end(ID)
    await scene.desk.transfer_to_team(PHONED, ADA, "repairs")
    assert await scene.store.conversations.queued() == [PHONED]
    assert (await scene.now()).agent_id == ADA.id


# unasked


def notifier(scene: Scene) -> Notifier:
    quiet = QuietHours.read("none", ZoneInfo("UTC"))
    return Notifier(scene.store, {"telegram": Way()}, quiet, {}, scene.clock, NOTICES)


async def test_an_update_goes_to_another_channel_or_nowhere(scene: Scene) -> None:
    await scene.say("hello")
    update = OrderUpdate(Recipient(contact_id="p_1"), "10234", Update.SHIPPED, {})
    assert (await notifier(scene).notify(update, "k-1")).conversation_id == ID
    await scene.gateway.end(ID)
    with pytest.raises(OutOfReach):
        await notifier(scene).notify(update, "k-2")
    await linked_elsewhere(scene)
    assert (await notifier(scene).notify(update, "k-3")).conversation_id == PHONED


async def linked_elsewhere(scene: Scene) -> None:
    contacts = Contacts(scene.store, scene.clock)
    await on_telegram(scene)
    for name in (PHONED, ID):
        await contacts.prove(await scene.now(name), "phone:+4532123456")


async def test_an_update_that_meets_the_end_is_not_written(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await scene.say("hello")
    update = OrderUpdate(Recipient(contact_id="p_1"), "10234", Update.SHIPPED, {})
    keep = scene.store.later.keep_answer

    async def keep_then_leave(*arguments: object) -> str:
        await scene.gateway.end(ID)
        return await keep(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(scene.store.later, "keep_answer", keep_then_leave)
    with pytest.raises(OutOfReach):
        await notifier(scene).notify(update, "k-1")
    assert not [entry for entry in await scene.log() if "update" in entry.facts]
