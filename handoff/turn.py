"""What comes of one entry that waits for the worker: whoever owns the conversation decides.

A turn only decides; it returns a `Change` that `handoff.worker` commits, so a turn that was overtaken leaves no trace.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace

from handoff.asking import Asking
from handoff.bot import HandoffWanted, TurnResult
from handoff.buttons import CALL_BACK, LEAVE_QUEUE, OWN, csat_answer, typed_score
from handoff.captions import caption
from handoff.carry_out import join
from handoff.clock import Clock
from handoff.entry import Author, Entry, Kind, Owner, OwnerEvent, Visibility
from handoff.errors import BotUnavailable
from handoff.model import Change, Conversation, HandoffReason, Status
from handoff.notices import Notices, Say, first_name
from handoff.rules import Rules
from handoff.store.port import ConversationStore
from handoff.waiting import WaitingLine
from handoff.wishes import SHOW_AGAIN, wish

log = logging.getLogger(__name__)

REQUEST_CALLBACK = "/request_callback"
START_OVER = "/start_over"
HANDOFF_RETURNED = "/handoff_returned"

_LOOK_BACK = 20
"""Entries before a typed rating among which its question is looked for."""

_SHARE_OF_RETURNS = 0.5
"""The share of a turn's time for what the bot has not heard yet, so that the message itself keeps the rest."""


def waits_for_worker(entry: Entry) -> bool:
    """Tell whether an entry asks for something: a customer's message, or a conversation given back to the bot."""
    if entry.kind is Kind.OWNER:
        return entry.event is OwnerEvent.RETURNED
    return entry.kind is Kind.MESSAGE and entry.author is Author.CONTACT


