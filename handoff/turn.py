"""What comes of one entry that waits for the worker: whoever owns the conversation decides.

A turn only decides; it returns a `Change` that `handoff.worker` commits, so a turn that was overtaken leaves no trace.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace

from handoff.asked import follow_question
from handoff.asking import Asking
from handoff.bot import HandoffWanted, TurnResult
from handoff.buttons import ASK_PERSON, CALL_BACK, LEAVE_QUEUE, OWN, person_button
from handoff.captions import caption
from handoff.carry_out import join
from handoff.clock import Clock
from handoff.contacts import Contacts
from handoff.elsewhere import elsewhere
from handoff.entry import Author, Entry, Kind, Owner, OwnerEvent
from handoff.errors import BotUnavailable
from handoff.linking import customer_proof
from handoff.linking_hands import follow
from handoff.model import Change, Conversation, HandoffReason
from handoff.notices import Notices, Say, first_name
from handoff.opting import START_UPDATES, STOP_UPDATES
from handoff.rating import Ratings
from handoff.rules import Rules
from handoff.shared import number_asked_for, own_number, told_just_now
from handoff.spoken import affected, spoken
from handoff.store.contacts_port import Profile
from handoff.store.port import ConversationStore
from handoff.waiting import WaitingLine
from handoff.wishes import SHOW_AGAIN, wish

log = logging.getLogger(__name__)

REQUEST_CALLBACK = "/request_callback"
START_OVER = "/start_over"
HANDOFF_RETURNED = "/handoff_returned"

_LOOK_BACK = 100
"""Entries among which is looked for what was said before: on some channels receipts outnumber messages."""

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
        contacts: knows the other conversations of the same person.
        asking: the way to the bot, which answers while it owns the conversation.
        line: knows the queue.
        rules: how often a waiting customer is told so.
        clock: tells the present instant.
        notices: what the system says.
    """

    def __init__(
        self,
        conversations: ConversationStore,
        contacts: Contacts,
        asking: Asking,
        line: WaitingLine,
        rules: Rules,
        clock: Clock,
        notices: Notices,
    ) -> None:
        self._conversations = conversations
        self._contacts = contacts
        self._asking = asking
        self._line = line
        self._rules = rules
        self._clock = clock
        self._notices = notices
        self._ratings = Ratings(conversations, notices, clock)

    async def deal_with(self, conversation: Conversation, entry: Entry) -> Change:
        """Decide what a waiting entry brings about in the conversation as it was read; it is written by the worker.

        What comes out about who the contact is, is kept at once: it is so, whatever becomes of the turn.
        """
        if entry.event is OwnerEvent.RETURNED:
            change = await self._hear_of_return(conversation, entry)
        else:
            change = await self._deal_with_message(conversation, entry)
        return follow_question(conversation, caption(self._notices, change))

    async def pass_to_person(self, conversation: Conversation, entry: Entry) -> Change:
        """Decide what happens to an entry that cannot be dealt with: the customer is told, and a person asked for."""
        gone = conversation.ended_at is not None
        if gone or conversation.owner is not Owner.BOT or entry.event is OwnerEvent.RETURNED:
            return Change(conversation)
        return follow_question(conversation, caption(self._notices, await self._bot_failed(conversation)))

    async def _deal_with_message(self, conversation: Conversation, entry: Entry) -> Change:
        rated = await self._ratings.heard(conversation, entry)
        if rated is not None:
            return rated
        if conversation.ended_at is not None:  # nobody is there to hear an answer
            return Change(conversation)
        root = await self._contacts.recognise(conversation)
        if entry.choice not in (STOP_UPDATES, START_UPDATES):
            return await self._deal_with_request(conversation, entry, root)
        stops, typed = entry.choice == STOP_UPDATES, replace(entry, choice=None)
        if not await self._contacts.allow_updates(conversation, not stops) and not stops:
            return await self._deal_with_request(conversation, typed, root)
        what = Say.UPDATE_STOPPED if stops else Say.UPDATE_STARTED
        told = self._notices.entry(what, conversation.language, self._clock())
        change = Change(conversation, (replace(told, in_reply_to=entry.seq),))
        if not stops or conversation.about or conversation.owner is not Owner.BOT:
            return change
        # No update asked for this: it may as well be meant for what the bot is doing.
        return join(change, await self._deal_with_request(conversation, typed, root))

    async def _deal_with_request(self, conversation: Conversation, entry: Entry, root: Profile) -> Change:
        afresh = conversation.was_closed_by_agent
        opened = conversation.reopen(self._clock())
        conversation = opened.conversation
        if conversation.owner is Owner.AGENT:
            return opened
        if conversation.owner is Owner.QUEUE:
            return join(opened, await self._while_waiting(conversation, entry))
        others = await elsewhere(self._contacts, conversation, root, self._clock())
        if others.leader is not None:
            return join(opened, follow(conversation, others.leader, self._clock(), told=True))
        return join(opened, await self._with_bot(conversation, entry, others.proven, afresh=afresh))

    # the bot owns it

    async def _with_bot(
        self, conversation: Conversation, entry: Entry, proven: Mapping[str, str], *, afresh: bool
    ) -> Change:
        if entry.choice == LEAVE_QUEUE:
            here = self._notices.entry(Say.BOT_STILL_HERE, conversation.language, self._clock())
            return Change(conversation, (here,))
        if entry.choice == ASK_PERSON:
            return await self._to_queue(conversation, HandoffWanted(HandoffReason.ASKED))
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
            # Whoever shares their own number says it, and so does who is asked for one and sends a card.
            words = entry.text or own_number(conversation, entry) or number_asked_for(conversation, entry)
            if choice is None and not words:
                return join(told, await self._without_words(told.conversation, entry))
            # Some platforms let people write a little more than a turn may hold.
            text = words[: self._rules.max_text]
            result = await self._asking.ask(
                told.conversation, str(entry.seq), deadline, text=text, choice=choice, proven=proven
            )
        except BotUnavailable as error:
            log.warning("no answer of the bot to %s:%d: %s", conversation.id, entry.seq, error.message)
            return await self._bot_failed(conversation)
        return join(told, await self._said(told.conversation, entry, result))

    async def _without_words(self, conversation: Conversation, entry: Entry) -> Change:
        """Tell a customer who sent nothing but a file, a place or a card what the bot can do with it; once for many."""
        near = (await self._conversations.read(conversation.id, max(0, entry.seq - 1 - _LOOK_BACK))).entries
        if told_just_now(near, entry, self._clock()):
            return Change(conversation)
        language = conversation.language
        way_out = person_button(self._notices, language)
        told = self._notices.entry(Say.BOT_NO_WORDS, language, self._clock(), buttons=way_out)
        return Change(conversation, (replace(told, in_reply_to=entry.seq),))

    async def _hear_of_return(self, conversation: Conversation, entry: Entry) -> Change:
        if conversation.ended_at is not None:
            return Change(conversation)
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
        if result.verified is not None:
            await self._contacts.prove(conversation, customer_proof(result.verified), by_order=True)
        after = affected(conversation, entry, result, self._clock())
        change = Change(after, spoken(entry, result, after.language, self._clock()))
        if result.handoff is not None:
            return join(change, await self._to_queue(change.conversation, result.handoff))
        if result.resolve:
            return join(change, change.conversation.resolve_by_bot(self._clock()))
        return change

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
            left = conversation.give_up(now)
            await self._contacts.leave_queue(left.conversation)
            return left
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
        await self._contacts.leave_queue(left.conversation)
        calling = self._notices.say(Say.QUEUE_CALLING, language)
        spoken = self._notices.nearest(language)
        left = replace(left, entries=tuple(replace(one, text=calling, language=spoken) for one in left.entries))
        return join(left, await self._said(left.conversation, entry, result))
