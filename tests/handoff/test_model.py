"""Who owns a conversation: the table of transitions, walked at random and step by step."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from handoff.entry import Author, Kind, Owner, OwnerEvent, Visibility
from handoff.errors import AlreadyTaken, BatonError, NotAllowed, WrongOwner
from handoff.model import Change, Contact, Conversation, HandoffReason, Status

AGENTS = ("ada", "bo", "cy")
agents = st.sampled_from(AGENTS)


def fresh() -> Conversation:
    return Conversation("c_1", Contact("p_1"), "web", created_at=0)


def waiting() -> Conversation:
    return fresh().request_handoff("h_1", HandoffReason.ASKED, "returns", {"order": "1"}, 1).conversation


def with_ada() -> Conversation:
    return waiting().claim("ada", "Ada", 2).conversation


class Ownership(RuleBasedStateMachine):
    """Any order of requests, offers, claims, transfers and returns, by anybody."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.conversation = fresh()
        self.had_it: set[str | None] = set()

    def attempt(self, name: str, *arguments: object, **named: object) -> Change | None:
        """Take a step if the model allows it; a refused one must leave no trace, a taken one a consistent record."""
        self.now += 1
        before = self.conversation
        try:
            change: Change = getattr(before, name)(*arguments, **named)
        except BatonError:
            return None
        after = change.conversation
        assert after.epoch >= before.epoch
        if after != before:
            assert after.version > before.version
        if (after.owner, after.agent_id) != (before.owner, before.agent_id):
            assert after.epoch > before.epoch
            assert any(entry.kind is Kind.OWNER for entry in change.entries)
        assert after.cursor == before.cursor
        assert all(entry.owner is after.owner for entry in change.entries)
        self.conversation = after
        return change

    @rule(reason=st.sampled_from(HandoffReason), details=st.dictionaries(st.text(max_size=3), st.text(max_size=3)))
    def somebody_asks_for_a_person(self, reason: HandoffReason, details: dict[str, str]) -> None:
        was = self.conversation
        change = self.attempt("request_handoff", f"h_{self.now}", reason, "returns", details, self.now)
        assert (change is not None) == (was.owner is Owner.BOT and was.ended_at is None)
        if change:
            assert dict(self.conversation.details) == {**was.details, **details}

    @rule()
    def the_customer_gives_up(self) -> None:
        was = self.conversation.owner
        assert (self.attempt("give_up", self.now) is not None) == (was is Owner.QUEUE)

    @rule(agent=agents)
    def the_router_offers(self, agent: str) -> None:
        was = self.conversation
        change = self.attempt("offer", agent, agent.title(), self.now + 30, self.now)
        if change:
            assert was.owner is Owner.QUEUE
            assert was.handoff is not None
            assert was.handoff.offer is None

    @rule(agent=agents, lapsed=st.booleans())
    def an_offer_ends(self, agent: str, lapsed: bool) -> None:
        was = self.conversation.handoff
        if self.attempt("pass_over", agent, agent.title(), self.now, lapsed=lapsed):
            assert was is not None
            assert was.offer is not None
            assert was.offer.agent_id == agent
            assert self.conversation.handoff is not None
            assert self.conversation.handoff.passed[-1] == agent

    @rule(agent=agents)
    def an_agent_claims(self, agent: str) -> None:
        was = self.conversation
        change = self.attempt("claim", agent, agent.title(), self.now)
        if change and was.owner is Owner.AGENT:
            assert was.agent_id == agent
            assert change == Change(was)

    @rule()
    def the_agent_goes_away(self) -> None:
        was = self.conversation.owner
        if self.attempt("release", self.now):
            assert was is Owner.AGENT
            assert self.conversation.handoff is not None
            assert self.conversation.handoff.front

    @rule(agent=agents, to=agents)
    def an_agent_transfers(self, agent: str, to: str) -> None:
        self.only_the_owner(agent, self.attempt("transfer", agent, to, to.title(), self.now))

    @rule(agent=agents)
    def an_agent_transfers_to_a_team(self, agent: str) -> None:
        self.only_the_owner(agent, self.attempt("transfer_to_team", agent, "repairs", self.now))

    @rule(agent=agents)
    def an_agent_returns(self, agent: str) -> None:
        change = self.only_the_owner(agent, self.attempt("return_to_bot", agent, "sent a new one", self.now))
        if change:
            assert change.wakes
            assert self.conversation.status is Status.OPEN

    @rule(agent=agents)
    def an_agent_resolves(self, agent: str) -> None:
        if self.only_the_owner(agent, self.attempt("resolve", agent, "", self.now)):
            assert self.conversation.status is Status.RESOLVED

    @rule()
    def the_bot_resolves(self) -> None:
        was = self.conversation
        change = self.attempt("resolve_by_bot", self.now)
        assert (change is not None) == (was.owner is Owner.BOT)
        if change:
            assert (self.conversation.status, self.conversation.epoch) == (Status.RESOLVED, was.epoch)

    @rule(agent=agents)
    def an_agent_snoozes(self, agent: str) -> None:
        self.only_the_owner(agent, self.attempt("snooze", agent, self.now + 100, self.now))

    @rule()
    def it_is_reopened(self) -> None:
        assert self.attempt("reopen", self.now) is not None
        assert self.conversation.status is Status.OPEN

    def only_the_owner(self, agent: str, change: Change | None) -> Change | None:
        if change is not None:
            assert self.owner_before == ("agent", agent)
        return change

    @invariant()
    def remember_the_owner(self) -> None:
        conversation = self.conversation
        self.owner_before = (conversation.owner.value, conversation.agent_id)

    @invariant()
    def an_agent_is_named_exactly_when_one_owns_it(self) -> None:
        owned = self.conversation.owner is Owner.AGENT
        assert (self.conversation.agent_id is not None) == owned
        assert (self.conversation.agent_name is not None) == owned

    @invariant()
    def a_handoff_lives_exactly_while_a_person_is_awaited_or_at_work(self) -> None:
        assert (self.conversation.handoff is not None) == (self.conversation.owner is not Owner.BOT)

    @invariant()
    def offers_stand_only_in_the_queue(self) -> None:
        handoff = self.conversation.handoff
        if handoff is not None and handoff.offer is not None:
            assert self.conversation.owner is Owner.QUEUE

    @invariant()
    def each_status_fits_its_owner(self) -> None:
        conversation = self.conversation
        assert (conversation.snoozed_until is not None) == (conversation.status is Status.SNOOZED)
        if conversation.status is Status.SNOOZED:
            assert conversation.owner is Owner.AGENT
        if conversation.status is Status.RESOLVED:
            assert conversation.owner is Owner.BOT
        assert (conversation.resolved_by is not None) == (conversation.status is Status.RESOLVED)

    @invariant()
    def whoever_has_it_is_among_those_who_had_it_each_once(self) -> None:
        conversation = self.conversation
        self.had_it |= {conversation.agent_id} - {None}
        assert set(conversation.had_by) == self.had_it
        assert len(conversation.had_by) == len(self.had_it)

    @invariant()
    def an_agent_who_passes_again_is_listed_once(self) -> None:
        passed = self.conversation.handoff.passed if self.conversation.handoff else ()
        assert len(set(passed)) == len(passed)

    @precondition(lambda self: self.conversation.owner is not Owner.BOT)
    @invariant()
    def there_is_always_a_way_back_to_the_bot(self) -> None:
        conversation = self.conversation
        if conversation.owner is Owner.QUEUE:
            assert conversation.give_up(self.now).conversation.owner is Owner.BOT
            assert conversation.claim("ada", "Ada", self.now).conversation.owner is Owner.AGENT
        else:
            assert conversation.agent_id is not None
            assert conversation.return_to_bot(conversation.agent_id, "done", self.now).conversation.owner is Owner.BOT
            assert conversation.ended_at or conversation.release(self.now).conversation.owner is Owner.QUEUE


