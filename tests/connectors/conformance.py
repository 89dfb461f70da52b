"""The conformance suite: what every channel must do, whatever its platform.

A channel's own tests hold what is particular to its platform; this holds what Baton relies on. To run it, give it the
channel and a small harness that plays the platform:

    from tests.connectors.conformance import Conformance, Play, Platform

    class Telegram(Platform):
        ...                                     # the abstract members below

    class TestTelegramConforms(Conformance):    # in tests/connectors/<channel>/test_conformance.py
        @pytest.fixture
        async def platform(self) -> AsyncIterator[Platform]:
            async with fake_bot_api() as fake:  # or an httpx.MockTransport: the platform may live in the process
                yield Telegram(fake)

What the harness gives, in short (`Platform` says it in full):

    channel             the adapter under test, talking to the played platform, with a time-out of a second or less
    to                  the ids of the played customer, as `Channel.send` gets them
    written(text, n)    the body of a webhook in which the customer wrote `text`; `n` makes its ids differ
    several(texts)      one webhook that carries several messages, or None where the platform sends one at a time
    pressed(id, n)      the body of a webhook in which the customer pressed the choice that we sent with this id
    recorded            name → body of a webhook as the platform really sends it, one for every kind it has
    signed(body)        the webhook with everything a genuine one has
    forged(body)        what is wrong with it → the webhook; "missing", "wrong", and "stale" where time is signed
    shut()              make the channel with no secret at all
    play(*plays)        what the platform does with the next sends, one each; it accepts whatever comes after those
    taken()             the texts of the messages that the platform took, in order
    taken_files()       the bytes of the files that it took
    keep_file(content)  have the platform hold a file of the customer's; returns its `ref`, or None where it has none

`recorded` is mutated by the suite: every field of every payload is taken out, set to null, to every wrong type, made
too long and too deep, and said twice; `parse` may raise nothing but `Unreadable`. Names of `recorded` that say what is
in it are looked at more closely, so use these where they fit: "text", "image", "document", "audio", "video",
"location", "contact", "reply" (quotes another message), "choice", "list_choice", "reaction", "reaction_removed",
"edit", "delivered", "read", "failed", "sent", "unknown" (a kind that does not exist yet), "group". More are welcome
under any other name.
"""

from __future__ import annotations

import abc
import asyncio
import gzip
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from enum import Enum, auto
from typing import Any

import httpx
import pytest

from connectors.base import Channel, Webhook
from connectors.events import (
    DeliveryReported,
    Forged,
    Ignored,
    InboundEvent,
    MessageEdited,
    MessageReceived,
    ReactionReceived,
    Unreadable,
)
from connectors.messaging.courier import SendRules
from connectors.outgoing import (
    Accepted,
    FetchFailed,
    FileOut,
    Option,
    OptionStyle,
    Rejected,
    RetryAfter,
    Signal,
    TextOut,
    Unknown,
)
from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from handoff.delivery import DeliveryReport, DeliveryStatus
from handoff.entry import Asks
from handoff.errors import BatonError
from tests.connectors.messaging.rig import Rig
from tests.connectors.mutations import broken_bodies, check_events, mutations


class Play(Enum):
    """What the played platform does with a send.

    ACCEPT: takes it. RETRY_LATER: refuses for `RETRY_S` seconds (429 and the like, in the platform's own words).
    BROKEN: answers 500 or 503. REFUSE: refuses this message for good (the recipient cannot get it). REFUSE_US: refuses
    us (a wrong or expired token). HANG: takes it, but no answer comes in time. DROP: takes it, and breaks the
    connection before the answer. GARBLED: answers 200 with what is no JSON. NEWER: takes it and answers with fields
    that nobody knows. NO_WAY: cannot be connected to, so it certainly took nothing.
    """

    ACCEPT = auto()
    RETRY_LATER = auto()
    BROKEN = auto()
    REFUSE = auto()
    REFUSE_US = auto()
    HANG = auto()
    DROP = auto()
    GARBLED = auto()
    NEWER = auto()
    NO_WAY = auto()


