"""Who is proven to be one person: any order of proofs and partings, against a model that only follows proofs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from handoff.contacts import Contacts
from handoff.linking import CUSTOMER, Person, joined, kind_of, parted, proofs_of, shown
from handoff.linking_rules import MOST_TOGETHER, obstacle
from handoff.model import Contact, Conversation
from handoff.store.agents_port import Agent
from handoff.store.contacts_port import Changes, Identity, Profile
from handoff.store.memory import MemoryStore
from tests.fakes import FakeClock

ADA = Agent("a_ada", "ada", "Ada Holm", "-")
NUMBERS = range(5)
PROOFS = ("customer:1", "customer:2", "phone:+451", "phone:+452", "phone:+453")


def customers(proofs: set[str]) -> set[str]:
    return {proof for proof in proofs if proof.startswith(CUSTOMER)}


def conversation(number: int) -> Conversation:
    return Conversation(f"c_{number}", Contact(f"p_{number}"), "web" if number % 2 else "telegram", created_at=0)


class People(RuleBasedStateMachine):
    """Five contacts show proofs and are parted in any order.

    Seen red with `is_apart_from` always false, with the check for two customers taken out, with `parted` leaving what
    was joined later on the side of the root whatever proved it, and with `give_way` changing nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.store = MemoryStore()
        self.contacts = Contacts(self.store, FakeClock())
        for number in NUMBERS:
            self.run(self.store.conversations.open(conversation(number)))
        self.shown: dict[int, set[str]] = {number: set() for number in NUMBERS}
        self.sure: dict[int, set[str]] = {number: set() for number in NUMBERS}
        self.parted: set[frozenset[int]] = set()

    def teardown(self) -> None:
        self.loop.close()

    def run(self, step: Any) -> Any:
        return self.loop.run_until_complete(step)

    def together(self, number: int) -> set[int]:
        linked = self.run(self.contacts.linked(conversation(number)))
        return {number, *(int(each.id[2:]) for each in linked)}

    @property
    def merges(self) -> list[tuple[int, str]]:
        people = ((number, self.run(self.contacts.person(f"p_{number}"))) for number in NUMBERS)
        return [(number, merge.id) for number, person in people for merge in person.root.merges]

    def tied(self, number: int) -> set[int]:
        """Return who is one with a contact by sure proofs, which follow from nothing but what was shown."""
        near, together = {number}, self.together(number)
        for _ in NUMBERS:
            known = set().union(*(self.sure[each] for each in near))
            near |= {each for each in together if self.sure[each] & known}
        return near

    def customers(self, number: int) -> set[str]:
        """Return which customers of the shop a contact surely is."""
        return customers(set().union(*(self.sure[each] for each in self.tied(number))))

    def may_join(self, number: int, proof: str, other: int) -> bool:
        """Tell whether nothing that is sure, nor an agent, keeps two apart of whom both have surely shown a proof."""
        mine, theirs = self.tied(number), self.tied(other)
        if len(self.customers(number) | self.customers(other) | customers({proof})) > 1:
            return False
        if any(frozenset((a, b)) in self.parted for a in self.together(number) for b in self.together(other)):
            return False
        again = {each for each in self.together(other) - mine | theirs if proof in self.shown[each] and each % 2 == 0}
        return not (proof.startswith("phone:") and number % 2 == 0 and again)

    @rule(number=st.sampled_from(NUMBERS), proof=st.sampled_from(PROOFS), by_order=st.booleans())
    def somebody_shows_a_proof(self, number: int, proof: str, by_order: bool) -> None:
        by_order = by_order and proof.startswith(CUSTOMER)  # an order says nothing of a phone
        before, surely = self.together(number), self.customers(number)
        led = self.run(self.store.contacts.holder(proof))
        first = None if led is None else int(led[2:])
        expected = not by_order and first is not None and proof in self.sure[first] and first not in before
        joins = expected and first is not None and self.may_join(number, proof, first)
        told = self.run(self.contacts.prove(conversation(number), proof, by_order=by_order))
        own = self.run(self.store.contacts.kept(f"p_{number}"))
        if proof in own.proofs:
            self.shown[number].add(proof)
        if proof in own.sure:
            self.sure[number].add(proof)
        after = self.together(number)
        assert not told or after - before
        assert not joins or first in after, "somebody is kept out by what is not sure"
        if not by_order:
            refused = proof.startswith(CUSTOMER) and surely - {proof}
            assert refused or proof in own.sure
            new = self.run(self.store.contacts.holder(proof))
            assert refused or proof in self.run(self.store.contacts.kept(new)).sure
        for each in NUMBERS:
            kept = self.run(self.store.contacts.kept(f"p_{each}"))
            forgotten = self.shown[each] - set(kept.proofs)
            assert not (forgotten and by_order), "an order makes nothing forgotten"
            assert forgotten <= customers(forgotten) - self.sure[each]
            self.shown[each] -= forgotten

    @precondition(lambda self: self.merges)
    @rule(which=st.randoms(use_true_random=False))
    def an_agent_undoes_a_merge(self, which: Any) -> None:
        number, merge_id = which.choice(self.merges)
        before = self.together(number)
        merge = self.run(self.contacts.person(f"p_{number}")).merge(merge_id)
        self.run(self.contacts.part(f"p_{number}", merge_id, ADA))
        one, other = (self.together(int(end[2:])) for end in (merge.by, merge.other))
        assert (one | other, one & other) == (before, set())
        self.parted |= {frozenset((a, b)) for a in one for b in other}

    @invariant()
    def only_those_with_the_same_proofs_are_together(self) -> None:
        for number in NUMBERS:
            reached, waiting = {number}, [number]
            while waiting:
                at = waiting.pop()
                near = {other for other in NUMBERS if self.shown[at] & self.shown[other]} - reached
                reached |= near
                waiting += near
            assert self.together(number) <= reached

    @invariant()
    def what_was_parted_stays_apart_and_no_two_customers_are_one(self) -> None:
        for number in NUMBERS:
            together = self.together(number)
            assert all(self.together(other) == together for other in together)
            assert not any(frozenset((a, b)) in self.parted for a in together for b in together)
            assert len(customers(set().union(*(self.shown[each] for each in together)))) <= 1

    @invariant()
    def a_proof_leads_to_one_who_has_shown_it(self) -> None:
        for proof in PROOFS:
            led = self.run(self.store.contacts.holder(proof))
            assert led is None or proof in self.run(self.store.contacts.kept(led)).proofs

    @invariant()
    def a_person_stands_once_and_whole(self) -> None:
        for number in NUMBERS:
            person: Person = self.run(self.contacts.person(f"p_{number}"))
            if person.root.version:
                assert [each.contact_id for each in person.root.identities].count(f"p_{number}") <= 1
                assert len(person.root.merges) == max(0, len(person.root.identities) - 1)
                assert not any(other.identities or other.merges for other in person.others)