class Turns:
    """Decides what each waiting entry brings about.

    Args:
        conversations: where to look back.
        asking: the way to the bot, which answers while it owns the conversation.
        line: knows the queue.
        rules: how often a waiting customer is told so.
        clock: tells the present instant.
        notices: what the system says.
    """

    def __init__(
        self,
        conversations: ConversationStore,
        asking: Asking,
        line: WaitingLine,
        rules: Rules,
        clock: Clock,
        notices: Notices,
    ) -> None:
        self._conversations = conversations
        self._asking = asking
        self._line = line
        self._rules = rules
        self._clock = clock
        self._notices = notices

    async def deal_with(self, conversation: Conversation, entry: Entry) -> Change:
        """Decide what a waiting entry brings about in the conversation as it was read; writes nothing."""
        if entry.event is OwnerEvent.RETURNED:
            change = await self._hear_of_return(conversation, entry)
        else:
            change = await self._deal_with_message(conversation, entry)
        return caption(self._notices, change)

    async def pass_to_person(self, conversation: Conversation, entry: Entry) -> Change:
        """Decide what happens to an entry that cannot be dealt with: the customer is told, and a person asked for."""
        if conversation.owner is not Owner.BOT or entry.event is OwnerEvent.RETURNED:
            return Change(conversation)
        return caption(self._notices, await self._bot_failed(conversation))

    async def _deal_with_message(self, conversation: Conversation, entry: Entry) -> Change:
        rating = csat_answer(entry.choice or "") or await self._typed_rating(conversation, entry)
        if rating is not None:
            return self._rated(conversation, entry, *rating)
        afresh = conversation.status is Status.RESOLVED and conversation.resolved_by is not Owner.BOT
        opened = conversation.reopen(self._clock())
        conversation = opened.conversation
        if conversation.owner is Owner.AGENT:
            return opened
        if conversation.owner is Owner.QUEUE:
            return join(opened, await self._while_waiting(conversation, entry))
        return join(opened, await self._with_bot(conversation, entry, afresh=afresh))

    # the bot owns it

    async def _with_bot(self, conversation: Conversation, entry: Entry, *, afresh: bool) -> Change:
        if entry.choice == LEAVE_QUEUE:
            here = self._notices.entry(Say.BOT_STILL_HERE, conversation.language, self._clock())
            return Change(conversation, (here,))
        choice = REQUEST_CALLBACK if entry.choice == CALL_BACK else entry.choice
        if choice is not None and choice.startswith(OWN):
            return Change(conversation)
        deadline = self._asking.deadline()
        try:
            if afresh:  # what the bot was in the middle of before a person closed the conversation is over
                await self._asking.ask(conversation, f"{entry.seq}:start_over", deadline, choice=START_OVER)
            told = await self._tell_of_returns(conversation, self._asking.deadline(_SHARE_OF_RETURNS))
            if told.conversation.owner is not Owner.BOT:
                return told
            result = await self._asking.ask(told.conversation, str(entry.seq), deadline, text=entry.text, choice=choice)
        except BotUnavailable as error:
            log.warning("no answer of the bot to %s:%d: %s", conversation.id, entry.seq, error.message)
            return await self._bot_failed(conversation)
        return join(told, await self._said(told.conversation, entry, result))

    async def _hear_of_return(self, conversation: Conversation, entry: Entry) -> Change:
        untold = conversation.revised(untold_returns=(*conversation.untold_returns, entry.seq))
        if untold.owner is not Owner.BOT:
            return Change(untold)
        return await self._tell_of_returns(untold, self._asking.deadline())

    async def _tell_of_returns(self, conversation: Conversation, deadline: int) -> Change:
        """Tell the bot how handoffs ended; what it cannot hear now goes ahead of the next message."""
        change = Change(conversation)
        for seq in conversation.untold_returns:
            (entry,) = (await self._conversations.read(conversation.id, seq - 1, 1)).entries
            heard = {"outcome": entry.facts.get("outcome", ""), "agent": first_name(entry.name)}
            choice = f"{HANDOFF_RETURNED}{json.dumps(heard, ensure_ascii=False)}"
            try:
                result = await self._asking.ask(change.conversation, str(seq), deadline, choice=choice)
            except BotUnavailable as error:
                log.warning("the bot has not heard of the return %s:%d: %s", conversation.id, seq, error.message)
                if error.retryable:
                    break
                result = TurnResult()  # it refused for good
            rest = change.conversation.untold_returns[1:]
            told = change.conversation.revised(untold_returns=rest)
            # Nobody has said goodbye: what the bot says to a return is about the agent's words, not the customer's.
            heard_only = replace(result, understood=None, resolve=False)
            change = join(change, await self._said(told, entry, heard_only))
            if change.conversation.owner is not Owner.BOT:
                break
        return change

    async def _said(self, conversation: Conversation, entry: Entry, result: TurnResult) -> Change:
        affected = _affected(conversation, result)
        change = Change(affected, self._entries(entry, result, affected.language))
        if result.handoff is not None:
            return join(change, await self._to_queue(change.conversation, result.handoff))
        if result.resolve:
            return join(change, change.conversation.resolve_by_bot(self._clock()))
        return change

    def _entries(self, entry: Entry, result: TurnResult, language: str) -> tuple[Entry, ...]:
        """Return what the bot said; the first entry carries what it made of the message, even if it said nothing."""
        spoken = Entry(Kind.MESSAGE, Author.BOT, self._clock(), in_reply_to=entry.seq)
        said = [
            replace(
                spoken,
                text=message.text,
                language=language,
                buttons=message.buttons,
                attachments=(message.attachment,) if message.attachment else (),
            )
            for message in result.messages
        ]
        if result.understood is not None:
            first = said[0] if said else replace(spoken, visibility=Visibility.INTERNAL)
            said[:1] = [replace(first, understood=result.understood)]
        return tuple(said)

    async def _bot_failed(self, conversation: Conversation) -> Change:
        sorry = self._notices.entry(Say.BOT_FAILED, conversation.language, self._clock())
        wanted = HandoffWanted(HandoffReason.BOT_FAILED)
        return join(Change(conversation, (sorry,)), await self._to_queue(conversation, wanted))

    async def _to_queue(self, conversation: Conversation, wanted: HandoffWanted) -> Change:
        now = self._clock()
        handoff_id = f"{conversation.id}:h{conversation.epoch + 1}"
        requested = conversation.request_handoff(handoff_id, wanted.reason, wanted.topic, wanted.details, now)
        notice = await self._line.notice(requested.conversation, now, again=False)
        return join(requested, Change(requested.conversation.revised(notice_at=now), (notice,)))

    # the queue owns it

    async def _while_waiting(self, conversation: Conversation, entry: Entry) -> Change:
        now = self._clock()
        wanted = entry.choice or wish(self._notices, entry.text)
        if wanted == LEAVE_QUEUE:
            return conversation.give_up(now)
        if wanted == CALL_BACK:
            return await self._call_instead(conversation, entry)
        told_lately = now - conversation.notice_at < self._rules.notice_seconds * 1000
        if told_lately and wanted != SHOW_AGAIN:
            return Change(conversation)
        notice = await self._line.notice(conversation, now, again=True)
        return Change(conversation.revised(notice_at=now), (notice,))

    async def _call_instead(self, conversation: Conversation, entry: Entry) -> Change:
        """Leave the queue for a callback, but keep the place in it when the bot cannot book one."""
        now, language = self._clock(), conversation.language
        left = conversation.give_up(now)
        try:
            result = await self._asking.ask(
                left.conversation, str(entry.seq), self._asking.deadline(), choice=REQUEST_CALLBACK
            )
        except BotUnavailable as error:
            log.warning("no callback could be asked for in conversation %s: %s", conversation.id, error.message)
            return Change(conversation, (self._notices.entry(Say.BOT_NO_CALLBACK, language, now),))
        calling = self._notices.say(Say.QUEUE_CALLING, language)
        spoken = self._notices.nearest(language)
        left = replace(left, entries=tuple(replace(one, text=calling, language=spoken) for one in left.entries))
        return join(left, await self._said(left.conversation, entry, result))

    # whoever owns it

    async def _typed_rating(self, conversation: Conversation, entry: Entry) -> tuple[int, str] | None:
        """Return the score and the handoff it rates, if the customer typed the answer to the question just asked."""
        score = None if entry.choice else typed_score(self._notices, conversation.language, entry.text)
        if score is None:
            return None
        first = max(0, entry.seq - 1 - _LOOK_BACK)
        before = (await self._conversations.read(conversation.id, first, entry.seq - 1 - first)).entries
        for earlier in reversed(before):
            if earlier.author is Author.CONTACT:
                return None
            if earlier.buttons:
                asked = csat_answer(earlier.buttons[0].payload)
                return (score, asked[1]) if asked else None
        return None

    def _rated(self, conversation: Conversation, entry: Entry, score: int, handoff_id: str) -> Change:
        now = self._clock()
        rating = Entry(
            kind=Kind.CSAT,
            author=Author.CONTACT,
            at=now,
            visibility=Visibility.INTERNAL,
            in_reply_to=entry.seq,
            facts={"score": score, "handoff_id": handoff_id},
        )
        return Change(conversation, (rating, self._notices.entry(Say.CSAT_THANKS, conversation.language, now)))


def _affected(conversation: Conversation, result: TurnResult) -> Conversation:
    language = result.language or conversation.language
    details = {**conversation.details, **result.details}
    if language == conversation.language and details == conversation.details:
        return conversation
    return conversation.revised(language=language, details=details)
