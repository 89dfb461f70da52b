"""How tasks end, action by action: once, honestly, and never for an order that is not proven."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.addresses import ChangeAddress
from actions.cancellations import CancelOrder
from actions.endings import EndOfFlow
from actions.order_status import TellOrderStatus
from actions.refunds import RequestRefund
from actions.returns import StartReturn
from actions.shop import ShopUnavailable
from actions.shop.sqlite import SqliteShop
from actions.verification import NotProven
from tests.actions.trackers import tracker

PROVEN = {"order_number": "10245", "verified_orders": {"10245": "C-1002"}}
FLOW = {"flow": {"form": "x", "key": "c_1:x:c_1:1"}}


@pytest.fixture
def shop(demo: Path, tmp_path: Path, loop: asyncio.AbstractEventLoop) -> Iterator[SqliteShop]:
    """A copy of the demo shop, which actions use."""
    shop = SqliteShop(Path(shutil.copy(demo, tmp_path / "shop.sqlite3")))
    services.provide(shop=shop)
    yield shop
    services.provide()
    loop.run_until_complete(shop.close())


def run(loop: asyncio.AbstractEventLoop, action: EndOfFlow, slots: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """The responses said, and the slots set."""
    dispatcher = CollectingDispatcher()
    events = loop.run_until_complete(action.run(dispatcher, tracker("yes", "affirm", slots=slots), {}))
    said = [message["response"] for message in dispatcher.messages if message["response"]]
    return said, {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def test_a_repeated_turn_makes_one_return(shop: SqliteShop, loop: asyncio.AbstractEventLoop) -> None:
    items = loop.run_until_complete(shop.returnable_items("C-1002", "10200")).items  # type: ignore[arg-type]
    chosen = {"return_items": {items[0].line_id: items[0].name}, "return_reason": "broken"}
    slots = {"order_number": "10200", "verified_orders": {"10200": "C-1002"}, **FLOW, **chosen}
    said = [run(loop, StartReturn(), slots)[0] for _ in range(3)]
    assert said == [["utter_return_started"]] * 3
    assert len(loop.run_until_complete(shop.returns("C-1002", "10200"))) == 1  # type: ignore[arg-type]


def test_a_repeated_turn_cancels_once_and_says_the_same(shop: SqliteShop, loop: asyncio.AbstractEventLoop) -> None:
    said = [run(loop, CancelOrder(), {**PROVEN, **FLOW})[0] for _ in range(2)]
    assert said == [["utter_order_cancelled_now"]] * 2


def test_the_answers_are_forgotten_and_the_proof_is_kept(shop: SqliteShop, loop: asyncio.AbstractEventLoop) -> None:
    _, slots = run(loop, CancelOrder(), {**PROVEN, **FLOW, "confirmed": True})
    assert slots["confirmed"] is None
    assert slots["flow"] is None
    assert "verified_orders" not in slots


@pytest.mark.parametrize("action", [TellOrderStatus, StartReturn, RequestRefund, CancelOrder, ChangeAddress])
def test_nothing_is_done_for_an_order_that_is_not_proven(
    shop: SqliteShop, loop: asyncio.AbstractEventLoop, action: type[EndOfFlow]
) -> None:
    with pytest.raises(NotProven):
        run(loop, action(), {"order_number": "10245", "verified_orders": {"10200": "C-1002"}, **FLOW})


def test_a_shop_that_is_down_at_the_last_moment_leads_to_a_person(
    shop: SqliteShop, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: object, **__: object) -> None:
        raise ShopUnavailable

    monkeypatch.setattr(shop, "cancel_order", down)
    said, slots = run(loop, CancelOrder(), {**PROVEN, **FLOW})
    assert said == ["utter_shop_unavailable"]
    assert slots["handoff_reason"] == "bot_failed"


def test_a_defect_in_an_action_is_not_hidden(
    shop: SqliteShop, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def defect(*_: object, **__: object) -> None:
        raise RuntimeError("defect")

    monkeypatch.setattr(shop, "cancel_order", defect)
    with pytest.raises(RuntimeError):
        run(loop, CancelOrder(), {**PROVEN, **FLOW})
