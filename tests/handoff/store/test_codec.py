"""Records go to JSON and come back, from older and newer versions of themselves too."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.attachment import Attachment, AttachmentKind
from handoff.callback import Callback
from handoff.entry import Author, Entry, Kind
from handoff.model import Contact, Conversation, Handoff, Offer
from handoff.store.agents_port import Agent
from handoff.store.codec import decode, encode, same_as_kept

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
facts = st.dictionaries(st.text(), json_values, max_size=3)
degrees = st.none() | st.floats(-180, 180)
attachments = st.builds(
    Attachment, st.sampled_from(AttachmentKind), name=st.text(), size=st.integers(), latitude=degrees, longitude=degrees
)
entries = st.builds(Entry, facts=facts, attachments=st.lists(attachments, max_size=2).map(tuple))
conversations = st.builds(Conversation, details=facts)


@given(entries | conversations | st.builds(Callback) | st.builds(Agent))
def test_every_record_comes_back_as_it_was(record: Entry | Conversation | Callback | Agent) -> None:
    assert decode(type(record), encode(record)) == record


def test_a_default_takes_no_room() -> None:
    entry = Entry(Kind.MESSAGE, Author.BOT, at=5, text="hej")
    assert json.loads(encode(entry)) == {"kind": "message", "author": "bot", "at": 5, "text": "hej"}


def test_a_field_of_a_newer_version_is_passed_over() -> None:
    kept = '{"kind": "message", "author": "bot", "at": 5, "mood": {"joy": 1}, "text": "hej"}'
    assert decode(Entry, kept) == Entry(Kind.MESSAGE, Author.BOT, at=5, text="hej")


def test_a_field_that_an_older_version_lacked_gets_its_default() -> None:
    kept = '{"id": "c_1", "contact": {"id": "p_1"}, "channel": "web", "created_at": 5}'
    assert decode(Conversation, kept) == Conversation("c_1", Contact("p_1"), "web", created_at=5)


def test_what_is_kept_elsewhere_wins() -> None:
    entry = Entry(Kind.MESSAGE, Author.BOT, at=5, seq=3)
    assert decode(Entry, encode(entry), seq=7).seq == 7


def test_records_within_records_keep_their_types() -> None:
    conversation = decode(
        Conversation,
        """{"id": "c_1", "contact": {"id": "p_1"}, "channel": "web", "created_at": 5, "owner": "queue", "handoff":
        {"id": "h_1", "reason": "asked", "requested_at": 6, "offer": {"agent_id": "ada", "expires_at": 7},
         "passed": ["bo"]}}""",
    )
    assert isinstance(conversation.handoff, Handoff)
    assert conversation.handoff.offer == Offer("ada", 7)
    assert conversation.handoff.passed == ("bo",)


def test_facts_are_seen_as_a_reader_will_see_them() -> None:
    entry = Entry(Kind.NOTE, Author.AGENT, at=5, facts={"orders": ("1", "2")})
    assert same_as_kept(entry).facts == {"orders": ["1", "2"]}


def test_what_json_has_no_form_for_is_refused() -> None:
    with pytest.raises(TypeError, match="datetime"):
        encode(Entry(Kind.NOTE, Author.AGENT, at=5, facts={"when": datetime.now(UTC)}))