RETRY_S = 7
"""Seconds that a played platform asks to wait for at RETRY_LATER, where it can say so."""


class Platform(abc.ABC):
    """Plays one platform: makes its webhooks, and answers what the channel sends."""

    recorded: Mapping[str, bytes]
    """Bodies of webhooks as the platform really sends them, one for every kind."""

    to: Sequence[str]
    """The ids of the customer of `written`, as `parse` gives them in `Address.ids`."""

    @property
    @abc.abstractmethod
    def channel(self) -> Channel:
        """The channel under test."""

    @abc.abstractmethod
    def written(self, text: str, n: int) -> bytes:
        """Return a webhook's body in which the customer wrote a text; the same arguments give the same body."""

    @abc.abstractmethod
    def several(self, texts: Sequence[str]) -> bytes | None:
        """Return one webhook's body that carries these messages in order, each with ids of its own."""

    @abc.abstractmethod
    def pressed(self, choice: str, n: int) -> bytes:
        """Return a webhook's body in which the customer pressed the option that was sent with the id `choice`."""

    @abc.abstractmethod
    def signed(self, body: bytes) -> Webhook:
        """Return the webhook as the platform would send it."""

    @abc.abstractmethod
    def forged(self, body: bytes) -> Mapping[str, Webhook]:
        """Return webhooks that the platform did not send, by what is wrong with them."""

    @abc.abstractmethod
    def shut(self) -> Channel:
        """Make the channel with no secret; it may raise ValueError or InvalidInput, or let nothing in."""

    @abc.abstractmethod
    def play(self, *plays: Play) -> None:
        """Set what happens to the next calls of `Channel.send`, one each."""

    @abc.abstractmethod
    def taken(self) -> Sequence[str]:
        """Return the texts of the messages taken so far, in order, HANG and DROP included; a file's is its caption."""

    @abc.abstractmethod
    def taken_files(self) -> Sequence[bytes]:
        """Return the contents of the files taken so far."""

    def keep_file(self, content: bytes) -> str | None:
        """Hold a file that the customer sent; returns the `ref` by which the channel fetches it."""
        return None


