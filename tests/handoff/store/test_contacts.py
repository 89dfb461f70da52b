"""Who contacts are and what belongs to one person, asked of the twin in memory and of Redis alike."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from handoff.errors import Stale
from handoff.store.contacts_port import Identity, Merge, Profile
from handoff.store.memory import MemoryStore
from handoff.store.port import Store
from handoff.store.redis_store import RedisStore
from tests.handoff.store.twins import Twins

CHANNEL = "whatsapp"


def identity(conversation_id: str, *ids: str, channel: str = CHANNEL) -> Identity:
    return Identity(channel, conversation_id, f"contact of {conversation_id}", ids)


async def written(store: Store, *profiles: Profile) -> list[Profile]:
    """Write new profiles in one step; returns them as kept."""
    await store.contacts.save({profile.id: (Profile(profile.id), profile) for profile in profiles})
    return [replace(profile, version=1) for profile in profiles]


# identities


async def test_a_new_contact_is_kept_and_found_again(store: Store) -> None:
    first = identity("c_1", "user:1", "phone:45")
    assert await store.contacts.reach(first) == first
    assert await store.contacts.reach(identity("c_2", "user:1", "phone:45")) == first
    assert await store.contacts.identity_of("c_1") == first
    assert await store.contacts.identity_of("c_2") is None


async def test_any_id_is_enough_and_the_rest_are_learned(store: Store) -> None:
    await store.contacts.reach(identity("c_1", "phone:45"))
    reached = await store.contacts.reach(identity("c_2", "user:1", "phone:45"))
    assert (reached.conversation_id, reached.ids) == ("c_1", ("user:1", "phone:45"))
    assert (await store.contacts.reach(identity("c_3", "user:1"))).conversation_id == "c_1"
    changed = await store.contacts.reach(identity("c_4", "user:1", "phone:46"))
    assert (changed.conversation_id, changed.ids) == ("c_1", ("user:1", "phone:46", "phone:45"))
    assert await store.contacts.identity_of("c_1") == changed


async def test_an_id_stays_with_whom_it_belongs_to(store: Store) -> None:
    await store.contacts.reach(identity("c_1", "user:1"))
    await store.contacts.reach(identity("c_2", "phone:45"))
    reached = await store.contacts.reach(identity("c_3", "user:1", "phone:45"))
    assert (reached.conversation_id, reached.ids) == ("c_1", ("user:1",))
    assert (await store.contacts.reach(identity("c_4", "phone:45"))).conversation_id == "c_2"


async def test_a_number_that_was_given_up_is_its_next_owners(store: Store) -> None:
    """Seen red with any known id being enough: who got the number went on in the conversation of who had it."""
    await store.contacts.reach(identity("c_1", "user:1", "phone:45"))
    reached = await store.contacts.reach(identity("c_2", "user:2", "phone:45"))
    assert (reached.conversation_id, reached.ids) == ("c_2", ("user:2", "phone:45"))
    before = await store.contacts.identity_of("c_1")
    assert before is not None
    assert before.ids == ("user:1",)
    assert (await store.contacts.reach(identity("c_3", "phone:45"))).conversation_id == "c_2"
    assert (await store.contacts.reach(identity("c_3", "user:1"))).conversation_id == "c_1"


async def test_channels_have_ids_of_their_own(store: Store) -> None:
    await store.contacts.reach(identity("c_1", "1"))
    assert (await store.contacts.reach(identity("c_2", "1", channel="telegram"))).conversation_id == "c_2"
    assert await store.contacts.find("telegram", ["1"]) == identity("c_2", "1", channel="telegram")


async def test_looking_for_somebody_keeps_nothing(store: Store) -> None:
    assert await store.contacts.find(CHANNEL, ["1"]) is None
    assert await store.contacts.find(CHANNEL, []) is None
    await store.contacts.reach(identity("c_1", "2"))
    assert await store.contacts.find(CHANNEL, ["1", "2"]) == identity("c_1", "2")
    assert await store.contacts.find(CHANNEL, ["1"]) is None


async def test_of_many_first_messages_at_once_one_opens_the_conversation(store: Store) -> None:
    told = await asyncio.gather(*[store.contacts.reach(identity(f"c_{n}", "user:1")) for n in range(20)])
    assert len({reached.conversation_id for reached in told}) == 1


@pytest.mark.parametrize("ids", [(), ("",), ("user:1", "")])
async def test_nobody_is_kept_without_an_id(store: Store, ids: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="at least one id"):
        await store.contacts.reach(identity("c_1", *ids))


# profiles


async def test_a_contact_without_a_profile_has_an_empty_one(store: Store) -> None:
    assert await store.contacts.profile("p_1") == Profile("p_1")
    assert await store.contacts.holder("phone:45") is None


async def test_a_profile_comes_back_as_it_was(store: Store) -> None:
    here = identity("c_1", "user:1")
    full = Profile(
        "p_1",
        identities=(here,),
        merges=(Merge("m_1", "p_2", "customer:9", 5, (here,)),),
        apart=("p_3",),
        preferred="telegram",
        opted_out=("whatsapp",),
        proofs=("customer:9", 'an "odd" one / 中文'),
        by_order=("customer:9",),
    )
    assert [await store.contacts.profile("p_1")] != await written(store, full)
    assert await store.contacts.profile("p_1") == replace(full, version=1)


async def test_a_change_made_on_an_old_profile_is_refused_whole(store: Store) -> None:
    one, two = await written(store, Profile("p_1"), Profile("p_2"))
    await store.contacts.save({"p_2": (two, replace(two, preferred="telegram"))})
    with pytest.raises(Stale):
        await store.contacts.save(
            {
                "p_1": (one, replace(one, proofs=("phone:45",))),
                "p_2": (two, replace(two, merged_into="p_1")),
            },
            {"phone:45": (None, "p_1")},
        )
    assert await store.contacts.profile("p_1") == one
    assert await store.contacts.holder("phone:45") is None
    assert (await store.contacts.profile("p_2")).preferred == "telegram"


async def test_each_write_gives_the_next_version_whoever_counts(store: Store) -> None:
    (kept,) = await written(store, replace(Profile("p_1"), version=1))
    await store.contacts.save({"p_1": (kept, kept)})
    assert (await store.contacts.profile("p_1")).version == 2


async def test_a_merged_profile_leads_to_the_one_it_is_part_of(store: Store) -> None:
    two = Profile("p_2", merged_into="p_1")
    one, *_ = await written(store, Profile("p_1"), two, Profile("p_3", merged_into="p_2"))
    assert await store.contacts.profile("p_3") == one


async def test_what_is_kept_of_a_merged_contact_itself_is_read_too(store: Store) -> None:
    two = Profile("p_2", merged_into="p_1", proofs=("phone:45",))
    _, kept = await written(store, Profile("p_1"), two)
    assert await store.contacts.kept("p_2") == kept
    assert await store.contacts.kept("p_9") == Profile("p_9")


async def test_profiles_that_lead_in_a_circle_are_answered_all_the_same(store: Store) -> None:
    await written(store, Profile("p_1", merged_into="p_2"), Profile("p_2", merged_into="p_1"))
    assert (await store.contacts.profile("p_1")).id == "p_2"


async def lead(store: Store, leads: dict[str, tuple[str | None, str | None]]) -> None:
    """Write to whom proofs lead, beside a profile that nobody else writes."""
    one = await store.contacts.kept("p_any")
    await store.contacts.save({"p_any": (one, one)}, leads)


async def test_a_proof_leads_to_whom_it_was_given_and_to_nobody_once_it_is_freed(store: Store) -> None:
    assert await store.contacts.holder('an "odd" one / 中文') is None
    await lead(store, {'an "odd" one / 中文': (None, "p_1"), "phone:45": (None, "p_2")})
    assert await store.contacts.holder('an "odd" one / 中文') == "p_1"
    await lead(store, {"phone:45": ("p_2", None)})
    assert await store.contacts.holder("phone:45") is None
    await lead(store, {"phone:45": (None, None)})
    assert await store.contacts.holder("phone:45") is None


async def test_a_proof_passes_from_one_to_another_only_if_it_is_where_it_was_read(store: Store) -> None:
    """Seen red on both stores with the comparison taken out: who was slower took the proof from who was faster."""
    await lead(store, {"phone:45": (None, "p_1")})
    await lead(store, {"phone:45": ("p_1", "p_2")})
    before = await store.contacts.kept("p_any")
    for led in (None, "p_1"):
        with pytest.raises(Stale):
            await lead(store, {"phone:46": (None, "p_3"), "phone:45": (led, "p_3")})
    assert await store.contacts.holder("phone:45") == "p_2"
    assert await store.contacts.holder("phone:46") is None
    assert await store.contacts.kept("p_any") == before


async def test_what_proofs_a_profile_has_says_nothing_of_where_they_lead(store: Store) -> None:
    (kept,) = await written(store, Profile("p_1", proofs=("phone:45",)))
    assert await store.contacts.holder("phone:45") is None
    await lead(store, {"phone:45": (None, "p_1")})
    await store.contacts.save({"p_1": (kept, replace(kept, proofs=()))})
    assert await store.contacts.holder("phone:45") == "p_1"


async def test_of_many_who_show_the_same_proof_at_once_one_is_first(store: Store) -> None:
    async def show(number: int) -> bool:
        name = f"p_{number}"
        try:
            await store.contacts.save({name: (Profile(name), Profile(name))}, {"phone:45": (None, name)})
        except Stale:
            return False
        return True

    assert sum(await asyncio.gather(*[show(number) for number in range(20)])) == 1


async def test_a_profile_is_saved_under_its_own_name(store: Store) -> None:
    with pytest.raises(ValueError, match="own id"):
        await store.contacts.save({"p_1": (Profile("p_2"), Profile("p_2"))})


async def test_of_many_who_join_the_same_two_one_wins(store: Store) -> None:
    one, two = await written(store, Profile("p_1"), Profile("p_2"))

    async def join(number: int) -> bool:
        try:
            await store.contacts.save(
                {
                    "p_1": (one, replace(one, proofs=(f"proof {number}",))),
                    "p_2": (two, replace(two, merged_into="p_1")),
                }
            )
        except Stale:
            return False
        return True

    assert sum(await asyncio.gather(*[join(number) for number in range(20)])) == 1


# sent notices


async def test_an_idempotency_key_is_remembered_with_its_body(store: Store) -> None:
    assert await store.contacts.note_sent("k", "one", 60) is None
    assert await store.contacts.note_sent("k", "two", 60) == "one"
    assert await store.contacts.note_sent("k", "one", 60) == "one"
    assert await store.contacts.note_sent("other", "two", 60) is None


async def test_an_idempotency_key_is_forgotten_at_its_time() -> None:
    seconds = [0.0]
    store = MemoryStore(lambda: seconds[0])
    await store.contacts.note_sent("k", "one", 60)
    seconds[0] = 60.0
    assert await store.contacts.note_sent("k", "two", 60) is None


async def test_redis_forgets_an_idempotency_key_by_itself(redis_url: str) -> None:
    store = RedisStore(redis_url)
    await store.contacts.note_sent("k", "one", 60)
    assert 0 < await store._link.call("TTL", "baton:{contacts}:sent:k") <= 60
    await store.close()


# any order of things

names = st.sampled_from(["p_1", "p_2", "p_3"])
proofs = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True).map(tuple)
odd = st.none() | names
platform_ids = st.lists(st.sampled_from(["1", "a:1", "a:2", "b:1", "b:2"]), min_size=1, max_size=3, unique=True)


class People(Twins, RuleBasedStateMachine):
    """Contacts that come by any of their ids, and profiles that are joined and parted in every order."""

    def __init__(self) -> None:
        super().__init__()
        self.written: dict[str, Profile] = {}
        self.leads: dict[str, str | None] = {}

    @rule(number=st.integers(1, 6), ids=platform_ids)
    def come(self, number: int, ids: list[str]) -> None:
        reached = self.both(lambda s: s.contacts.reach(identity(f"c_{number}", *ids)))
        assert self.both(lambda s: s.contacts.find(CHANNEL, reached.ids)) == reached
        assert self.both(lambda s: s.contacts.identity_of(reached.conversation_id)) == reached

    @rule(name=names, into=odd, has=proofs, proof=st.sampled_from("abc"), led=odd, to=odd, old=st.booleans())
    def write(
        self, name: str, into: str | None, has: tuple[str, ...], proof: str, led: str | None, to: str | None, old: bool
    ) -> None:
        kept = self.written.get(name, Profile(name))
        before = replace(kept, version=0) if old else kept
        after = replace(before, merged_into=None if into == name else into, proofs=has)
        outcome = self.both(lambda s: s.contacts.save({name: (before, after)}, {proof: (led, to)}))
        fits = before.version == kept.version and self.leads.get(proof) == led
        assert outcome == (None if fits else Stale)
        if outcome is None:
            self.written[name] = replace(after, version=before.version + 1)
            self.leads[proof] = to

    @rule(name=names, proof=st.sampled_from("abc"))
    def look(self, name: str, proof: str) -> None:
        self.both(lambda s: s.contacts.profile(name))
        assert self.both(lambda s: s.contacts.holder(proof)) == self.leads.get(proof)


def test_both_stores_tell_the_same_of_people(redis_url: str) -> None:
    run_state_machine_as_test(
        People.on(redis_url), settings=settings(max_examples=40, stateful_step_count=20, deadline=None)
    )
