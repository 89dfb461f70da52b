"""The courier: brings what one parcel holds to its customer, entry by entry, part by part, and notes what came of it.

The store keeps how far an entry was sent, so whoever dies leaves one part at most that may go out twice. What is sent
without an answer is not sent again unless the platform knows repeated keys: its report is waited for, and without one
the message becomes a dead letter for a person to judge.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from connectors.base import Channel
from connectors.messaging.counts import Counts
from connectors.messaging.pace import Pacer
from connectors.messaging.reception import key
from connectors.messaging.render import Contents, render
from connectors.messaging.window import Window
from connectors.outgoing import Accepted, MessageOut, Rejected, RetryAfter, SendOutcome, Unknown
from handoff.clock import Clock
from handoff.delivery import DeliveryReport, DeliveryStatus, is_outgoing
from handoff.entry import Entry
from handoff.errors import NotFound, Unavailable, place_of
from handoff.notices import Notices
from handoff.store.port import Store
from handoff.store.sending_port import Parcel

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SendRules:
    """The courier's numbers; `…_s` are seconds.

    Args:
        answer_s: how long a platform has to answer one send.
        hold_s: the longest that a conversation is held until its pace allows the next message.
        tries: how often a message is tried before it is set aside; about two hours with these numbers.
        first_s: the pause after the first try, doubled with each.
        longest_s: the longest pause.
        doubt_s: how long a report is waited for about a message that was sent without an answer.
        away_s: how long what is for a channel that does not run is left alone.
        grace_s: how long a send under way may take when the sender is stopped.
    """

    answer_s: float = 30.0
    hold_s: float = 1.0
    tries: int = 20
    first_s: float = 1.0
    longest_s: float = 600.0
    doubt_s: float = 60.0
    away_s: float = 60.0
    grace_s: float = 5.0


class Courier:
    """Sends parcels.

    Args:
        channels: the running channels by name.
        store: keeps the outbox.
        notices: the few words that rendering adds.
        contents: gives the bytes of files that are sent.
        counts: of what was sent, by channel and outcome.
        clock: tells the present instant.
        rules: its numbers.
        sleep: waits that many seconds until the pace allows a message.
        random: spreads what is tried again.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        store: Store,
        notices: Notices,
        contents: Contents,
        counts: Counts,
        clock: Clock,
        rules: SendRules | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Random | None = None,
    ) -> None:
        self._channels = channels
        self._outbox = store.outbox
        self._contacts = store.contacts
        self._notices = notices
        self._contents = contents
        self._counts = counts
        self._clock = clock
        self._rules = rules or SendRules()
        self._sleep = sleep
        self._random = random or Random()  # noqa: S311 - spreads load, hides nothing
        self._pacers = {name: Pacer(channel.capabilities.pace, clock) for name, channel in channels.items()}
        self._window = Window(store.conversations, clock)

    async def send(self, parcel: Parcel) -> bool:
        """Send what a parcel holds, in order; False when the rest was put off.

        Raises:
            Stale: another sender goes on with the conversation.
            StoreUnavailable: the store does not answer.
        """
        conversation = parcel.conversation
        channel = self._channels.get(conversation.channel)
        if channel is None:
            await self._put_off(parcel, self._rules.away_s, tried=False)
            return False
        first = True
        for entry in parcel.entries:
            if not is_outgoing(entry):
                continue
            mail = _Mail(parcel, channel, entry, *((parcel.tries, len(parcel.parts)) if first else (0, 0)))
            if not await self._deliver(mail, parcel.doubt if first else 0):
                return False
            first = False
        if first and parcel.entries:  # nothing but inner records, which are passed over; what is behind them comes next
            await self._outbox.settle(parcel, parcel.entries[-1].seq, None, self._clock())
        return True

    # one entry

    async def _deliver(self, mail: _Mail, doubt: int) -> bool:
        """Send one entry; True when the sender is done with it, False when it was put off."""
        parcel, channel, entry = mail.parcel, mail.channel, mail.entry
        now, can = self._clock(), channel.capabilities
        if doubt and not can.dedupes:
            left = doubt + round(self._rules.doubt_s * 1000) - now
            if left > 0:
                await self._put_off(parcel, left / 1000, tried=False)
                return False
            return await self._fail(mail, "no_answer", _NO_ANSWER)
        free = entry.template is None or not can.templates
        if free and not mail.parts and await self._window.closed(parcel.conversation.id, can.session_window_s):
            return await self._fail(mail, "window_closed", _WINDOW_CLOSED)
        identity = await self._contacts.identity_of(parcel.conversation.id)
        if identity is None:
            return await self._fail(mail, "no_address", _NO_ADDRESS)
        messages = render(entry, can, self._notices, self._contents, language=parcel.conversation.language)
        pacer = self._pacers[channel.name]
        while mail.parts < len(messages):
            wait = pacer.wait(parcel.conversation.id)
            if wait > self._rules.hold_s:
                await self._outbox.put_off(parcel, pacer.park(wait), tried=False)
                return False
            pacer.spend(parcel.conversation.id)
            if wait > 0:
                await self._sleep(wait)
            outcome = await self._send_part(mail, identity.ids, messages[mail.parts])
            if not isinstance(outcome, Accepted):
                return await self._not_taken(mail, outcome)
            mail.parts += 1
            mail.tries = 0
        report = DeliveryReport(DeliveryStatus.SENT, self._clock()) if messages else None
        await self._outbox.settle(parcel, entry.seq, report, self._clock())
        self._counts.add(channel.name, "out_sent")
        return True

    async def _send_part(self, mail: _Mail, to: tuple[str, ...], message: MessageOut) -> SendOutcome:
        """Send one part and note it; a sender that is stopped meanwhile lets it come to its end."""
        under_way = asyncio.create_task(self._send_and_note(mail, to, message))
        try:
            return await asyncio.shield(under_way)
        except asyncio.CancelledError:
            await asyncio.wait((under_way,), timeout=self._rules.grace_s)
            if not under_way.done() or under_way.exception() or isinstance(under_way.result(), Unknown):
                under_way.cancel()
                with suppress(Unavailable):
                    await self._put_off(mail.parcel, self._rules.doubt_s, doubt=not mail.channel.capabilities.dedupes)
            raise

    async def _send_and_note(self, mail: _Mail, to: tuple[str, ...], message: MessageOut) -> SendOutcome:
        outcome = await self._outcome(mail, to, message)
        if isinstance(outcome, Accepted):
            await self._outbox.part_sent(mail.parcel, mail.entry.seq, key(outcome.external_id), self._clock())
        return outcome

    async def _outcome(self, mail: _Mail, to: tuple[str, ...], message: MessageOut) -> SendOutcome:
        named = f"{mail.parcel.conversation.id}:{mail.entry.seq}:{mail.parts}"
        try:
            async with asyncio.timeout(self._rules.answer_s):
                return await mail.channel.send(to, message, named)
        except TimeoutError:
            return Unknown("The platform did not answer in time.")
        except NotFound:
            return Rejected("file_gone", "The file is not kept any more; send it again.")
        except Unavailable as error:
            return RetryAfter(None, error.code, error.message)
        except Exception as error:  # noqa: BLE001 - a defect in one message must not stop the others
            log.error("%s could not be sent on %s: %s", named, mail.channel.name, place_of(error))
            return Unknown("Something went wrong on our side while it was sent.")

    # what goes wrong

    async def _not_taken(self, mail: _Mail, outcome: RetryAfter | Rejected | Unknown) -> bool:
        if isinstance(outcome, Rejected):
            return await self._fail(mail, outcome.code, outcome.hint)
        if isinstance(outcome, Unknown) and not mail.channel.capabilities.dedupes:
            self._counts.add(mail.channel.name, "out_unknown")
            await self._put_off(mail.parcel, self._rules.doubt_s, doubt=True)
            return False
        later = outcome if isinstance(outcome, RetryAfter) else RetryAfter(None, "no_answer", outcome.hint)
        self._counts.add(mail.channel.name, "out_again")
        if later.everybody:
            seconds = later.seconds if later.seconds is not None else self._rules.first_s
            self._pacers[mail.channel.name].pause(seconds)
            await self._outbox.put_off(mail.parcel, self._pacers[mail.channel.name].park(seconds), tried=False)
            return False
        if mail.tries + 1 >= self._rules.tries:
            return await self._fail(mail, later.code or "gave_up", f"{later.hint} {_GAVE_UP}".lstrip())
        await self._put_off(mail.parcel, self._pause(mail.tries, later.seconds))
        return False

    def _pause(self, tries: int, asked_s: float | None) -> float:
        """Return the seconds until the next try: what was asked for and a little, or ever longer and spread."""
        if asked_s is not None:
            return asked_s + self._random.random() * min(1.0, asked_s)
        longest: float = min(self._rules.longest_s, self._rules.first_s * 2 ** min(tries, 30))
        return longest * (0.5 + self._random.random() / 2)

    async def _fail(self, mail: _Mail, code: str, hint: str) -> bool:
        report = DeliveryReport(DeliveryStatus.FAILED, self._clock(), code, hint)
        await self._outbox.settle(mail.parcel, mail.entry.seq, report, self._clock())
        self._counts.add(mail.channel.name, "out_failed")
        log.warning("%s:%d was not delivered: %s", mail.parcel.conversation.id, mail.entry.seq, code)
        return True

    async def _put_off(self, parcel: Parcel, seconds: float, *, tried: bool = True, doubt: bool = False) -> None:
        await self._outbox.put_off(parcel, self._clock() + round(seconds * 1000), tried=tried, doubt=doubt)


@dataclass(slots=True)
class _Mail:
    """An entry on its way: how often it was tried, and how many of its parts the platform has."""

    parcel: Parcel
    channel: Channel
    entry: Entry
    tries: int
    parts: int


_NO_ANSWER = "No answer came, so it may have arrived or not; ask the customer, or replay it to send it once more."
_WINDOW_CLOSED = (
    "The customer wrote too long ago, so the platform takes only an approved template; send one, or wait for a message."
)
_NO_ADDRESS = "The contact is not known on this channel any more; reach them in another way."
_GAVE_UP = "It was tried many times; see whether the platform works, then replay the message."