TestOwnership = Ownership.TestCase
TestOwnership.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_the_loser_of_a_claim_is_told_who_won() -> None:
    with pytest.raises(AlreadyTaken, match="Ada"):
        with_ada().claim("bo", "Bo", 3)


def test_claiming_ones_own_conversation_again_changes_nothing() -> None:
    assert with_ada().claim("ada", "Ada", 3) == Change(with_ada())


def test_a_conversation_nobody_asked_a_person_for_cannot_be_claimed() -> None:
    with pytest.raises(WrongOwner):
        fresh().claim("ada", "Ada", 1)


def test_an_offer_to_one_agent_does_not_keep_another_from_claiming() -> None:
    offered = waiting().offer("ada", "Ada", 30, 2).conversation
    assert offered.claim("bo", "Bo", 3).conversation.agent_id == "bo"


def test_an_agent_whose_offer_lapsed_cannot_decline_it() -> None:
    lapsed = waiting().offer("ada", "Ada", 30, 2).conversation.pass_over("ada", "Ada", 31, lapsed=True).conversation
    with pytest.raises(WrongOwner):
        lapsed.pass_over("ada", "Ada", 32, lapsed=False)


@pytest.mark.parametrize("step", ["return_to_bot", "resolve"])
def test_only_the_agent_who_has_it_ends_a_handoff(step: str) -> None:
    with pytest.raises(NotAllowed):
        getattr(with_ada(), step)("bo", "done", 3)