class Conformance:
    """The tests; subclass it as `Test…` and give it a fixture `platform`."""

    # who sent it

    async def test_a_genuine_webhook_is_let_in(self, platform: Platform) -> None:
        platform.channel.verify(platform.signed(platform.written("hello", 1)))

    async def test_what_the_platform_did_not_send_is_refused(self, platform: Platform) -> None:
        forged = platform.forged(platform.written("hello", 1))
        assert {"missing", "wrong"} <= set(forged)
        for what, webhook in forged.items():
            assert _is_refused(platform.channel, webhook), f"{what} was let in"

    async def test_a_signature_holds_for_one_body_only(self, platform: Platform) -> None:
        """Where a signature covers the body: a body that was changed by one byte is another one."""
        signed = platform.signed(platform.written("hello", 1))
        other = platform.signed(platform.written("hello there", 2))
        if signed.headers == other.headers:
            pytest.skip("this platform shows a secret and signs no bodies")
        with pytest.raises(Forged):
            platform.channel.verify(replace(signed, body=other.body))

    async def test_headers_of_any_kind_are_refused_and_break_nothing(self, platform: Platform) -> None:
        genuine = platform.signed(platform.written("hello", 1))
        proofs = [name for name in genuine.headers if name not in ("content-type", "host", "user-agent")]
        for name in proofs:
            for odd in ("", "é", "sha256=", "sha256=" + "0" * 64, "\udcff", "x" * 10_000, "=", "sha256=ü"):
                with pytest.raises(Forged):
                    platform.channel.verify(replace(genuine, headers={**genuine.headers, name: odd}))

    async def test_without_a_secret_nothing_is_let_in(self, platform: Platform) -> None:
        genuine = platform.signed(platform.written("hello", 1))
        try:
            channel = platform.shut()
        except (ValueError, BatonError):
            return
        for webhook in (genuine, replace(genuine, headers={}), *platform.forged(genuine.body).values()):
            with pytest.raises(Forged):
                channel.verify(webhook)

    async def test_a_greeting_of_a_stranger_is_not_answered(self, platform: Platform) -> None:
        stranger = Webhook("GET", {}, {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "guess"}, b"")
        for webhook in (stranger, replace(stranger, query={})):
            try:
                assert platform.channel.greet(webhook) is None
            except Forged:
                continue

    # what it says

    async def test_what_was_written_is_parsed(self, platform: Platform) -> None:
        for text in (
            "hello",
            "Hvor er min ordre? 👩‍👩‍👧‍👦🏳️‍🌈",
            "أين طلبي؟ \u200f123",
            "a\nb\n\nc",
            "<b>&amp;</b> *x* _y_",
        ):
            (event,) = _messages(platform.channel.parse(platform.written(text, 1)))
            assert event.text == text
            assert set(event.sender.ids) & set(platform.to)
            assert event.at > 1_500_000_000_000, "instants are in ms"

    async def test_parsing_is_pure(self, platform: Platform) -> None:
        for body in platform.recorded.values():
            assert list(platform.channel.parse(body)) == list(platform.channel.parse(body))

    async def test_every_item_of_a_batch_is_parsed_in_order(self, platform: Platform) -> None:
        texts = [f"message {number}" for number in range(7)]
        body = platform.several(texts)
        if body is None:
            pytest.skip("this platform sends one item at a time")
        events = _messages(platform.channel.parse(body))
        assert [event.text for event in events] == texts
        assert len({event.external_id for event in events}) == len(texts)

    async def test_messages_have_ids_of_their_own_that_last(self, platform: Platform) -> None:
        ids = [_messages(platform.channel.parse(platform.written("same", n)))[0].external_id for n in (1, 2, 1)]
        assert ids[0] == ids[2] != ids[1]

    async def test_a_pressed_choice_comes_back_as_it_was_sent(self, platform: Platform) -> None:
        can = platform.channel.capabilities
        if not can.max_buttons and not can.list_rows:
            pytest.skip("this platform has no buttons")
        (event,) = _messages(platform.channel.parse(platform.pressed("12.0", 1)))
        assert event.choice == "12.0"

    async def test_recorded_webhooks_are_read_as_what_they_are(self, platform: Platform) -> None:
        for name, body in platform.recorded.items():
            events = platform.channel.parse(body)
            check_events(events)
            wanted = _EXPECTED.get(name)
            if wanted is not None:
                assert any(wanted(event) for event in events), f"{name} was read as {events}"

    async def test_no_malformed_field_breaks_parsing(self, platform: Platform) -> None:
        for name, body in platform.recorded.items():
            for spoilt in mutations(json.loads(body)):
                _parse_or_refuse(platform.channel, spoilt, name)

    async def test_what_is_no_payload_at_all_is_unreadable_or_empty(self, platform: Platform) -> None:
        for body in broken_bodies(platform.written("hello", 1)):
            _parse_or_refuse(platform.channel, body, repr(body[:20]))

    async def test_one_malformed_item_takes_no_other_with_it(self, platform: Platform) -> None:
        body = platform.several(["first", "second", "third"])
        if body is None:
            pytest.skip("this platform sends one item at a time")
        texts = {"first", "second", "third"}
        lost = 0
        for spoilt in mutations(json.loads(body)):
            if b"second" in spoilt:
                continue
            try:
                kept = {event.text for event in _messages(platform.channel.parse(spoilt))}
            except Unreadable:
                continue
            lost += not kept & texts
        # Only what wraps all of them, taken away, may lose all of them.
        assert lost < sum(1 for _ in mutations(json.loads(body))) / 4

    # what becomes of it

    async def test_a_webhook_is_kept_before_it_is_answered(self, platform: Platform) -> None:
        rig = Rig.of(platform.channel)
        async with rig.listening() as http:
            answer = await rig.post(http, platform.signed(platform.written("hello", 1)))
            assert (answer.status_code, answer.text) == (200, "")
            assert await rig.written(platform.to) == ["hello"]

    async def test_a_webhook_that_comes_again_changes_nothing(self, platform: Platform) -> None:
        rig = Rig.of(platform.channel)
        webhook = platform.signed(platform.written("hello", 1))
        async with rig.listening() as http:
            answers = await asyncio.gather(*(rig.post(http, webhook) for _ in range(5)))
            assert {answer.status_code for answer in answers} == {200}
            assert await rig.written(platform.to) == ["hello"]
        assert rig.counts.of(platform.channel.name, "repeated") == 4

    async def test_order_is_kept(self, platform: Platform) -> None:
        rig = Rig.of(platform.channel)
        texts = [f"message {number}" for number in range(5)]
        async with rig.listening() as http:
            for number, text in enumerate(texts):
                await rig.post(http, platform.signed(platform.written(text, number)))
            assert await rig.written(platform.to) == texts

    async def test_a_batch_is_kept_whole_and_in_order(self, platform: Platform) -> None:
        rig = Rig.of(platform.channel)
        texts = [f"message {number}" for number in range(12)]
        body = platform.several(texts)
        if body is None:
            pytest.skip("this platform sends one item at a time")
        async with rig.listening() as http:
            assert (await rig.post(http, platform.signed(body))).status_code == 200
            assert await rig.written(platform.to) == texts

    async def test_forged_webhooks_keep_nothing(self, platform: Platform) -> None:
        rig = Rig.of(platform.channel)
        async with rig.listening() as http:
            for webhook in platform.forged(platform.written("hello", 1)).values():
                assert (await rig.post(http, webhook)).status_code == 401
            assert await rig.store.contacts.find(platform.channel.name, tuple(platform.to)) is None
        assert rig.counts.of(platform.channel.name, "forged") == len(platform.forged(b"{}"))

    async def test_oversized_and_compressed_bodies_are_refused_before_they_are_read(self, platform: Platform) -> None:
        rig = Rig.of(platform.channel)
        most = platform.channel.max_webhook_bytes
        async with rig.listening() as http:
            large = platform.signed(platform.written("x" * most, 1))
            with suppress(httpx.TransportError):  # it may be cut off while it is still writing
                assert (await rig.post(http, large)).status_code == 413
            assert rig.counts.of(platform.channel.name, "too_large") == 1
            body = platform.written("hello", 1)
            bomb = platform.signed(gzip.compress(body))
            bomb = replace(bomb, headers={**bomb.headers, "content-encoding": "gzip"})
            assert (await rig.post(http, bomb)).status_code == 415
            # As large as is allowed gets through to the channel.
            room = most - len(platform.written("", 1))
            fits = platform.signed(platform.written("x" * room, 1))
            assert len(fits.body) <= most
            assert (await rig.post(http, fits)).status_code == 200

    async def test_nothing_is_answered_with_success_while_the_store_is_away(self, platform: Platform) -> None:
        rig = Rig.of(platform.channel)
        webhook = platform.signed(platform.written("hello", 1))
        async with rig.listening() as http:
            rig.store.answers = False  # type: ignore[attr-defined]
            answer = await rig.post(http, webhook)
            assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
            rig.store.answers = True  # type: ignore[attr-defined]
            assert (await rig.post(http, webhook)).status_code == 200
            assert await rig.written(platform.to) == ["hello"]

    async def test_everything_recorded_is_answered_with_success(self, platform: Platform) -> None:
        rig = Rig.of(platform.channel)
        async with rig.listening() as http:
            for name, body in platform.recorded.items():
                answer = await rig.post(http, platform.signed(body))
                assert answer.status_code == 200, name
        assert rig.counts.of(platform.channel.name, "defect") == 0
        assert sum(rig.counts.read().values()) >= len(platform.recorded)

    async def test_no_malformed_webhook_is_answered_with_a_fault_of_ours(self, platform: Platform) -> None:
        """A 5xx has the platform send the same again, for days."""
        rig = Rig.of(platform.channel)
        sample = platform.recorded.get("text", platform.written("hello", 1))
        for spoilt in mutations(json.loads(sample)):
            try:
                events = platform.channel.parse(spoilt)
            except Unreadable:
                continue
            await rig.reception.take(platform.channel.name, events)
        assert rig.counts.of(platform.channel.name, "defect") == 0

    # sending

    async def test_a_text_is_taken_under_an_id(self, platform: Platform) -> None:
        outcome = await platform.channel.send(platform.to, TextOut("Hello 👩‍👩‍👧 سلام\n<b>*x*_"), "c_1:1:0")
        assert isinstance(outcome, Accepted)
        assert outcome.external_id
        assert list(platform.taken()) == ["Hello 👩‍👩‍👧 سلام\n<b>*x*_"]

    async def test_as_much_as_the_capabilities_say_is_taken(self, platform: Platform) -> None:
        can = platform.channel.capabilities
        messages = [TextOut("x" * can.max_text)]
        if can.max_buttons:
            buttons = tuple(Option(f"1.{n}", f"{n}".ljust(can.button_title, "x")) for n in range(can.max_buttons))
            messages.append(TextOut("x" * can.max_interactive, buttons))
        if can.list_rows:
            rows = tuple(
                Option(f"2.{n}", f"{n}".ljust(can.row_title, "x"), "y" * can.row_description)
                for n in range(can.list_rows)
            )
            messages.append(TextOut("x" * can.max_interactive, rows, OptionStyle.LIST, "Choose"))
        if can.asks_phone:
            messages.append(TextOut("x" * can.max_text, phone_button="Share my phone number"))
            messages.append(TextOut("x" * can.max_text, no_phone_button=True))
        for number, message in enumerate(messages):
            outcome = await platform.channel.send(platform.to, message, f"c_1:{number + 1}:0")
            assert isinstance(outcome, Accepted), f"{outcome} for {str(message)[:80]}"

    async def test_what_the_platform_does_is_told_apart(self, platform: Platform) -> None:
        expected: dict[Play, tuple[type, ...]] = {
            Play.ACCEPT: (Accepted,),
            Play.RETRY_LATER: (RetryAfter,),
            Play.BROKEN: (RetryAfter, Unknown),
            Play.REFUSE: (Rejected,),
            Play.REFUSE_US: (Rejected,),
            Play.HANG: (Unknown,),
            Play.DROP: (Unknown,),
            Play.GARBLED: (Unknown,),
            Play.NEWER: (Accepted,),
            Play.NO_WAY: (RetryAfter,),
        }
        for number, (play, kinds) in enumerate(expected.items(), start=1):
            platform.play(play)
            outcome = await platform.channel.send(platform.to, TextOut("hello"), f"c_1:{number}:0")
            assert isinstance(outcome, kinds), f"{play.name} gave {outcome}"

    async def test_a_limit_says_how_long_it_lasts(self, platform: Platform) -> None:
        platform.play(Play.RETRY_LATER)
        outcome = await platform.channel.send(platform.to, TextOut("hello"), "c_1:1:0")
        assert isinstance(outcome, RetryAfter)
        assert outcome.seconds is None or 0 < outcome.seconds <= RETRY_S

    async def test_a_refusal_says_what_to_do(self, platform: Platform) -> None:
        for play, permanent in ((Play.REFUSE, True), (Play.REFUSE_US, False)):
            platform.play(play)
            outcome = await platform.channel.send(platform.to, TextOut("hello"), "c_1:1:0")
            assert isinstance(outcome, Rejected)
            assert outcome.code
            assert outcome.permanent is permanent
            assert outcome.hint.endswith(".")

    async def test_files_go_out_and_come_in(self, platform: Platform) -> None:
        content = bytes(range(256)) * 20
        can = platform.channel.capabilities
        if can.media:
            kind = AttachmentKind.DOCUMENT if AttachmentKind.DOCUMENT in can.media else next(iter(can.media))
            file = Attachment(kind, id="0" * 64, name="a file.pdf", type="application/pdf", size=len(content))
            sent = FileOut(file, lambda: _chunks(content), "A caption")
            assert isinstance(await platform.channel.send(platform.to, sent, "c_1:1:0"), Accepted)
            assert list(platform.taken_files()) == [content]
        ref = platform.keep_file(content)
        if ref is not None:
            assert b"".join([chunk async for chunk in platform.channel.fetch(ref)]) == content

    async def test_a_file_that_is_not_there_fails_as_such(self, platform: Platform) -> None:
        if platform.keep_file(b"x") is None:
            pytest.skip("this platform has no files of contacts")
        for ref in ("", "nothing-like-it", "../../etc/passwd", "http://127.0.0.1:1/x"):
            with pytest.raises(FetchFailed):
                async for _ in platform.channel.fetch(ref):
                    pass

    async def test_signals_never_fail(self, platform: Platform) -> None:
        for ref in (None, "", "no-such-message"):
            for signal in Signal:
                await platform.channel.signal(platform.to, signal, ref)

    # the whole way

    async def test_what_is_said_reaches_the_customer_once_and_in_order(self, platform: Platform) -> None:
        rig = await self._met(platform)
        await rig.say(platform.to, "one", "two", "three")
        await rig.send(platform.to, until_s=30)
        assert list(platform.taken()) == ["one", "two", "three"]
        assert {status for _, status, _ in await rig.reports(platform.to)} == {"sent"}

    async def test_a_question_for_a_phone_number_arrives_and_ends_whatever_can_be_offered_with_it(
        self, platform: Platform
    ) -> None:
        rig = await self._met(platform)
        for titles in ((), ("Leave it",)):
            await rig.say(platform.to, "Which number?", buttons=titles, asks=Asks.PHONE)
            await rig.say(platform.to, "What is it about?", buttons=titles, asks_no_more=True)
        await rig.send(platform.to, until_s=60)
        asked = [text for text in platform.taken() if "Which number?" in text or "What is it about?" in text]
        assert [text.partition("?")[0] for text in asked] == ["Which number", "What is it about"] * 2
        assert {status for _, status, _ in await rig.reports(platform.to)} == {"sent"}
        if not platform.channel.capabilities.asks_phone:
            assert len(platform.taken()) == len(asked)

    async def test_a_limit_delays_and_loses_nothing(self, platform: Platform) -> None:
        rig = await self._met(platform)
        platform.play(Play.RETRY_LATER, Play.NO_WAY)
        await rig.say(platform.to, "one", "two")
        await rig.send(platform.to, until_s=120)
        assert list(platform.taken()) == ["one", "two"]

    async def test_what_is_refused_is_set_aside_and_the_next_goes_on(self, platform: Platform) -> None:
        rig = await self._met(platform)
        platform.play(Play.REFUSE, Play.ACCEPT)
        first = await rig.say(platform.to, "one")
        await rig.say(platform.to, "two")
        await rig.send(platform.to, until_s=30)
        assert list(platform.taken()) == ["two"]
        assert [letter.entry.seq for letter in await rig.store.outbox.dead()] == [first]

    async def test_a_send_without_an_answer_is_repeated_only_where_that_does_no_harm(self, platform: Platform) -> None:
        rig = await self._met(platform)
        platform.play(Play.HANG)
        await rig.say(platform.to, "one")
        await rig.say(platform.to, "two")
        await rig.send(platform.to, until_s=300)
        if platform.channel.capabilities.dedupes:
            assert list(platform.taken()) == ["one", "two"]
            return
        assert list(platform.taken()) == ["one", "two"]
        assert ("failed", "no_answer") in {(status, code) for _, status, code in await rig.reports(platform.to)}

    async def test_a_pressed_choice_is_what_was_offered(self, platform: Platform) -> None:
        rig = await self._met(platform)
        seq = await rig.say(platform.to, "Which one?", buttons=["Shoes", "Hats"])
        await rig.send(platform.to, until_s=10)
        can = platform.channel.capabilities
        shown = can.max_buttons >= 2 or can.list_rows >= 2
        body = platform.pressed(f"{seq}.1", 50) if shown else platform.written("2", 50)
        async with rig.listening() as http:
            assert (await rig.post(http, platform.signed(body))).status_code == 200
        pressed = [one for one in await rig.log(platform.to) if one.choice is not None]
        assert [(one.text, one.choice) for one in pressed] == [("Hats", "/Hats")]

    async def test_receipts_out_of_order_leave_the_best_news(self, platform: Platform) -> None:
        if not platform.channel.capabilities.receipts:
            pytest.skip("this platform reports nothing")
        rig = await self._met(platform)
        seq = await rig.say(platform.to, "one")
        await rig.send(platform.to, until_s=5)
        conversation = await rig.conversation(platform.to)
        name = f"{conversation.id}:{seq}:0"
        order = (DeliveryStatus.READ, DeliveryStatus.FAILED, DeliveryStatus.DELIVERED, DeliveryStatus.SENT)
        for status in order:
            report = DeliveryReported("wamid.1", DeliveryReport(status, rig.clock()), idempotency_key=name)
            await rig.reception.take(platform.channel.name, [report])
        told = [status for about, status, _ in await rig.reports(platform.to) if about == seq]
        assert told[-1] in ("sent", "read")
        assert "failed" not in told

    async def _met(self, platform: Platform) -> Rig:
        """Return a rig whose customer has written."""
        rig = Rig.of(platform.channel, rules=SendRules(answer_s=5.0))
        await rig.reception.take(platform.channel.name, platform.channel.parse(platform.written("hello", 0)))
        return rig


