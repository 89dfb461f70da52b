"""Importing and exporting a shop file: checked whole, written in one transaction, or nothing is changed."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from actions.shop import records, schema, sqlite_file
from actions.shop.catalogue import Catalogue, Place, document, inconsistencies, read_record
from actions.shop.errors import ShopFileRefused
from actions.shop.schema import ID_FIELDS

PROBLEM_LIMIT = 20
Progress = Callable[[str], None]


def read_file(path: Path) -> object:
    """The JSON of a shop file. Raises ShopFileRefused when it is no readable JSON in UTF-8."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ShopFileRefused([f"{path.name} is not UTF-8 (byte {error.start}); save it as UTF-8"]) from error
    except OSError as error:
        raise ShopFileRefused([f"{path} can't be read: {error.strerror}"]) from error
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair passes json.loads
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ShopFileRefused([f"{path.name} is not JSON: {error.msg} at {place}"]) from error
    except UnicodeEncodeError as error:
        raise ShopFileRefused([f"{path.name} holds half of a character written as \\ud8xx"]) from error
    except RecursionError as error:
        raise ShopFileRefused([f"{path.name} is nested too deeply to be a shop file"]) from error
    except ValueError as error:
        raise ShopFileRefused([f"{path.name} is not JSON: {error}"]) from error
    return content


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def parse(content: object) -> tuple[Catalogue, Mapping[Place, str]]:
    """A shop file's content as a catalogue, with the name of each record's place for later complaints.

    Raises ShopFileRefused naming up to 20 wrong records.
    """
    problems = list(islice(schema.file_problems(content), PROBLEM_LIMIT))
    if problems or not isinstance(content, dict):
        raise ShopFileRefused(problems or ["the file: expected an object"])
    found: dict[str, dict[str, Any]] = {}
    names: dict[Place, str] = {("policies", ""): "policies"}
    for collection, key in ID_FIELDS.items():
        found[collection] = {}
        for index, record in enumerate(content.get(collection, ())):
            identity, name = record[key], schema.record_name(content, collection, index)
            if identity in found[collection]:
                problems.append(f"{name}: {key}: {names[collection, identity]} has the same one")
                continue
            names[collection, identity] = name
            try:
                found[collection][identity] = read_record(collection, record)
            except ValueError as error:  # fits the pattern of a date, and is none
                problems.append(f"{name}: {error}")
    if problems:
        raise ShopFileRefused(problems[:PROBLEM_LIMIT])
    policies = content.get("policies")
    return Catalogue(policies=records.policies_from(policies) if policies else None, **found), names


def import_shop(
    connection: sqlite3.Connection, content: object, *, replace: bool = False, progress: Progress = lambda _: None
) -> Catalogue:
    """Puts a shop file's records into the shop, and answers with what was imported.

    Args:
        content: the parsed JSON.
        replace: whether to empty the shop first; otherwise a record takes the place of the one with its id, and
            the shop's other records stay.
        progress: is told in a few words what is being done.

    Raises:
        ShopFileRefused: when a record breaks the schema, or would point at nothing; the shop is as before.
    """
    progress("checking the file")
    incoming, names = parse(content)
    with sqlite_file.transaction(connection):
        progress("checking that the records fit together")
        before = Catalogue() if replace else sqlite_file.read_all(connection)
        problems = [
            f"{names.get(place) or f'{place[0]} ({place[1]}), already in the shop'}: {complaint}"
            for place, complaint in islice(inconsistencies(before.merged_with(incoming)), PROBLEM_LIMIT)
        ]
        if problems:
            raise ShopFileRefused(problems)
        progress(f"writing {sum(incoming.sizes().values()):,} records")
        if replace:
            sqlite_file.clear(connection)
        sqlite_file.write_all(connection, incoming)
    return incoming


def make_shop(path: Path, content: object, *, progress: Progress = lambda _: None) -> Catalogue:
    """Makes a shop's file with a shop file's records: whole, or not at all, so that no start ever finds half a shop.

    Raises:
        FileExistsError: when there is a shop at the path, also one that appeared meanwhile; it is left alone.
        ShopFileRefused: as `import_shop`.
    """
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with closing(sqlite_file.connect(fresh)) as connection:
            made = import_shop(connection, content, progress=progress)
            connection.execute("PRAGMA journal_mode = DELETE")  # all in one file, so that it can be moved
        os.link(fresh, path)  # unlike a rename, never replaces
    finally:
        fresh.unlink(missing_ok=True)
    return made


def export_shop(connection: sqlite3.Connection) -> dict[str, Any]:
    """The whole shop as a shop file, as it stood at one moment."""
    with sqlite_file.transaction(connection):
        return document(sqlite_file.read_all(connection))