def test_the_log_tells_the_customer_of_a_claim_but_not_of_an_offer() -> None:
    offer = waiting().offer("ada", "Ada", 30, 2)
    claim = offer.conversation.claim("ada", "Ada", 3)
    assert offer.entries[0].visibility is Visibility.INTERNAL
    assert (claim.entries[0].visibility, claim.entries[0].event) == (Visibility.PUBLIC, OwnerEvent.CLAIMED)


def test_a_released_conversation_waits_at_the_front_and_may_be_offered_to_everybody() -> None:
    passed = waiting().offer("bo", "Bo", 30, 2).conversation.pass_over("bo", "Bo", 3, lapsed=False).conversation
    released = passed.claim("ada", "Ada", 4).conversation.release(5).conversation
    assert released.handoff is not None
    assert (released.handoff.front, released.handoff.passed) == (True, ())


def test_a_snoozed_conversation_that_changes_hands_is_open_again() -> None:
    snoozed = with_ada().snooze("ada", 100, 3).conversation
    assert snoozed.transfer("ada", "bo", "Bo", 4).conversation.status is Status.OPEN
    assert snoozed.release(4).conversation.snoozed_until is None


def test_the_bot_closes_what_it_owns_and_the_log_says_so_to_colleagues_only() -> None:
    change = fresh().resolve_by_bot(5)
    (entry,) = change.entries
    assert (entry.event, entry.owner, entry.author) == (OwnerEvent.RESOLVED, Owner.BOT, Author.BOT)
    assert entry.visibility is Visibility.INTERNAL
    assert (change.conversation.resolved_by, change.conversation.epoch) == (Owner.BOT, 0)
    assert not change.wakes
    assert change.conversation.resolve_by_bot(6) == Change(change.conversation)


@pytest.mark.parametrize("owned", [waiting(), with_ada()])
def test_the_bot_cannot_close_what_a_person_has_or_is_awaited_in(owned: Conversation) -> None:
    with pytest.raises(WrongOwner):
        owned.resolve_by_bot(5)


def test_who_closed_a_conversation_is_known_until_it_is_open_again() -> None:
    by_ada = with_ada().resolve("ada", "", 3).conversation
    assert by_ada.resolved_by is Owner.AGENT
    assert by_ada.reopen(4).conversation.resolved_by is None
    assert by_ada.request_handoff("h_2", HandoffReason.ASKED, "", {}, 4).conversation.resolved_by is None


def test_reopening_an_open_conversation_changes_nothing() -> None:
    assert fresh().reopen(1) == Change(fresh())


def test_revising_raises_the_version_and_nothing_else() -> None:
    before = fresh()
    assert before.revised(cursor=3) == replace(before, cursor=3, version=1)
