"""What actions may signal, and how signals add up."""

from __future__ import annotations

from typing import Any

import pytest

from bot.effects import merge_effects
from bot.errors import DomainMismatch


def test_no_signal_is_no_effect() -> None:
    assert merge_effects([{}, {}, {"not_understood": True}]) == {}


def test_details_add_up_and_the_last_handoff_and_language_win() -> None:
    merged = merge_effects(
        [
            {"handoff": {"reason": "asked"}, "details": {"a": 1, "b": 1}},
            {"language": "en", "resolve": True},
            {"handoff": {"reason": "upset", "topic": "refund", "details": {"x": None}}, "details": {"b": 2}},
            {"language": "da"},
        ]
    )
    assert merged == {
        "handoff": {"reason": "upset", "topic": "refund", "details": {"x": None}},
        "details": {"a": 1, "b": 2},
        "language": "da",
        "resolve": True,
    }


def test_a_customer_proven_is_told_once_however_many_of_their_orders_were_named() -> None:
    verified = {"verified": {"customer_id": "C-1"}}
    assert merge_effects([verified, {}, verified]) == verified


def test_who_proves_orders_of_two_customers_in_a_turn_is_neither() -> None:
    assert merge_effects([{"verified": {"customer_id": "C-1"}}, {"verified": {"customer_id": "C-2"}}]) == {}


@pytest.mark.parametrize(
    "signal",
    [
        {"hand_off": {}},
        {"handoff": None},
        {"handoff": {}},
        {"handoff": {"reason": "because"}},
        {"handoff": {"reason": ["asked"]}},
        {"handoff": {"reason": "asked", "topic": 7}},
        {"handoff": {"reason": "asked", "details": [1]}},
        {"handoff": {"reason": "asked", "surprise": 1}},
        {"language": ""},
        {"language": 7},
        {"details": []},
        {"details": {"x": float("nan")}},
        {"resolve": False},
        {"resolve": "yes"},
        {"verified": "C-1"},
        {"verified": {}},
        {"verified": {"customer_id": ""}},
        {"verified": {"customer_id": 7}},
        {"verified": {"customer_id": "C-1", "email": "kim@example.com"}},
    ],
)
def test_a_signal_outside_the_contract_is_refused(signal: dict[str, Any]) -> None:
    with pytest.raises(DomainMismatch):
        merge_effects([signal])
