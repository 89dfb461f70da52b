"""What the HTTP adapter makes of an API that is slow, broken, hostile or wrongly set."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from actions.shop import (
    AddressLocked,
    CustomerNotFound,
    NotCancellable,
    NotRefundable,
    NotReturnable,
    NotReturnableReason,
    OrderNotFound,
    ShopMisconfigured,
    ShopUnavailable,
)
from actions.shop.http import HttpShop
from actions.shop.http_client import ANSWER_LIMIT
from actions.shop.mapping import mapping_from
from actions.shop.model import Address
from tests.actions.shop.reference_api import Handler, serving
from tests.actions.shop.sample import ADA, BO, BOS, DELIVERED, clock, sample

ORDER = next(one for one in sample()["orders"] if one["order_number"] == DELIVERED)
Script = Callable[[HttpShop], Awaitable[None]]


def against(handler: Handler, script: Script, mapping: Any = None, **more: Any) -> None:
    """Runs a script on an adapter whose API answers everything with one handler."""

    async def play() -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        async with serving(app) as address:
            shop = HttpShop(address, mapping_from(mapping or {}), token="secret", clock=clock, **more)
            try:
                await script(shop)
            finally:
                await shop.close()

    asyncio.run(play())


def always(status: int, body: Any = None, **more: Any) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        if isinstance(body, (bytes, str)):
            return web.Response(status=status, body=body, **more)
        return web.json_response(body, status=status, **more)

    return answer


def changes_refused(status: int, body: Any = None) -> Handler:
    """Tells the sample's order, and refuses every change."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(ORDER) if request.method == "GET" else web.json_response(body, status=status)

    return answer


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_an_api_in_trouble_is_an_unavailable_shop(status: int) -> None:
    async def script(shop: HttpShop) -> None:
        with pytest.raises(ShopUnavailable):
            await shop.order(ADA, DELIVERED)
        with pytest.raises(ShopUnavailable):
            await shop.authenticate(DELIVERED, email="ada@example.com")

    against(always(status, {"error": "x"}), script)


