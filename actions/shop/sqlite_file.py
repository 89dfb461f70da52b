"""The SQLite file of the embedded shop: its tables, and reading and writing records in them.

One table a collection, one column a field of the record; nested parts (address, items, events, …) are JSON in their
column. Two tables hold what must be true however many processes write:

    returned_lines (order_number, line_id) → return_id      a line is in one return at most
    refunds        unique (order_number, charge_id or '')   a charge is refunded once at most
    requests       (customer_id, idempotency_key) → what was asked (hash), which record answered it
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from actions.shop import records
from actions.shop.catalogue import Catalogue, document, read_record
from actions.shop.errors import ShopMisconfigured
from actions.shop.schema import ID_FIELDS

VERSION = 1
BUSY_SECONDS = 5.0

_SCHEMA = """
CREATE TABLE policies (only INTEGER PRIMARY KEY CHECK (only = 1), record TEXT NOT NULL);
CREATE TABLE customers (
    customer_id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, phone TEXT, language TEXT);
CREATE TABLE products (
    sku TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, category TEXT NOT NULL,
    price INTEGER NOT NULL, currency TEXT NOT NULL, in_stock INTEGER NOT NULL, returnable INTEGER NOT NULL);
CREATE TABLE orders (
    order_number TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customers, status TEXT NOT NULL,
    placed_at TEXT NOT NULL, delivered_at TEXT, address TEXT NOT NULL, currency TEXT NOT NULL,
    items TEXT NOT NULL, charges TEXT NOT NULL);
CREATE INDEX orders_of_customer ON orders (customer_id, placed_at);
CREATE TABLE shipments (
    shipment_id TEXT PRIMARY KEY, order_number TEXT NOT NULL REFERENCES orders, status TEXT NOT NULL,
    carrier TEXT NOT NULL, tracking_number TEXT NOT NULL, line_ids TEXT NOT NULL, expected_delivery TEXT,
    tracking_url TEXT, events TEXT NOT NULL);
CREATE INDEX shipments_of_order ON shipments (order_number);
CREATE TABLE returns (
    return_id TEXT PRIMARY KEY, order_number TEXT NOT NULL REFERENCES orders, line_ids TEXT NOT NULL,
    reason TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL, refund_amount INTEGER NOT NULL,
    currency TEXT NOT NULL);
CREATE INDEX returns_of_order ON returns (order_number);
CREATE TABLE returned_lines (
    order_number TEXT NOT NULL, line_id TEXT NOT NULL,
    return_id TEXT NOT NULL REFERENCES returns ON DELETE CASCADE,
    PRIMARY KEY (order_number, line_id)) WITHOUT ROWID;
CREATE TABLE refunds (
    refund_id TEXT PRIMARY KEY, order_number TEXT NOT NULL REFERENCES orders, charge_id TEXT,
    amount INTEGER NOT NULL, currency TEXT NOT NULL, reason TEXT NOT NULL, status TEXT NOT NULL,
    created_at TEXT NOT NULL);
CREATE UNIQUE INDEX one_refund_a_charge ON refunds (order_number, ifnull(charge_id, ''));
CREATE TABLE requests (
    customer_id TEXT NOT NULL, idempotency_key TEXT NOT NULL, request_hash TEXT NOT NULL, record_id TEXT NOT NULL,
    made_at TEXT NOT NULL, PRIMARY KEY (customer_id, idempotency_key)) WITHOUT ROWID;
