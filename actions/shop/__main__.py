"""The shop's command line: `baton shop import FILE | export [FILE] | demo | catalogue FILE`.

`baton` runs this module with the Python that has the shop's packages; what it says names the command that people type.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from actions.shop import sqlite_file
from actions.shop.catalogue import Catalogue
from actions.shop.clock import utc_now
from actions.shop.demo import demo_file
from actions.shop.errors import ShopError, ShopFileRefused, ShopMisconfigured
from actions.shop.importer import Progress, export_shop, import_shop, make_shop, read_file
from actions.shop.settings import is_embedded, open_shop, shop_file

_EXIT_CODES = "Exit codes: 0 done; 1 refused, nothing was changed; 2 wrong usage."


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command on the shop; the answer is the exit code.

    `catalogue` works on whichever shop the settings name, the others on the embedded one (in $BATON_HOME).
    """
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.command == "catalogue":
            _write_catalogue(chosen.file)
            return 0
        if not is_embedded(os.environ):
            raise ShopMisconfigured("BATON_SHOP is 'http'; these commands work on the embedded shop only.")
        path = shop_file(os.environ)
        if chosen.command == "import":
            _import(path, read_file(chosen.file), replace=chosen.replace)
        elif chosen.command == "export":
            _export(path, chosen.file)
        else:
            _demo(path, replace=chosen.replace)
    except ShopFileRefused as error:
        _say(
            "Nothing was changed. "
            + (f"{len(error.problems)} problems:" if len(error.problems) > 1 else "The problem:")
        )
        for problem in error.problems:
            _say(f"  {problem}")
        return 1
    except ShopError as error:
        _say(str(error))
        return 1
    except FileExistsError:
        _say("Another process made a shop at the same time; nothing was changed. Run the command again.")
        return 1
    except (OSError, sqlite3.OperationalError) as error:
        _say(f"Nothing was changed: {error}.")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="baton shop", description="Fill, empty and look into the embedded shop.", epilog=_EXIT_CODES
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    importing = commands.add_parser(
        "import",
        help="bring customers, products, orders and returns in from a JSON file",
        description="Checks the whole file, then writes it in one step. A record takes the place of the one with "
        "its id; the shop's other records stay. The format is docs/shop.schema.json.",
        epilog=_EXIT_CODES,
    )
    importing.add_argument("file", type=Path, metavar="FILE.json")
    importing.add_argument("--replace", action="store_true", help="empty the shop first: the file is all there is")
    exporting = commands.add_parser(
        "export", help="write the whole shop as a JSON file, fit to import", epilog=_EXIT_CODES
    )
    exporting.add_argument("file", type=Path, nargs="?", metavar="FILE", help="default: standard output")
    demo = commands.add_parser("demo", help="make the demo shop, with dates around today", epilog=_EXIT_CODES)
    demo.add_argument("--replace", action="store_true", help="empty the shop that is there first")
    catalogue = commands.add_parser(
        "catalogue",
        help="write the names of the products as a JSON list, for the bot to know them in a sentence",
        epilog=_EXIT_CODES,
    )
    catalogue.add_argument("file", type=Path, metavar="FILE")
    return parser


def _import(path: Path, content: object, *, replace: bool) -> None:
    imported = _filled(path, content, replace=replace, progress=lambda step: _say(f"… {step}"))
    _say(f"Imported {_counted(imported)} into {path}.")


def _filled(path: Path, content: object, *, replace: bool, progress: Progress = lambda _: None) -> Catalogue:
    if not path.exists():
        return make_shop(path, content, progress=progress)
    with closing(sqlite_file.connect(path)) as connection:
        return import_shop(connection, content, replace=replace, progress=progress)


def _export(path: Path, target: Path | None) -> None:
    if not path.exists():
        raise ShopMisconfigured(f"There is no shop in {path} yet; import one, or make the demo.")
    with closing(sqlite_file.connect(path)) as connection:
        content = export_shop(connection)
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    if target is None:
        sys.stdout.write(text)
        return
    _write_whole(target, text)
    _say(f"Exported the shop to {target}.")


def _write_catalogue(target: Path) -> None:
    if is_embedded(os.environ) and not (path := shop_file(os.environ)).exists():
        raise ShopMisconfigured(f"There is no shop in {path} yet; import one, or make the demo.")
    names = asyncio.run(_product_names())
    text = json.dumps(names, ensure_ascii=False, indent=1) + "\n"
    if target.exists() and target.read_text("utf-8") == text:
        return  # left alone, so that nobody reads it again
    _write_whole(target, text)
    _say(f"Wrote the names of {len(names):,} products to {target}.")


async def _product_names() -> tuple[str, ...]:
    shop = open_shop(os.environ)
    try:
        return await shop.product_names()
    finally:
        await shop.close()


def _write_whole(target: Path, text: str) -> None:
    """Write a file that nobody ever sees half of: a full disk must not leave that under the name asked for."""
    beside = target.with_name(f".{target.name}.part")
    try:
        beside.touch(0o600)
        beside.write_text(text, "utf-8")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _demo(path: Path, *, replace: bool) -> None:
    if path.exists() and not replace:
        raise ShopMisconfigured(f"There is a shop in {path} already; --replace empties it first.")
    made = _filled(path, demo_file(utc_now()), replace=True)
    _say(f"Made the demo shop in {path}: {_counted(made)}.")


def _counted(catalogue: Catalogue) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in catalogue.sizes().items() if count) or "no records"


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