def _messages(events: Sequence[InboundEvent]) -> list[MessageReceived]:
    return [event for event in events if isinstance(event, MessageReceived)]


def _is_refused(channel: Channel, webhook: Webhook) -> bool:
    try:
        channel.verify(webhook)
    except Forged:
        return True
    return False


def _parse_or_refuse(channel: Channel, body: bytes, what: str) -> None:
    try:
        events = channel.parse(body)
    except Unreadable:
        return
    except Exception as error:
        raise AssertionError(f"{what}: {body[:2000]!r} raised {type(error).__name__}") from error
    check_events(events)


async def _chunks(content: bytes) -> Any:
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]


def _file(kind: AttachmentKind) -> Any:
    def wanted(event: InboundEvent) -> bool:
        return isinstance(event, MessageReceived) and any(
            one.kind is kind and one.state is AttachmentState.PENDING and one.ref for one in event.attachments
        )

    return wanted


def _reported(status: DeliveryStatus) -> Any:
    return lambda event: isinstance(event, DeliveryReported) and event.report.status is status


def _with(kind: AttachmentKind) -> Any:
    return lambda event: isinstance(event, MessageReceived) and any(one.kind is kind for one in event.attachments)


_EXPECTED: Mapping[str, Any] = {
    "text": lambda event: isinstance(event, MessageReceived) and event.text,
    "image": _file(AttachmentKind.IMAGE),
    "document": _file(AttachmentKind.DOCUMENT),
    "audio": _file(AttachmentKind.AUDIO),
    "video": _file(AttachmentKind.VIDEO),
    "location": _with(AttachmentKind.LOCATION),
    "contact": _with(AttachmentKind.CONTACT),
    "reply": lambda event: isinstance(event, MessageReceived) and event.reply_to,
    "choice": lambda event: isinstance(event, MessageReceived) and event.choice,
    "list_choice": lambda event: isinstance(event, MessageReceived) and event.choice,
    "reaction": lambda event: isinstance(event, ReactionReceived) and event.emoji,
    "reaction_removed": lambda event: isinstance(event, ReactionReceived) and event.emoji is None,
    "edit": lambda event: isinstance(event, MessageEdited),
    "sent": _reported(DeliveryStatus.SENT),
    "delivered": _reported(DeliveryStatus.DELIVERED),
    "read": _reported(DeliveryStatus.READ),
    "failed": _reported(DeliveryStatus.FAILED),
    "unknown": lambda event: isinstance(event, Ignored),
    "group": lambda event: isinstance(event, Ignored),
}
