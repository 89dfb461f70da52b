"""Who may hear about which order."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actions.shop import CustomerId
from actions.shop.sqlite import SqliteShop
from actions.turn import Turn
from actions.verification import (
    MAX_FAILURES,
    NotProven,
    Proof,
    prove,
    proven_order,
    read_contact_detail,
    read_order_number,
    read_phone,
)
from tests.actions.trackers import tracker

OLIVER = "oliver.grant@example.com"


@pytest.fixture
def shop(demo: Path, tmp_path: Path, loop: asyncio.AbstractEventLoop) -> Iterator[SqliteShop]:
    """A copy of the demo shop."""
    shop = SqliteShop(Path(shutil.copy(demo, tmp_path / "shop.sqlite3")))
    yield shop
    loop.run_until_complete(shop.close())


class Customer:
    """Somebody who tries to prove orders, one after the other."""

    def __init__(
        self, shop: SqliteShop, loop: asyncio.AbstractEventLoop, contact: dict[str, Any] | None = None
    ) -> None:
        self.shop, self.loop, self.contact = shop, loop, contact
        self.slots: dict[str, Any] = {}

    def tries(self, order_number: str, detail: str | None) -> str | None:
        """The customer id that was proven, or None."""
        self.slots |= {"order_number": order_number, "contact_detail": detail}
        now = tracker(slots=self.slots, contact=self.contact)
        proof = self.loop.run_until_complete(prove(self.shop, now, Turn.of(now).contact))
        self.slots |= proof.slots
        return proof.customer_id


@pytest.mark.parametrize("written", ["10234", "#10234", "# 10234", "BN-10234", "bn 10234", " 10234 "])
def test_an_order_number_is_read_however_it_is_written(written: str) -> None:
    assert read_order_number(written) == "10234"


@pytest.mark.parametrize("written", ["", "abc", "#", "10 234", "1;DROP", "1" * 40])
def test_what_can_be_no_order_number_is_none(written: str) -> None:
    assert read_order_number(written) is None


def test_a_contact_detail_is_an_e_mail_address_or_a_phone_number() -> None:
    assert read_contact_detail(" a.b+c@example.com ") == "a.b+c@example.com"
    assert read_contact_detail("+44 20 7946 0123") == "+442079460123"
    assert read_contact_detail("mail me") is None
    assert read_contact_detail("a@b") is None


def test_a_phone_number_without_a_country_is_the_default_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_phone("32 12 34 56") == "+4532123456"
    monkeypatch.setenv("BATON_DEFAULT_REGION", "GB")
    assert read_phone("020 7946 0123") == "+442079460123"


def test_a_number_to_call_has_to_be_one_that_somebody_can_have() -> None:
    assert read_phone("+44 20 7946 0123", to_call=True) == "+442079460123"
    assert read_phone("+1 555 000 0000") == "+15550000000"
    assert read_phone("+1 555 000 0000", to_call=True) is None


def test_an_order_is_proven_by_its_own_e_mail_and_by_no_other(
    shop: SqliteShop, loop: asyncio.AbstractEventLoop
) -> None:
    customer = Customer(shop, loop)
    assert customer.tries("10234", "maya.lindqvist@example.com") is None
    assert customer.tries("10234", OLIVER.upper()) == "C-1002"
    assert customer.tries("10201", OLIVER) is None
    assert customer.slots["verified_orders"] == {"10234": "C-1002"}


def test_after_too_many_failures_even_the_right_detail_proves_nothing(
    shop: SqliteShop, loop: asyncio.AbstractEventLoop
) -> None:
    customer = Customer(shop, loop)
    for guess in range(MAX_FAILURES):
        customer.tries("10234", f"{guess}@example.com")
    assert customer.tries("10234", OLIVER) is None


def test_guessing_order_numbers_for_one_e_mail_counts_as_well(
    shop: SqliteShop, loop: asyncio.AbstractEventLoop
) -> None:
    customer = Customer(shop, loop)
    for number in ("10201", "10202", "10203"):
        assert customer.tries(number, OLIVER) is None
    assert customer.tries("10234", OLIVER) is None


def test_what_is_proven_stays_so_when_later_guesses_fail(shop: SqliteShop, loop: asyncio.AbstractEventLoop) -> None:
    customer = Customer(shop, loop)
    assert customer.tries("10234", OLIVER) == "C-1002"
    for guess in range(MAX_FAILURES):
        customer.tries("10201", f"{guess}@example.com")
    assert customer.tries("10234", None) == "C-1002"


def test_a_signed_customer_needs_no_detail_for_the_own_orders_only(
    shop: SqliteShop, loop: asyncio.AbstractEventLoop
) -> None:
    customer = Customer(shop, loop, {"verified": True, "customer_id": "C-1002"})
    assert customer.tries("10234", None) == "C-1002"
    assert customer.tries("10201", None) is None
    assert "failed_proofs" not in customer.slots


def test_what_is_proven_elsewhere_counts_for_that_order_and_is_not_kept(
    shop: SqliteShop, loop: asyncio.AbstractEventLoop
) -> None:
    """Seen red with the slots alone asked."""
    now = tracker(slots={"order_number": "10234"}, proven={"10234": "C-1002"})
    assert loop.run_until_complete(prove(shop, now, Turn.of(now).contact)) == Proof(CustomerId("C-1002"), {})
    assert proven_order(now) == ("C-1002", "10234")
    other = tracker(slots={"order_number": "10201"}, proven={"10234": "C-1002"})
    assert loop.run_until_complete(prove(shop, other, Turn.of(other).contact)).customer_id is None


@pytest.mark.parametrize("given", [None, {}, [], "10234", {"10234": None}, {"10234": 7}, {"10234": ""}])
def test_what_names_no_customer_proves_nothing(given: Any) -> None:
    with pytest.raises(NotProven):
        proven_order(tracker(slots={"order_number": "10234"}, proven=given))


def test_an_action_about_an_unproven_order_refuses_to_run() -> None:
    with pytest.raises(NotProven):
        proven_order(tracker(slots={"order_number": "10234", "verified_orders": {"10200": "C-1002"}}))
