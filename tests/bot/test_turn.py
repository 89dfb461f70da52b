"""Reading turn requests and choices: whatever comes in, it is read or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.choice import read_choice
from bot.errors import BadRequest
from bot.turn import TurnRequest, TurnTime, read_turn

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(["conversation_id", "message_id", "text", "choice", "language", "metadata", "other"])


def read_or_refused(body: bytes) -> TurnRequest | None:
    """The request, or None when it is refused as a request has to be."""
    try:
        return read_turn(body)
    except BadRequest as refusal:
        status = refusal.status
    assert 400 <= status < 500
    return None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    read_or_refused(body)


@given(st.dictionaries(fields, anything))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_read_or_refused(body: dict[str, Any]) -> None:
    turn = read_or_refused(json.dumps(body).encode())
    assert turn is None or (turn.text is None) != (turn.choice is None)


@given(st.text(max_size=60) | st.from_regex(r"/\w+\{.*\}", fullmatch=True))
def test_any_choice_is_read_or_refused(payload: str) -> None:
    try:
        choice = read_choice(payload)
    except BadRequest:
        return
    assert payload.strip().startswith("/" + choice.intent)


plain = st.text(min_size=1) | st.integers() | st.booleans() | st.none()


@given(st.dictionaries(st.text(min_size=1), plain | st.lists(plain, min_size=1), max_size=5))
def test_a_choice_keeps_the_entities_it_was_given(entities: dict[str, Any]) -> None:
    choice = read_choice("/inform" + json.dumps(entities))
    assert choice.intent == "inform"
    assert choice.entities == entities
    assert {found["entity"] for found in choice.as_entities()} == set(entities)


def test_a_missing_field_and_null_are_the_same() -> None:
    turn = read_turn(b'{"conversation_id": "c", "message_id": "m", "text": "hi", "choice": null, "metadata": null}')
    assert (turn.text, turn.choice, turn.metadata, turn.language, turn.channel) == ("hi", None, {}, "en", "baton")


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-Hant-TW"])
def test_languages_are_tags(language: str) -> None:
    body = {"conversation_id": "c", "message_id": "m", "text": "hi", "language": language}
    assert read_turn(json.dumps(body).encode()).language == language


def test_more_is_begun_in_the_first_half_of_a_turn_and_done_before_its_last_quarter() -> None:
    clock = [100.0]
    time = TurnTime(8.0, lambda: clock[0])
    assert (time.may_begin_more, time.seconds_for_more) == (True, 6.0)
    clock[0] = 103.9
    assert (time.may_begin_more, time.seconds_for_more) == (True, pytest.approx(2.1))
    clock[0] = 104.0
    assert not time.may_begin_more
    clock[0] = 109.0
    assert time.seconds_for_more == 0.0


@pytest.mark.parametrize(
    ("metadata", "order"),
    [
        ({"about": {"order_number": "10234"}}, "10234"),
        ({"about": {"order_number": ""}}, None),
        ({"about": {"order_number": 10234}}, None),
        ({"about": "10234"}, None),
        ({"about": {}}, None),
        ({}, None),
    ],
)
def test_the_order_that_a_customer_was_told_about_is_a_text_or_none(metadata: Any, order: str | None) -> None:
    body = {"conversation_id": "c_1", "message_id": "m_1", "text": "hi", "metadata": metadata}
    assert read_turn(json.dumps(body).encode()).order_told_about == order