"""

_JSON_COLUMNS = frozenset({"address", "items", "charges", "line_ids", "events"})
_FLAG_COLUMNS = frozenset({"in_stock", "returnable"})


def connect(path: Path) -> sqlite3.Connection:
    """Opens the shop file, and makes it (readable by its owner only) when it is missing.

    Transactions are explicit: use `transaction`. Raises ShopMisconfigured when it is no shop file of this version.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # before SQLite makes it with the process's umask
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.create_function("folded", 1, str.casefold, deterministic=True)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _prepare(connection, path)
    except sqlite3.DatabaseError as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError):  # locked, read-only, disk full: not the file's content
            raise
        raise ShopMisconfigured(f"{path} is not a shop file; move it away or set BATON_HOME.") from error
    except ShopMisconfigured:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    with transaction(connection):
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found == 0:
            if connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise ShopMisconfigured(f"{path} holds another program's tables; move it away or set BATON_HOME.")
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        elif found != VERSION:
            raise ShopMisconfigured(
                f"{path} has version {found} and this program reads version {VERSION}; export it with the program that "
                "made it, then import it here."
            )


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: it excludes other writers from its first line on, and ends in all or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def put(connection: sqlite3.Connection, collection: str, record: Mapping[str, Any]) -> None:
    """Writes one record, in place of the one with its id if there is one."""
    key = ID_FIELDS[collection]
    columns = list(record)
    updates = ", ".join(f"{column} = excluded.{column}" for column in columns if column != key)
    connection.execute(
        f"INSERT INTO {collection} ({', '.join(columns)}) VALUES ({', '.join('?' for _ in columns)})"  # noqa: S608
        f" ON CONFLICT ({key}) DO UPDATE SET {updates}",  # names come from our own records, values are bound
        [json.dumps(value, ensure_ascii=False) if name in _JSON_COLUMNS else value for name, value in record.items()],
    )
    if collection == "returns":
        connection.execute("DELETE FROM returned_lines WHERE return_id = ?", (record["return_id"],))
        connection.executemany(
            "INSERT INTO returned_lines (order_number, line_id, return_id) VALUES (?, ?, ?)",
            [(record["order_number"], line_id, record["return_id"]) for line_id in record["line_ids"]],
        )


def rows(connection: sqlite3.Connection, collection: str, where: str = "", arguments: Iterable[Any] = ()) -> list[Any]:
    """The records of a collection as their types. `where` is SQL after the table's name, never built from input."""
    found = connection.execute(f"SELECT * FROM {collection} {where}", tuple(arguments))  # noqa: S608
    return [read_record(collection, _record(row)) for row in found]


def _record(row: sqlite3.Row) -> dict[str, Any]:
    record: dict[str, Any] = dict(row)
    for name in record.keys() & _JSON_COLUMNS:
        record[name] = json.loads(record[name])
    for name in record.keys() & _FLAG_COLUMNS:
        record[name] = bool(record[name])
    return record


def read_policies(connection: sqlite3.Connection) -> Mapping[str, Any] | None:
    """The policies record, or None in a shop that has none yet."""
    row = connection.execute("SELECT record FROM policies").fetchone()
    return None if row is None else json.loads(row["record"])


def read_all(connection: sqlite3.Connection) -> Catalogue:
    """The whole shop. Call it inside a transaction when another process may write."""
    policies = read_policies(connection)
    return Catalogue(
        policies=records.policies_from(policies) if policies else None,
        **{
            name: {getattr(record, key): record for record in rows(connection, name, f"ORDER BY {key}")}
            for name, key in ID_FIELDS.items()
        },
    )


def write_all(connection: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Writes every record of a catalogue, in place of those with its ids. Call it inside a transaction."""
    content = document(catalogue)
    if "policies" in content:
        connection.execute(
            "INSERT INTO policies (only, record) VALUES (1, ?)"
            " ON CONFLICT (only) DO UPDATE SET record = excluded.record",
            (json.dumps(content["policies"], ensure_ascii=False),),
        )
    # Lines may move from one return to another inside one import: free them all before taking them again.
    connection.executemany(
        "DELETE FROM returned_lines WHERE return_id = ?", [(return_id,) for return_id in catalogue.returns]
    )
    connection.executemany("DELETE FROM refunds WHERE refund_id = ?", [(key,) for key in catalogue.refunds])
    for collection in ID_FIELDS:
        for record in content[collection]:
            put(connection, collection, record)


def clear(connection: sqlite3.Connection) -> None:
    """Empties the shop, remembered requests included. Call it inside a transaction."""
    for table in ("requests", "returned_lines", *reversed(list(ID_FIELDS)), "policies"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 — our own table names
