"""A shop's REST API to test the HTTP adapter against: the paths and shapes of docs/shop.md, backed by a SQLite shop.

`FOREIGN` is the same API in another dialect (other paths, names, statuses, decimal amounts, error codes), with the
mapping that makes Baton understand it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from actions.shop import (
    AddressInvalid,
    CustomerId,
    IdempotencyConflict,
    NotFound,
    NotReturnable,
    OrderNotFound,
    Refused,
    ShopError,
    records,
    sqlite_file,
)
from actions.shop.mapping import ShopMapping, mapping_from
from actions.shop.model import Address
from actions.shop.sqlite import SqliteShop

TOKEN = "the-shop's-own-token"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Dialect:
    """How an API writes what it says. The plain one writes it as docs/shop.md does."""

    mapping: ShopMapping = field(default_factory=ShopMapping)
    prefix: str = ""

    def record(self, kind: str, record: dict[str, Any]) -> Any:
        """One record as the body of an answer, or inside a list."""
        return record

    def answer(self, content: Any) -> Any:
        """The whole body around a record."""
        return content

    def request(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """A request's body under our names."""
        return body

    def error(self, code: str, line_ids: tuple[str, ...]) -> Any:
        """The body of an error."""
        return {"error": {"code": code, "line_ids": list(line_ids), "message": "…"}}

    def token(self, request: web.Request) -> str | None:
        """The token that came along."""
        return request.headers.get("Authorization", "").removeprefix("Bearer ")


