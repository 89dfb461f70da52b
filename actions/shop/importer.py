"""Importing and exporting a shop file: checked whole, written in one transaction, or nothing is changed."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from actions.shop import records, schema, sqlite_file
from actions.shop.catalogue import POLICIES, Catalogue, Place, document, inconsistencies, read_record
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


@dataclass(frozen=True)
class Draft:
    """What could be read of a shop file.

    Args:
        catalogue: the records that are right in themselves.
        names: the name of each record's place, for complaints.
        problems: a sentence for each thing that is wrong with the others.
        unread: those others, as far as they have an id: what points at them can't be judged yet.
    """

    catalogue: Catalogue
    names: Mapping[Place, str]
    problems: Sequence[str] = ()
    unread: frozenset[Place] = frozenset()


def parse(content: object) -> Draft:
    """Reads the records of a shop file, each by itself.

    Raises ShopFileRefused when it is no file of lists of records at all.
    """
    broken = list(schema.file_problems(content))
    problems = [problem.sentence for problem in broken]
    if not isinstance(content, dict) or any(not isinstance(content.get(name, []), list) for name in ID_FIELDS):
        raise ShopFileRefused(problems[:PROBLEM_LIMIT])
    misshapen = {problem.path[:2] for problem in broken}
    found: dict[str, dict[str, Any]] = {collection: {} for collection in ID_FIELDS}
    names: dict[Place, str] = {POLICIES: "policies"}
    unread: set[Place] = set()
    for collection, index, record in _records(content):
        identity, name = _identity(collection, record), schema.record_name(content, collection, index)
        place = (collection, identity)
        if (collection, index) in misshapen:
            unread.add(place)
        elif place in names:
            problems.append(f"{name}: {ID_FIELDS[collection]}: {names[place]} has the same one")
        else:
            try:
                found[collection][identity] = read_record(collection, record)
            except ValueError as error:  # fits the pattern of a date, and is none
                problems.append(f"{name}: {error}")
                unread.add(place)
        names.setdefault(place, name)
    policies = content.get("policies")
    if any(path[:1] == ("policies",) for path in misshapen):
        policies = None
        unread.add(POLICIES)
    catalogue = Catalogue(policies=records.policies_from(policies) if policies else None, **found)
    return Draft(catalogue, names, problems, frozenset(unread))


def _records(content: Mapping[str, Any]) -> Iterator[tuple[str, int, Any]]:
    for collection in ID_FIELDS:
        for index, record in enumerate(content.get(collection, ())):
            yield collection, index, record


def _identity(collection: str, record: object) -> str:
    """A record's id as text, of a wrong record whatever stands there."""
    return str(record.get(ID_FIELDS[collection], "")) if isinstance(record, dict) else ""


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
        ShopFileRefused: when a record breaks the schema, or would point at nothing; it names up to 20 problems, and
            the shop is as before.
    """
    progress("checking the file")
    draft = parse(content)
    with sqlite_file.transaction(connection):
        progress("checking that the records fit together")
        before = Catalogue() if replace else sqlite_file.read_all(connection).without(draft.unread)
        problems = [
            *draft.problems,
            *(
                f"{draft.names.get(place) or f'{place[0]} ({place[1]}), already in the shop'}: {complaint}"
                for place, complaint in inconsistencies(before.merged_with(draft.catalogue), draft.unread)
            ),
        ]
        if problems:
            raise ShopFileRefused(problems[:PROBLEM_LIMIT])
        progress(f"writing {sum(draft.catalogue.sizes().values()):,} records")
        if replace:
            sqlite_file.clear(connection)
        sqlite_file.write_all(connection, draft.catalogue)
    return draft.catalogue


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