def test_an_api_that_does_not_answer_in_time_is_an_unavailable_shop() -> None:
    async def hang(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async def script(shop: HttpShop) -> None:
        started = asyncio.get_running_loop().time()
        with pytest.raises(ShopUnavailable):
            await shop.order(ADA, DELIVERED)
        assert asyncio.get_running_loop().time() - started < 5

    against(hang, script, timeout=0.2)


def test_an_api_that_is_not_there_is_an_unavailable_shop() -> None:
    async def ask() -> None:
        async with serving(web.Application()) as address:
            pass
        shop = HttpShop(address)
        with pytest.raises(ShopUnavailable):
            await shop.policies()
        await shop.close()

    asyncio.run(ask())


def test_an_api_that_hangs_up_half_way_is_an_unavailable_shop() -> None:
    async def hang_up(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"order')
        assert request.transport is not None
        request.transport.close()
        return response

    async def script(shop: HttpShop) -> None:
        with pytest.raises(ShopUnavailable):
            await shop.order(ADA, DELIVERED)

    against(hang_up, script)


@pytest.mark.parametrize(
    ("handler", "sentence"),
    [
        (always(401, {}), "refuses the token (401 to GET /orders/{order_number}); check BATON_SHOP_TOKEN"),
        (always(403, {}), "refuses the token (403"),
        (always(302, "", headers={"Location": "http://127.0.0.1:1/"}), "answered 302 to GET /orders/{order_number}"),
        (always(405, {}), "answered 405"),
        (always(400, {}), "answered 400 to order"),
        (always(200, b"<html>"), "something that is not JSON"),
        (always(200, b"\xff"), "something that is not JSON"),
        (always(200, b"[" * 100_000), "something that is not JSON"),
        (always(200, b'"' + b"x" * ANSWER_LIMIT + b'"'), "more than 4,194,304 bytes"),
        (always(200, [ORDER]), "no order object"),
        (always(200, {**ORDER, "status": "lost"}), "status: expected one of placed, packed"),
        (always(200, {**ORDER, "placed_at": "2026-02-30T00:00:00Z"}), "a date that is none"),
        (always(200, {**ORDER, "items": [{}]}), "items[0]: the fields ["),
        (always(200, {**ORDER, "items": "x"}), "no item object"),
        (always(200, {**ORDER, "address": None}), "the field 'address' is missing"),
    ],
)
def test_an_answer_that_cant_be_understood_is_for_the_operator(handler: Handler, sentence: str) -> None:
    async def script(shop: HttpShop) -> None:
        with pytest.raises(ShopMisconfigured) as error:
            await shop.order(ADA, DELIVERED)
        assert sentence in str(error.value)
        assert "Ada" not in str(error.value)

    against(handler, script)


def test_an_api_that_tells_too_much_is_kept_from_the_customer() -> None:
    """Whatever is asked for, this API answers with an order of Bo's."""
    bos = next(one for one in sample()["orders"] if one["order_number"] == BOS)

    async def script(shop: HttpShop) -> None:
        with pytest.raises(OrderNotFound):
            await shop.order(ADA, BOS)
        with pytest.raises(OrderNotFound):
            await shop.order(BO, DELIVERED)

    against(always(200, bos), script)


def test_orders_of_others_in_a_list_are_left_out() -> None:
    async def script(shop: HttpShop) -> None:
        assert {order.customer_id for order in await shop.orders(ADA, 50)} == {ADA}

    against(always(200, {"orders": sample()["orders"]}), script)


def test_another_customers_record_is_not_taken_for_the_one_asked_for() -> None:
    async def script(shop: HttpShop) -> None:
        with pytest.raises(CustomerNotFound):
            await shop.customer(BO)

    against(always(200, sample()["customers"][0]), script)


def test_an_id_never_leaves_its_place_in_the_path() -> None:
    seen = []

    async def record(request: web.Request) -> web.Response:
        seen.append(request.raw_path)
        return web.json_response({}, status=404)

    async def script(shop: HttpShop) -> None:
        for number in ("../customers/C-2", "a/b?c=d#e", "%2e%2e", "ø 1", "..", ".", ""):
            with pytest.raises(OrderNotFound):
                await shop.order(ADA, number)

    against(record, script)
    assert seen == [
        "/orders/..%2Fcustomers%2FC-2",
        "/orders/a%2Fb%3Fc%3Dd%23e",
        "/orders/%252e%252e",
        "/orders/%C3%B8%201",
    ]


def test_a_search_that_finds_nothing_where_the_record_should_be_finds_no_order() -> None:
    mapping = {"endpoints": {"order": {"path": "/search?number={order_number}", "result": "orders.0"}}}

    async def script(shop: HttpShop) -> None:
        with pytest.raises(OrderNotFound):
            await shop.order(ADA, DELIVERED)

    against(always(200, {"orders": []}), script, mapping)


def test_the_token_travels_in_the_header_of_the_mapping() -> None:
    seen = []

    async def record(request: web.Request) -> web.Response:
        seen.append((request.headers.get("X-Key"), request.headers.get("Authorization")))
        return web.json_response({}, status=404)

    async def script(shop: HttpShop) -> None:
        assert await shop.authenticate(DELIVERED, email="ada@example.com") is None

    against(record, script, {"auth": "X-Key: k={token}"})
    assert seen == [("k=secret", None)]


def test_a_change_carries_an_idempotency_key_that_is_the_customers_own() -> None:
    orders = {one["order_number"]: one for one in sample()["orders"]}
    seen = []

    async def record(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response(orders[request.path.split("/")[2]])
        seen.append(request.headers["Idempotency-Key"])
        return web.json_response({}, status=503)

    async def script(shop: HttpShop) -> None:
        for who, number, key in ((ADA, DELIVERED, "k"), (ADA, DELIVERED, "k"), (ADA, DELIVERED, "l"), (BO, BOS, "k")):
            with pytest.raises(ShopUnavailable):
                await shop.cancel_order(who, number, idempotency_key=key)

    against(record, script)
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3
    assert all(ADA not in key and BO not in key for key in seen)


@pytest.mark.parametrize("body", [None, {}, {"error": "no"}, {"error": {"code": "whatever"}}, [1]])
def test_a_refusal_without_a_known_code_is_the_shops_no(body: Any) -> None:
    address = Address("Ada", "2 Other Road", "M1 3HN", "Manchester", "GB")

    async def script(shop: HttpShop) -> None:
        with pytest.raises(NotReturnable) as refused:
            await shop.start_return(ADA, DELIVERED, ["1"], "", idempotency_key="k")
        assert refused.value.reason is NotReturnableReason.REFUSED_BY_SHOP
        with pytest.raises(NotCancellable):
            await shop.cancel_order(ADA, DELIVERED, idempotency_key="k")
        with pytest.raises(AddressLocked):
            await shop.change_address(ADA, DELIVERED, address, idempotency_key="k")
        with pytest.raises(NotRefundable):
            await shop.request_refund(ADA, DELIVERED, "F2", "", idempotency_key="k")

    against(changes_refused(409, body), script)


def test_a_request_that_the_api_does_not_understand_is_for_the_operator() -> None:
    async def script(shop: HttpShop) -> None:
        with pytest.raises(ShopMisconfigured, match=r"does not understand start_return \(422\)"):
            await shop.start_return(ADA, DELIVERED, ["1"], "", idempotency_key="k")

    against(changes_refused(422, {}), script)