def test_in_any_order_only_the_proven_are_together() -> None:
    run_state_machine_as_test(People, settings=settings(max_examples=60, stateful_step_count=25, deadline=None))


def written(changes: Changes, *before: Person) -> Person:
    """Return the person after a step, of whom some may not have changed."""
    kept = {member.id: member for person in before for member in person.members}
    after = list((kept | {name: profile for name, (_, profile) in changes.items()}).values())
    root = next(profile for profile in after if profile.merged_into is None)
    return Person(root, tuple(each for each in after if each is not root))


def identity(name: str) -> Identity:
    return Identity("web", f"c_{name}", name, ())


def test_parting_gives_back_what_there_was_before() -> None:
    one = written(shown(Person(Profile("p_1")), identity("p_1"), "phone:+451"))
    other = written(shown(Person(Profile("p_2")), identity("p_2"), "customer:2"))
    both = written(joined(other, identity("p_2"), "phone:+451", one, "m_1", 5))
    assert [each.contact_id for each in both.root.identities] == ["p_1", "p_2"]
    after = {name: profile for name, (_, profile) in parted(both, "m_1").items()}
    assert after["p_1"].identities == one.root.identities
    assert after["p_1"].proofs == one.root.proofs
    assert after["p_2"].identities == other.root.identities
    assert after["p_2"].proofs == (*other.root.proofs, "phone:+451")
    assert (after["p_1"].apart, after["p_2"].apart) == (("p_2",), ("p_1",))
    assert not after["p_1"].merges
    assert not after["p_2"].merged_into


def test_who_came_by_the_parted_ones_proof_goes_with_them() -> None:
    one = written(shown(Person(Profile("p_1")), identity("p_1"), "phone:+451"))
    two = written(joined(Person(Profile("p_2")), identity("p_2"), "phone:+451", one, "m_1", 1))
    two = written(shown(two, identity("p_2"), "customer:2"), two)
    three = written(joined(Person(Profile("p_3")), identity("p_3"), "customer:2", two, "m_2", 2), two)
    after = {name: profile for name, (_, profile) in parted(three, "m_1").items()}
    assert [each.contact_id for each in after["p_1"].identities] == ["p_1"]
    assert [each.contact_id for each in after["p_2"].identities] == ["p_2", "p_3"]
    assert after["p_3"].merged_into == "p_2"
    assert [merge.id for merge in after["p_2"].merges] == ["m_2"]


def test_who_was_parted_is_not_said_to_be_kept_apart_for_being_many() -> None:
    def many(name: str, *apart: str) -> Person:
        others = tuple(Profile(f"{name}{n}", merged_into=name) for n in range(MOST_TOGETHER - 1))
        return Person(Profile(name, apart=apart), others)

    here, there = many("p_1"), many("p_2")
    assert obstacle(here, identity("p_1"), "phone:+451", there) == "too_many"
    assert obstacle(many("p_1", "p_2"), identity("p_1"), "phone:+451", there) is None
    assert obstacle(here, identity("p_1"), "phone:+451", here) is None


@pytest.mark.parametrize(
    ("channel", "contact", "proofs"),
    [
        ("web", Contact("p"), ()),
        ("web", Contact("p", customer_id="7", phone="+4532123456"), ()),
        (
            "web",
            Contact("p", verified=True, customer_id="7", phone="+45 32-12 34 56"),
            ("customer:7", "phone:+4532123456"),
        ),
        ("web", Contact("p", verified=True, customer_id="7", phone="32123456"), ("customer:7",)),
        ("web", Contact("p", verified=True, customer_id="7", phone="call me"), ("customer:7",)),
        ("whatsapp", Contact("p", phone="+4532123456", name="Kim", email="kim@example.com"), ("phone:+4532123456",)),
        ("telegram", Contact("p", name="Kim"), ()),
    ],
)
def test_a_proof_is_what_the_page_signed_or_the_platform_verified(
    channel: str, contact: Contact, proofs: tuple[str, ...]
) -> None:
    assert proofs_of(Conversation("c", contact, channel, 0)) == proofs


def test_the_kind_of_a_proof_may_be_told_and_says_nothing_else() -> None:
    assert {kind_of(proof) for proof in PROOFS} == {"customer", "phone"}
