"""Promise 9 at the store: in whatever order things happen, nothing to be sent is forgotten, skipped or told wrongly.

A state machine has the bot speak, senders lose their leases and go on regardless, reports come early, late, twice and
out of order, letters die, are replayed and dropped, and the worker commits in between. Both stores do the same steps
and must tell the same; what they tell is checked against what a sender may rely on. 40 runs of up to 40 steps on both,
0 broken.

Goes red without its guard: with the comparison of leases taken out of settle.lua an old sender moves the cursor; with
the comparison of ranks in report.lua turned into "another one", older news is told again; without the append to
`outgoing` in due.lua what is said during a lease is never sent. test_outbox.py holds the single cases.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from handoff.delivery import DeliveryReport, DeliveryStatus, is_outgoing, rank
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.errors import NotFound, Stale
from handoff.store.sending_port import Parcel
from tests.handoff.store.samples import ID, LEASE, NOW, accept, message, pushed
from tests.handoff.store.twins import Twins

said = st.lists(st.sampled_from(["say", "note"]), min_size=1, max_size=4)
statuses = st.sampled_from(list(DeliveryStatus))
message_ids = st.sampled_from([f"m{number}" for number in range(3)])
which = st.sampled_from([0, 0, 0, 1, 2])


class Sending(Twins, RuleBasedStateMachine):
    """A conversation with a bot that speaks, several senders, and a platform that reports as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.parcels: list[Parcel] = []
        self.words = 0
        self.settled = 0
        self.log: tuple[Entry, ...] = ()
        self.dead: set[int] = set()

    @initialize()
    def begin(self) -> None:
        self.conversation = self.both(lambda s: s.conversations.open(pushed()))

    # what happens

    @rule(kinds=said)
    def speak(self, kinds: list[str]) -> None:
        """Commit on the conversation as it was read at the very beginning, if no commit came in between."""
        entries = [self.entry(kind) for kind in kinds]
        before = self.conversation
        assert self.both(lambda s: s.conversations.commit(before, before, entries, self.now)) is not Stale

    @rule()
    def customer_writes(self) -> None:
        self.words += 1
        key = str(self.words)
        self.both(lambda s: accept(s.conversations, key, now=self.now))

    @rule()
    def worker_works(self) -> None:
        work = self.both(lambda s: s.conversations.take(ID, self.now, LEASE))
        if work is None:
            return
        after = work.conversation.revised(cursor=work.entries[-1].seq)
        reply = self.entry("say")
        assert self.both(lambda s: s.conversations.commit(work.conversation, after, [reply], self.now)) is not Stale
        self.conversation = after

    @rule()
    def take(self) -> None:
        parcel = self.both(lambda s: s.outbox.take(ID, self.now, LEASE))
        if parcel is not None:
            self.parcels.append(parcel)

    @rule(ms=st.sampled_from([1, 1000, LEASE]))
    def time_passes(self, ms: int) -> None:
        self.now += ms

    @precondition(lambda self: self.parcels)
    @rule(old=which, message_id=message_ids)
    def part_goes_out(self, old: int, message_id: str) -> None:
        parcel = self.parcel(old)
        seq = self.next_of(parcel)
        if seq is not None:
            outcome = self.both(lambda s: s.outbox.part_sent(parcel, seq, f"{message_id} of {seq}", self.now))
            assert outcome in ((None,) if self.holds(parcel) else (Stale,))

    @precondition(lambda self: self.parcels)
    @rule(old=which, status=st.sampled_from([DeliveryStatus.SENT, DeliveryStatus.FAILED]))
    def settle(self, old: int, status: DeliveryStatus) -> None:
        parcel = self.parcel(old)
        seq = self.next_of(parcel)
        if seq is None:
            return
        report = DeliveryReport(status, self.now, "code of the sender", "hint")
        outcome = self.both(lambda s: s.outbox.settle(parcel, seq, report, self.now))
        if not self.holds(parcel):
            assert outcome is Stale
        if outcome is None:
            assert seq == self.settled_next(), "nothing is settled out of turn"
            self.settled = seq

    @precondition(lambda self: self.parcels)
    @rule(old=which, ms=st.sampled_from([-5, 0, 1000]), tried=st.booleans(), doubt=st.booleans())
    def put_off(self, old: int, ms: int, tried: bool, doubt: bool) -> None:
        parcel = self.parcel(old)
        until = self.now + ms
        self.both(lambda s: s.outbox.put_off(parcel, until, tried=tried, doubt=doubt))

    @rule(message_id=message_ids, ahead=st.integers(-1, 1), status=statuses, part=st.none() | st.integers(0, 2))
    def platform_reports(self, message_id: str, ahead: int, status: DeliveryStatus, part: int | None) -> None:
        """Tell of what was sent, of what is being sent, or of what nobody has sent yet."""
        outgoing = [entry.seq for entry in self.log if is_outgoing(entry)]
        done = sum(seq <= self.settled for seq in outgoing)
        seq = outgoing[min(max(done + ahead, 0), len(outgoing) - 1)] if outgoing else 1
        report = DeliveryReport(status, self.now, f"code {status.value}")
        place = None if part is None else (seq, part)
        self.both(lambda s: s.outbox.report(ID, f"{message_id} of {seq}", report, self.now, place=place))

    @rule(seq=st.integers(0, 12), again=st.booleans())
    def operator_looks(self, seq: int, again: bool) -> None:
        if again:
            outcome = self.both(lambda s: s.outbox.replay(ID, seq, self.now))
        else:
            outcome = self.both(lambda s: s.outbox.drop(ID, seq))
        assert (outcome is NotFound) == (seq not in self.dead)

    # what must hold

    @invariant()
    def both_tell_what_a_sender_may_rely_on(self) -> None:
        self.both(lambda s: s.outbox.due(self.now))
        one_day = self.now + 86_400_000
        due = self.both(lambda s: s.outbox.due(one_day))
        self.dead = {letter.entry.seq for letter in self.both(lambda s: s.outbox.dead())}
        page = self.both(lambda s: s.conversations.read(ID, 0))
        self.log = () if page is NotFound else page.entries
        assert bool(due) == (self.settled_next() is not None), "what is not settled is due sooner or later"

        told: dict[int, list[int]] = defaultdict(list)
        for entry in self.log:
            if entry.kind is Kind.DELIVERY:
                assert entry.in_reply_to is not None
                assert is_outgoing(self.log[entry.in_reply_to - 1])
                told[entry.in_reply_to].append(rank(DeliveryStatus(entry.facts["status"])))
        assert all(ranks == sorted(set(ranks)) for ranks in told.values()), "each report says more than the last"
        assert all(told[entry.seq] for entry in self.log[: self.settled] if is_outgoing(entry))
        assert self.dead <= {seq for seq, ranks in told.items() if ranks[-1] == rank(DeliveryStatus.FAILED)}

    # how it is looked at

    def entry(self, kind: str) -> Entry:
        self.words += 1
        if kind == "note":
            return Entry(Kind.NOTE, Author.AGENT, self.now, text=str(self.words), visibility=Visibility.INTERNAL)
        return message(str(self.words), Author.BOT)

    def settled_next(self) -> int | None:
        """Return the first entry to send that no sender has settled."""
        return next((entry.seq for entry in self.log if entry.seq > self.settled and is_outgoing(entry)), None)

    def parcel(self, old: int) -> Parcel:
        """Return the parcel taken last, or an older one whose sender has not noticed yet."""
        return self.parcels[-1 - old % len(self.parcels)]

    def next_of(self, parcel: Parcel) -> int | None:
        return next((one.seq for one in parcel.entries if one.seq > self.settled and is_outgoing(one)), None)

    def holds(self, parcel: Parcel) -> bool:
        """Tell whether nobody ended this lease: asked of the twin, for the scripts must agree with it."""
        twin: Any = self.stores[0]
        return bool(twin.outbox._of(ID).lease == parcel.lease)


def test_nothing_to_be_sent_is_forgotten(redis_url: str) -> None:
    run_state_machine_as_test(
        Sending.on(redis_url), settings=settings(max_examples=40, stateful_step_count=40, deadline=None)
    )
