"""A shop's API by the port's names: each call answered in the shop's types, each refusal as one of our codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.shop import rules, schema
from actions.shop.catalogue import read_record
from actions.shop.errors import IdempotencyConflict, NotFound, OrderNotFound, ShopError, ShopMisconfigured
from actions.shop.http_client import Answer, HttpClient
from actions.shop.mapping import REFUSAL_CODES, ShopMapping, at_path
from actions.shop.model import Order


class ShopApi:
    """One shop's API read through its mapping.

    Args:
        client: speaks HTTP.
        mapping: how the API differs from the one in docs/shop.md.
        default_region: for phone numbers without a country code, ISO 3166-1 alpha-2.
    """

    def __init__(self, client: HttpClient, mapping: ShopMapping, default_region: str) -> None:
        self._client = client
        self._mapping = mapping
        self._region = default_region

    async def one(self, call: str, kind: str, missing: NotFound, **names: str) -> Any:
        """One record as its type. Raises `missing` on 404, and when the answer holds nothing where `result` points."""
        found = await self._read(call, missing, names, {})
        if found is None:
            raise missing
        return self._typed(kind, found)

    async def many(self, call: str, kind: str, missing: ShopError, query: Mapping[str, str], **names: str) -> list[Any]:
        """A list of records as their type. Raises `missing` on 404."""
        return [self._typed(kind, one) for one in self._listed(call, await self._read(call, missing, names, query))]

    async def of_order(self, call: str, kind: str, order: Order) -> list[Any]:
        """The records that belong to an order; they need not repeat its number, its currency or all its lines."""
        found = await self._read(call, OrderNotFound(), _names(order), {})
        return [self.typed_of_order(kind, one, order) for one in self._listed(call, found)]

    async def policies(self) -> Mapping[str, Any]:
        """The policies record: from the mapping when it has one, else asked of the API."""
        record = self._mapping.policies
        if record is None:
            missing = ShopMisconfigured("The shop's API does not tell its policies; put them into the mapping file.")
            record = self._mapping.record("policies", await self._read("policies", missing, {}, {}))
        _refuse_misfit("policies", record)
        return record

    async def change(self, call: str, order: Order, body: Mapping[str, object], idempotency_key: str) -> Answer:
        """Asks for a change of an order; the answer is the API's success, or its refusal to be read with `code`.

        Raises OrderNotFound, IdempotencyConflict; ShopMisconfigured when the API can't understand the request.
        """
        answer = await self._client.call(
            self._mapping.endpoints[call], _names(order), body=body, idempotency_key=idempotency_key
        )
        code = self.code(answer)
        if code == "idempotency_conflict":
            raise IdempotencyConflict
        if answer.status in (404, 410):
            raise OrderNotFound
        if answer.status in (400, 422) and code is None and call != "change_address":
            raise ShopMisconfigured(f"The shop's API does not understand {call} ({answer.status}); check the mapping.")
        return answer

    def code(self, answer: Answer) -> str | None:
        """Why the API refused, as one of REFUSAL_CODES; None when it did not, or gave a reason of its own."""
        theirs = at_path(answer.body, self._mapping.error_code) if not answer.ok else None
        ours = self._mapping.error_codes.get(str(theirs), str(theirs))
        return ours if ours in REFUSAL_CODES else None

    def refused_lines(self, answer: Answer) -> tuple[str, ...]:
        """The lines a refusal is about: `line_ids` beside the error's code, when the API tells."""
        beside = self._mapping.error_code.rpartition(".")[0]
        lines = at_path(answer.body, f"{beside}.line_ids")
        return tuple(str(line) for line in lines) if isinstance(lines, list) else ()

    def made(self, call: str, kind: str, answer: Answer, order: Order) -> Any:
        """The record that a change answered with, as its type."""
        return self.typed_of_order(kind, at_path(answer.body, self._mapping.endpoints[call].result), order)

    def typed_of_order(self, kind: str, theirs: object, order: Order) -> Any:
        """A record that belongs to an order, as its type."""
        around: dict[str, Any] = {"order_number": order.order_number}
        if kind == "shipment":
            around["line_ids"] = [item.line_id for item in order.items]
        return self._typed(kind, theirs, around, order.currency)

    async def _read(self, call: str, missing: ShopError, names: Mapping[str, str], query: Mapping[str, str]) -> object:
        if any(not name.strip(".") for name in names.values()):  # "", "." and "..": no id, but a meaning in a path
            raise missing
        endpoint = self._mapping.endpoints[call]
        answer = await self._client.call(endpoint, names, query=query)
        if answer.status in (404, 410):
            raise missing
        if not answer.ok:
            raise ShopMisconfigured(f"The shop's API answered {answer.status} to {call}; check it in the mapping.")
        return at_path(answer.body, endpoint.result)

    def _listed(self, call: str, found: object) -> list[object]:
        if not isinstance(found, list):
            raise ShopMisconfigured(f"The shop's API answered {call} with no list; check its 'result' in the mapping.")
        return found

    def _typed(
        self, kind: str, theirs: object, around: Mapping[str, Any] | None = None, currency: str | None = None
    ) -> Any:
        record = {**(around or {}), **self._mapping.record(kind, theirs, currency)}
        if "phone" in record:  # written as the shop likes; None when it can't be a phone number at all
            record["phone"] = rules.e164(str(record["phone"]), self._region)
        _refuse_misfit(kind, record)
        try:
            return read_record(f"{kind}s", record)
        except ValueError as error:
            raise ShopMisconfigured(f"The shop's API gives a {kind} with a date that is none.") from error


def _names(order: Order) -> dict[str, str]:
    return {"order_number": order.order_number, "customer_id": order.customer_id}


def _refuse_misfit(kind: str, record: Mapping[str, Any]) -> None:
    problem = next(schema.record_problems(kind, record), None)
    if problem:
        raise ShopMisconfigured(f"The shop's API gives a {kind} that can't be used: {problem}. Check the mapping.")
