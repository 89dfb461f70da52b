"""What is said reaches the customer: in order, at its pace, and with nothing lost whatever dies when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest

from connectors.base import Capabilities, Pace
from connectors.messaging.courier import Courier, SendRules
from connectors.messaging.sender import Sender
from connectors.outgoing import Rejected, RetryAfter, Unknown
from handoff.attachment import Attachment, AttachmentKind
from handoff.delivery import DeliveryReport, DeliveryStatus
from handoff.entry import Template, Visibility
from handoff.errors import StoreUnavailable
from handoff.media import UnknownMedia
from handoff.store.port import Store
from tests.connectors.messaging.played import FAST, KIM, PlayedChannel, wrote
from tests.connectors.messaging.rig import NOTICES, Rig
from tests.waiting import eventually

TO = KIM.ids


async def met(
    channel: PlayedChannel | None = None, store: Store | None = None, **rules: Any
) -> tuple[Rig, PlayedChannel]:
    """Return a rig whose customer has written once."""
    channel = channel or PlayedChannel()
    rig = Rig.of(channel, store, SendRules(**rules))
    await rig.reception.take("played", [wrote("hello")])
    return rig, channel


async def test_everything_said_is_sent_in_order(store: Store) -> None:
    rig, channel = await met(store=store)
    await rig.say(TO, "one", "two")
    await rig.say(TO, "three")
    await rig.send(TO)
    assert channel.texts == ["one", "two", "three"]
    assert [status for _, status, _ in await rig.reports(TO)] == ["sent"] * 3


async def test_what_only_agents_see_and_what_the_contact_wrote_is_not_sent(store: Store) -> None:
    rig, channel = await met(store=store)
    await rig.say(TO, "inner", visibility=Visibility.INTERNAL)
    await rig.say(TO, "public")
    await rig.reception.take("played", [wrote("more", 2)])
    await rig.send(TO)
    assert channel.texts == ["public"]


async def test_each_part_has_a_key_of_its_own() -> None:
    rig, channel = await met(PlayedChannel(Capabilities(max_text=12, pace=FAST)))
    seq = await rig.say(TO, "One two. Three four.")
    await rig.send(TO)
    name = (await rig.conversation(TO)).id
    assert [key for key, _ in channel.taken] == [f"{name}:{seq}:0", f"{name}:{seq}:1"]
    assert len(await rig.reports(TO)) == 1


async def test_nothing_is_sent_twice(store: Store) -> None:
    rig, channel = await met(store=store)
    await rig.say(TO, "one")
    await rig.send(TO)
    await rig.send(TO, until_s=100)
    assert channel.texts == ["one"]


async def test_two_senders_never_send_one_conversation_at_once(store: Store) -> None:
    """Goes red when `take` leases to everybody."""
    rig, channel = await met(store=store)
    courier = Courier({"played": channel}, store, NOTICES, rig.files, rig.counts, rig.clock, sleep=rig.clock.sleep)
    other = Sender(courier, store, rig.clock)
    await rig.say(TO, *"abcdefgh")
    name = (await rig.conversation(TO)).id
    await asyncio.gather(*(sender.step(name) for sender in (rig.sender, other) * 3))
    assert channel.texts == list("abcdefgh")


# what the platform does


async def test_a_limit_is_waited_out(store: Store) -> None:
    rig, channel = await met(store=store)
    channel.outcomes = [RetryAfter(30, "429")]
    await rig.say(TO, "one", "two")
    await rig.send(TO, until_s=29)
    assert channel.texts == []
    await rig.send(TO, until_s=5)
    assert channel.texts == ["one", "two"]


async def test_a_limit_for_everybody_pauses_the_channel_and_counts_no_try() -> None:
    rig, channel = await met(tries=1)
    channel.outcomes = [RetryAfter(20, "429", everybody=True)] * 3
    await rig.say(TO, "one")
    await rig.send(TO, until_s=19)
    assert len(channel.outcomes) == 2
    await rig.send(TO, until_s=60)
    assert channel.texts == ["one"]


async def test_what_never_gets_through_is_set_aside_and_the_next_goes_on(store: Store) -> None:
    rig, channel = await met(store=store, tries=4)
    channel.outcomes = [RetryAfter(None, "131000", "Busy.")] * 4
    first = await rig.say(TO, "one")
    await rig.say(TO, "two")
    await rig.send(TO, until_s=60)
    assert channel.texts == ["two"]
    (letter,) = await rig.store.outbox.dead()
    assert (letter.entry.seq, letter.report.code) == (first, "131000")
    assert letter.report.hint.startswith("Busy. ")
    assert "replay" in letter.report.hint


async def test_pauses_grow_and_are_spread() -> None:
    rig, channel = await met(tries=8)
    tried: list[int] = []

    async def note() -> None:
        tried.append(rig.clock())

    channel.before_send = note
    channel.outcomes = [RetryAfter(None)] * 7
    await rig.say(TO, "one")
    await rig.send(TO, until_s=200)
    pauses = [after - before for before, after in pairwise(tried)]
    assert len(pauses) == 7
    assert pauses[-1] > 4 * pauses[1]


async def test_a_refusal_is_a_dead_letter_that_can_be_replayed(store: Store) -> None:
    rig, channel = await met(store=store)
    channel.outcomes = [Rejected("401", "The token is wrong; set a new one.", permanent=False)]
    seq = await rig.say(TO, "one")
    await rig.send(TO)
    assert channel.texts == []
    assert await rig.reports(TO) == [(seq, "failed", "401")]
    await rig.store.outbox.replay((await rig.conversation(TO)).id, seq, rig.clock())
    await rig.send(TO)
    assert channel.texts == ["one"]


async def test_a_send_without_an_answer_waits_for_a_report_and_is_not_repeated(store: Store) -> None:
    """Goes red when an unknown outcome is tried again."""
    rig, channel = await met(store=store)
    channel.outcomes = [Unknown()]
    seq = await rig.say(TO, "one")
    await rig.say(TO, "two")
    await rig.send(TO, until_s=50)
    assert channel.texts == []
    await rig.send(TO, until_s=20)
    assert channel.texts == ["two"]
    assert (await rig.reports(TO))[0] == (seq, "failed", "no_answer")


async def test_a_report_ends_the_doubt(store: Store) -> None:
    rig, channel = await met(store=store)
    channel.outcomes = [Unknown()]
    seq = await rig.say(TO, "one")
    await rig.say(TO, "two")
    await rig.send(TO, until_s=5)
    report = DeliveryReport(DeliveryStatus.DELIVERED, rig.clock())
    assert await rig.store.outbox.report((await rig.conversation(TO)).id, "m1", report, rig.clock(), place=(seq, 0))
    await rig.send(TO, until_s=1)
    assert channel.texts == ["two"]
    assert "failed" not in {status for _, status, _ in await rig.reports(TO)}


async def test_a_platform_that_knows_keys_is_asked_again() -> None:
    rig, channel = await met(PlayedChannel(Capabilities(max_text=100, dedupes=True, pace=FAST)))
    channel.outcomes = [Unknown(), Unknown()]
    await rig.say(TO, "one")
    await rig.send(TO, until_s=30)
    assert channel.texts == ["one"]


async def test_a_defect_of_an_adapter_is_an_unknown_outcome(caplog: pytest.LogCaptureFixture) -> None:
    rig, channel = await met()
    channel.outcomes = [KeyError("secret words")]
    await rig.say(TO, "one")
    await rig.send(TO, until_s=100)
    assert (await rig.reports(TO))[0][2] == "no_answer"
    assert "secret" not in caplog.text


async def test_a_platform_that_hangs_is_given_up_on() -> None:
    rig, channel = await met(answer_s=0.01)

    async def hang() -> None:
        await asyncio.Event().wait()

    channel.before_send = hang
    await rig.say(TO, "one")
    await rig.send(TO)
    assert rig.counts.of("played", "out_unknown") == 1


# windows, files, addresses


async def test_beyond_the_window_only_templates_go_out() -> None:
    can = Capabilities(max_text=100, session_window_s=3600, templates=True, pace=FAST)
    rig, channel = await met(PlayedChannel(can))
    rig.clock.advance(3599)
    await rig.say(TO, "in time")
    await rig.send(TO)
    rig.clock.advance(1)
    await rig.say(TO, "too late")
    await rig.say(TO, "Shipped", template=Template("shipped", "en"))
    await rig.send(TO)
    assert channel.texts == ["in time", "[template] shipped"]
    assert "window_closed" in [code for _, _, code in await rig.reports(TO)]
    await rig.reception.take("played", [wrote("thanks", 2)])
    await rig.say(TO, "open again")
    await rig.send(TO)
    assert channel.texts[-1] == "open again"


async def test_the_last_word_of_a_contact_is_found_in_a_long_log() -> None:
    can = Capabilities(max_text=100, session_window_s=10**6, pace=FAST)
    rig, channel = await met(PlayedChannel(can))
    for _ in range(6):
        await rig.say(TO, *(["x"] * 50))
    await rig.send(TO, until_s=20)
    assert len(channel.texts) == 300


async def test_a_file_that_is_gone_is_a_dead_letter() -> None:
    rig, channel = await met(PlayedChannel(Capabilities(max_text=99, media={AttachmentKind.IMAGE: 9}, pace=FAST)))
    channel.outcomes = [UnknownMedia("There is no such file.")]
    await rig.say(TO, "", attachments=(Attachment(AttachmentKind.IMAGE, id="a" * 64, size=1),))
    await rig.send(TO)
    assert [code for _, _, code in await rig.reports(TO)] == ["file_gone"]


async def test_what_is_for_a_channel_that_does_not_run_waits() -> None:
    rig, channel = await met()
    await rig.say(TO, "one")
    other = Sender(Courier({}, rig.store, NOTICES, rig.files, rig.counts, rig.clock), rig.store, rig.clock)
    name = (await rig.conversation(TO)).id
    await other.step(name)
    assert list(await rig.store.outbox.due(rig.clock())) == []
    await rig.send(TO, until_s=61)
    assert channel.texts == ["one"]


# pace


async def test_a_burst_is_spread_over_time() -> None:
    rig, channel = await met(PlayedChannel(Capabilities(max_text=99, pace=Pace(100, burst=3, seconds_each=6))))
    sent: list[int] = []

    async def note() -> None:
        sent.append(rig.clock())

    channel.before_send = note
    began = rig.clock()
    await rig.say(TO, *"abcde")
    await rig.send(TO, until_s=30)
    assert channel.texts == list("abcde")
    seconds = [(at - began) // 1000 for at in sent]
    assert seconds[2] <= 1
    assert 5 <= seconds[3] <= 8
    assert 11 <= seconds[4] <= 15


async def test_whoever_must_wait_long_is_left_for_others() -> None:
    """Goes red when a conversation is held for as long as its pace asks."""
    rig, channel = await met(PlayedChannel(Capabilities(max_text=99, pace=Pace(100, burst=1, seconds_each=60))))
    await rig.say(TO, "one", "two")
    began = rig.clock()
    await rig.sender.step((await rig.conversation(TO)).id)
    assert rig.clock() - began < 2000
    assert channel.texts == ["one"]
    await rig.send(TO, until_s=62)
    assert channel.texts == ["one", "two"]


# the loop


async def test_the_sender_is_woken_by_what_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.messaging.sender.SWEEP_S", 3600)
    rig, channel = await met(store=store)
    running = asyncio.create_task(rig.sender.run())
    try:
        await rig.say(TO, "one")
        await eventually(lambda: channel.texts == ["one"])
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_an_outage_of_the_store_delays_and_loses_nothing() -> None:
    rig, channel = await met()
    await rig.say(TO, "one")
    name = (await rig.conversation(TO)).id

    async def go_away() -> None:
        rig.store.answers = False  # type: ignore[attr-defined]

    channel.before_send = go_away
    with pytest.raises(StoreUnavailable):
        await rig.sender.step(name)
    channel.before_send = None
    rig.store.answers = True  # type: ignore[attr-defined]
    rig.clock.advance(61)
    await rig.send(TO)
    # It was sent once before the outage hid that, and may be sent once more.
    assert channel.texts in (["one"], ["one", "one"])
    assert [status for _, status, _ in await rig.reports(TO)] == ["sent"]


# stopped and killed


async def test_a_sender_that_is_stopped_lets_the_send_under_way_come_to_its_end() -> None:
    """Goes red when the send is cancelled with its sender: the part would go out twice at every restart."""
    rig, channel = await met()
    began, go_on = asyncio.Event(), asyncio.Event()

    async def pause() -> None:
        began.set()
        await go_on.wait()

    channel.before_send = pause
    await rig.say(TO, "one")
    step = asyncio.create_task(rig.sender.step((await rig.conversation(TO)).id))
    await began.wait()
    step.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with suppress(asyncio.CancelledError):
        await step
    channel.before_send = None
    await rig.send(TO)
    assert channel.texts == ["one"]


async def test_a_sender_stopped_in_a_send_that_does_not_end_leaves_it_in_doubt() -> None:
    rig, channel = await met(grace_s=0.01)
    began = asyncio.Event()

    async def hang() -> None:
        began.set()
        await asyncio.Event().wait()

    channel.before_send = hang
    await rig.say(TO, "one")
    step = asyncio.create_task(rig.sender.step((await rig.conversation(TO)).id))
    await began.wait()
    step.cancel()
    with suppress(asyncio.CancelledError):
        await step
    channel.before_send = None
    await rig.send(TO, until_s=70)
    assert channel.texts == []
    assert [code for _, _, code in await rig.reports(TO)] == ["no_answer"]


class Killed(BaseException):
    """The process is gone: nothing runs after it."""


class _Mortal:
    """A port whose calls go through `at`, which may kill."""

    def __init__(self, port: Any, at: Callable[[str], None]) -> None:
        self._port, self._at = port, at

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        async def call(*arguments: Any, **named: Any) -> Any:
            self._at(f"before {name}")
            result = await method(*arguments, **named)
            self._at(f"after {name}")
            return result

        return call


class _MortalStore:
    def __init__(self, store: Store, at: Callable[[str], None]) -> None:
        self.outbox = _Mortal(store.outbox, at)
        self.contacts = _Mortal(store.contacts, at)
        self.conversations = _Mortal(store.conversations, at)


async def test_a_sender_killed_anywhere_loses_nothing_and_repeats_one_part_at_most(store: Store) -> None:
    """Promise 9. Goes red when an entry is settled before it is sent, and when parts are not noted one by one."""
    texts = ["One two. Three four.", "Five six.", "Seven eight. Nine ten."]
    parts = ["One two.", "Three", "four.", "Five six.", "Seven", "eight.", "Nine ten."]
    for deadly in range(200):
        channel = PlayedChannel(Capabilities(max_text=9, pace=FAST))
        channel.name = f"played{deadly}"  # a customer of its own each time, in the same store
        rig = Rig.of(channel, store)
        await rig.reception.take(channel.name, [wrote("hello")])
        await rig.say(TO, *texts)
        steps = 0

        def strike(_: str, deadly: int = deadly) -> None:
            nonlocal steps
            if steps >= deadly:  # the dead make no further call
                raise Killed
            steps += 1

        async def strike_in_send(strike: Callable[[str], None] = strike) -> None:
            strike("send")

        mortal: Any = _MortalStore(store, strike)
        courier = Courier({channel.name: channel}, mortal, NOTICES, rig.files, rig.counts, rig.clock)
        sender = Sender(courier, mortal, rig.clock)
        channel.before_send = strike_in_send
        name = (await rig.conversation(TO)).id
        survived = True
        try:
            await sender.step(name)
        except (Killed, BaseExceptionGroup):
            survived = False
        channel.before_send = None
        rig.clock.advance(61)  # the dead sender's lease ends
        await rig.send(TO)
        got = list(channel.texts)
        repeated = [at for at in range(1, len(got)) if got[at] == got[at - 1]]
        assert len(repeated) <= 1, f"killed at step {deadly}: {got}"
        assert [text for at, text in enumerate(got) if at not in repeated] == parts, f"killed at step {deadly}"
        assert [status for _, status, _ in await rig.reports(TO)] == ["sent"] * 3
        if survived:
            break
    else:
        pytest.fail("the sender takes more steps than were tried")
    assert deadly > 20
