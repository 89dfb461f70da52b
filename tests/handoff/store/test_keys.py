"""Where conversations are kept in Redis."""

from __future__ import annotations

import re
from dataclasses import astuple

from hypothesis import given
from hypothesis import strategies as st

from handoff.store.keys import PARTITIONS, conversation_keys


@given(st.text(min_size=1))
def test_the_keys_of_a_conversation_share_one_hash_tag(conversation_id: str) -> None:
    # Redis takes the first {…} of a key, so an id with braces changes nothing
    tags = {re.findall(r"\{(.+?)\}", key)[0] for key in astuple(conversation_keys(conversation_id))}
    assert len(tags) == 1


def test_a_conversation_stays_where_earlier_versions_kept_it() -> None:
    assert conversation_keys("c_1").log == "baton:{p10}:log:c_1"
    assert len(PARTITIONS) == 16


def test_conversations_spread_over_the_partitions() -> None:
    used = {conversation_keys(f"c_{number}").ready for number in range(500)}
    assert len(used) == len(PARTITIONS)