class Foreign(Dialect):
    """An API that agrees with Baton about nothing but JSON."""

    _statuses: Mapping[str, str] = {"placed": "NEW", "packed": "PICKED", "shipped": "SENT", "delivered": "DONE"}
    _codes: Mapping[str, str] = {
        "window_over": "E_TOO_LATE",
        "already_returned": "E_TWICE",
        "already_refunded": "E_PAID",
        "idempotency_conflict": "E_KEY",
        "address_invalid": "E_ADDR",
    }

    def record(self, kind: str, record: dict[str, Any]) -> Any:
        """Other names, decimal amounts, numbers for ids, and a customer as an object."""
        theirs = {
            key: f"{value / 100:.2f}" if key in ("price", "unit_price", "amount", "refund_amount") else value
            for key, value in record.items()
        }
        if kind == "order":
            theirs["items"] = [self.record("item", item) for item in record["items"]]
            theirs["charges"] = [self.record("charge", charge) for charge in record["charges"]]
            theirs["buyer"] = {"id": theirs.pop("customer_id")}
            theirs["state"] = self._statuses.get(record["status"], record["status"])
            theirs["number"] = int(theirs.pop("order_number"))
            del theirs["status"]
        if kind in ("item", "charge"):
            theirs.pop("currency", None)
        if kind == "item":
            theirs["line_id"] = int(record["line_id"])
        if kind in ("shipment", "return", "refund"):
            del theirs["order_number"]
            theirs.pop("currency", None)
        return {**theirs, "internal_note": "not for Baton"}

    def answer(self, content: Any) -> Any:
        """Everything sits under `data`."""
        return {"data": content}

    def request(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Undoes what the mapping's `send` did."""
        if "rma" in body:
            return {"line_ids": body["rma"]["lines"], "reason": body["rma"]["why"]}
        return body

    def error(self, code: str, line_ids: tuple[str, ...]) -> Any:
        """A list of errors with codes of its own."""
        return {"errors": [{"reason": self._codes.get(code, code), "line_ids": list(line_ids)}]}

    def token(self, request: web.Request) -> str | None:
        """In a header of its own."""
        return request.headers.get("X-Shop-Key")


FOREIGN_MAPPING = {
    "auth": "X-Shop-Key: {token}",
    "amounts": "decimal",
    "endpoints": {
        "customer": {"path": "/v2/customers/{customer_id}", "result": "data"},
        "orders": {"path": "/v2/customers/{customer_id}/orders", "result": "data.orders", "query": {"limit": "n"}},
        "order": {"path": "/v2/orders/{order_number}", "result": "data"},
        "shipments": {"path": "/v2/orders/{order_number}/shipments", "result": "data.shipments"},
        "returns": {"path": "/v2/orders/{order_number}/returns", "result": "data.returns"},
        "refunds": {"path": "/v2/orders/{order_number}/refunds", "result": "data.refunds"},
        "start_return": {
            "path": "/v2/orders/{order_number}/returns",
            "result": "data",
            "send": {"line_ids": "rma.lines", "reason": "rma.why"},
        },
        "cancel_order": {"path": "/v2/orders/{order_number}/cancellation", "result": "data"},
        "change_address": {"path": "/v2/orders/{order_number}/address", "result": "data"},
        "request_refund": {"path": "/v2/orders/{order_number}/refunds", "result": "data"},
        "product": {"path": "/v2/products/{sku}", "result": "data"},
        "search_products": {"path": "/v2/products", "result": "data.products"},
        "list_products": {"path": "/v2/products", "result": "data.products"},
    },
    "fields": {"order": {"customer_id": "buyer.id", "status": "state", "order_number": "number"}},
    "values": {"order.status": {"NEW": "placed", "PICKED": "packed", "SENT": "shipped", "DONE": "delivered"}},
    "error_code": "errors.0.reason",
    "error_codes": {theirs: ours for ours, theirs in Foreign._codes.items()},
    "policies": {
        "shop_name": "Test & Sons",
        "return_window_days": 30,
        "refund_days": 5,
        "cancellable": ["placed"],
        "address_changeable": ["packed", "placed"],
        "texts": {"delivery": "Two days."},
    },
}


def plain() -> Dialect:
    """The API of docs/shop.md."""
    return Dialect()


def foreign() -> Dialect:
    """The API that agrees about nothing."""
    return Foreign(mapping=mapping_from(FOREIGN_MAPPING), prefix="/v2")


class ReferenceApi:
    """The API's handlers over one shop file."""

    def __init__(self, shop: SqliteShop, path: Path, dialect: Dialect) -> None:
        self._shop = shop
        self._path = path
        self._dialect = dialect

    def app(self) -> web.Application:
        """The application with every route."""
        app = web.Application(middlewares=[self._guarded])
        orders = self._dialect.prefix + "/orders/{order_number}"
        app.add_routes(
            [
                web.get(self._dialect.prefix + "/customers/{customer_id}", self._customer),
                web.get(self._dialect.prefix + "/customers/{customer_id}/orders", self._orders),
                web.get(orders, self._order),
                web.get(orders + "/shipments", self._shipments),
                web.get(orders + "/returns", self._returns),
                web.get(orders + "/refunds", self._refunds),
                web.post(orders + "/returns", self._start_return),
                web.post(orders + "/cancellation", self._cancel),
                web.put(orders + "/address", self._change_address),
                web.post(orders + "/refunds", self._request_refund),
                web.get(self._dialect.prefix + "/policies", self._policies),
                web.get(self._dialect.prefix + "/products/{sku}", self._product),
                web.get(self._dialect.prefix + "/products", self._search),
            ]
        )
        return app

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self._dialect.token(request) != TOKEN:
            return web.json_response(self._dialect.error("unauthorized", ()), status=401)
        try:
            return await handler(request)
        except NotReturnable as error:
            return web.json_response(self._dialect.error(error.reason.value, error.line_ids), status=409)
        except AddressInvalid as error:
            return web.json_response(self._dialect.error(error.code, ()), status=422)
        except NotFound as error:
            return web.json_response(self._dialect.error(error.code, ()), status=404)
        except (Refused, IdempotencyConflict) as error:
            return web.json_response(self._dialect.error(error.code, ()), status=409)
        except ShopError as error:
            return web.json_response(self._dialect.error(error.code, ()), status=503)

    def _say(self, kind: str, record: dict[str, Any], status: int = 200) -> web.Response:
        return web.json_response(self._dialect.answer(self._dialect.record(kind, record)), status=status)

    def _list(self, name: str, kind: str, found: list[dict[str, Any]]) -> web.Response:
        return web.json_response(self._dialect.answer({name: [self._dialect.record(kind, one) for one in found]}))

    def _of(self, request: web.Request) -> tuple[CustomerId, str]:
        number = request.match_info["order_number"]
        with closing(sqlite_file.connect(self._path)) as connection:
            found = sqlite_file.rows(connection, "orders", "WHERE order_number = ?", (number,))
        if not found:
            raise OrderNotFound
        return found[0].customer_id, number

    async def _body(self, request: web.Request) -> Mapping[str, Any]:
        return self._dialect.request(json.loads(await request.read() or b"{}"))

    async def _customer(self, request: web.Request) -> web.Response:
        found = await self._shop.customer(CustomerId(request.match_info["customer_id"]))
        return self._say("customer", records.customer_record(found))

    async def _orders(self, request: web.Request) -> web.Response:
        limit = int(request.query.get("limit") or request.query["n"])
        found = await self._shop.orders(CustomerId(request.match_info["customer_id"]), limit)
        return self._list("orders", "order", [records.order_record(order) for order in found])

    async def _order(self, request: web.Request) -> web.Response:
        return self._say("order", records.order_record(await self._shop.order(*self._of(request))))

    async def _shipments(self, request: web.Request) -> web.Response:
        found = await self._shop.shipments(*self._of(request))
        return self._list("shipments", "shipment", [records.shipment_record(one) for one in found])

    async def _returns(self, request: web.Request) -> web.Response:
        found = await self._shop.returns(*self._of(request))
        return self._list("returns", "return", [records.return_record(one) for one in found])

    async def _refunds(self, request: web.Request) -> web.Response:
        found = await self._shop.refunds(*self._of(request))
        return self._list("refunds", "refund", [records.refund_record(one) for one in found])

    async def _start_return(self, request: web.Request) -> web.Response:
        body, key = await self._body(request), request.headers["Idempotency-Key"]
        made = await self._shop.start_return(*self._of(request), body["line_ids"], body["reason"], idempotency_key=key)
        return self._say("return", records.return_record(made), 201)

    async def _cancel(self, request: web.Request) -> web.Response:
        key = request.headers["Idempotency-Key"]
        await self._shop.cancel_order(*self._of(request), idempotency_key=key)
        return web.Response(status=204)

    async def _change_address(self, request: web.Request) -> web.Response:
        body, key = await self._body(request), request.headers["Idempotency-Key"]
        if body["country"] == "ZZ":
            raise AddressInvalid("country")
        await self._shop.change_address(*self._of(request), Address(**body), idempotency_key=key)
        return web.Response(status=204)

    async def _request_refund(self, request: web.Request) -> web.Response:
        body, key = await self._body(request), request.headers["Idempotency-Key"]
        made = await self._shop.request_refund(
            *self._of(request), body["charge_id"], body["reason"], idempotency_key=key
        )
        return self._say("refund", records.refund_record(made), 201)

    async def _policies(self, request: web.Request) -> web.Response:
        return self._say("policies", records.policies_record(await self._shop.policies()))

    async def _product(self, request: web.Request) -> web.Response:
        found = await self._shop.product(request.match_info["sku"])
        return self._say("product", records.product_record(found))

    async def _search(self, request: web.Request) -> web.Response:
        if "q" not in request.query:
            with closing(sqlite_file.connect(self._path)) as connection:
                every = sqlite_file.rows(connection, "products", "", ())
            return self._list("products", "product", [records.product_record(one) for one in every])
        found = await self._shop.search_products(request.query["q"], int(request.query["limit"]))
        return self._list("products", "product", [records.product_record(one) for one in found])


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """Serves an application on a free port of this machine; gives its address."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
