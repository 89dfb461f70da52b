"""Measures the bot's understanding and writes the tables into docs/understanding.md.

    make bench-nlu                          everything: over an hour, nearly all of it stock Rasa's training
    python -m bench.nlu --no-stock          without training stock Rasa; figures it has kept are shown
    python -m bench.nlu --only xsid_da      one data set (may be repeated); the others' last figures stay

The data lie in the folder that BATON_TEST_NLU_DATA or --data names, as NAME_train.csv and NAME_test.csv. The shipped
bot is measured on tests/bot/nlu/heldout/. Figures are kept in bench/out/nlu.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from baton import training
from baton.project import rasa_environment, rasa_python
from baton.settings import ROOT
from baton.terminal import Terminal
from bench.nlu_table import tables, write_between_marks

OUT = ROOT / "bench" / "out"
KEPT = OUT / "nlu.json"
STOCK = OUT / "nlu-stock.json"
PAGE = ROOT / "docs" / "understanding.md"
HELDOUT = ROOT / "tests" / "bot" / "nlu" / "heldout"
DATA_VARIABLE = "BATON_TEST_NLU_DATA"

_LANGUAGES = {"arbanking77_10shot": "ar"}
_CODES = frozenset({"ar", "da", "de", "en", "es", "fr", "ru", "zh"})


def main() -> int:
    """Measure what was asked for."""
    options = _parser().parse_args()
    folder = Path(options.data or os.environ.get(DATA_VARIABLE, ""))
    if not options.data and not os.environ.get(DATA_VARIABLE):
        print(f"Name the folder of data sets: {DATA_VARIABLE}=… or --data …", file=sys.stderr)
        return 2
    sets = {file.name.removesuffix("_train.csv"): file for file in sorted(folder.glob("*_train.csv"))}
    chosen = [name for name in sets if not options.only or name in options.only]
    heldout = not options.only or "heldout" in options.only
    if not sets or not (chosen or heldout):
        print(f"There is nothing of that name in {folder}.", file=sys.stderr)
        return 2
    kept = _read(KEPT)
    for name in chosen:
        print(f"{name} …", flush=True)
        train, test = sets[name], sets[name].with_name(f"{name}_test.csv")
        kept.setdefault("sets", {})[name] = {**_stamp(), **evaluated(train, test, language_of(name))}
        _write(KEPT, kept)
        if not options.no_stock:
            stock_figures(name, train, test)
    if heldout:
        print("the shipped bot's held-out messages …", flush=True)
        kept["heldout"] = {**_stamp(), **heldout_figures()}
        _write(KEPT, kept)
    cached = _read(STOCK)
    digests = {name: digest(file, file.with_name(f"{name}_test.csv")) for name, file in sets.items()}
    stock = {name: cached[key]["figures"] for name, key in digests.items() if key in cached}
    written = tables(kept, stock)
    write_between_marks(PAGE, written)
    print(written)
    return 0


def language_of(name: str) -> str:
    """A data set's language: the code in its name ("xsid_da"), else English."""
    codes = (part for part in re.split(r"[_-]", name) if part in _CODES)
    return _LANGUAGES.get(name) or next(codes, "en")


def evaluated(train: Path, test: Path, language: str) -> dict[str, Any]:
    """What `baton nlu evaluate` finds."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as place:
        figures = Path(place) / "figures.json"
        named = ("--train", train.absolute(), "--test", test.absolute(), "--language", language, "--json", figures)
        _rasa_half("bot.nlu.evaluate", *map(str, named))
        return dict(json.loads(figures.read_text(encoding="utf-8")))


def stock_figures(name: str, train: Path, test: Path) -> dict[str, Any]:
    """What stock Rasa reaches; measured once for the same files, for it takes many minutes."""
    cached, key = _read(STOCK), digest(train, test)
    if key not in cached:
        print(f"{name}: training stock Rasa …", flush=True)
        figures = json.loads(_rasa_half("bench.nlu_stock", str(train.absolute()), str(test.absolute())))
        cached = {**_read(STOCK), key: {"name": name, **_stamp(), "figures": figures}}
        _write(STOCK, cached)
    return dict(cached[key]["figures"])


def heldout_figures() -> dict[str, Any]:
    """How the shipped model does on messages that were kept out of its training."""
    model = training.train(os.environ, OUT, Terminal())
    return dict(json.loads(_rasa_half("bench.nlu_heldout", str(model), str(HELDOUT))))


def digest(train: Path, test: Path) -> str:
    """Names two files by their content."""
    content = hashlib.sha256()
    for file in (train, test):
        content.update(hashlib.sha256(file.read_bytes()).digest())
    return content.hexdigest()[:16]


def _rasa_half(module: str, *arguments: str) -> str:
    ended = subprocess.run(
        (rasa_python(), "-m", module, *arguments),
        cwd=ROOT,
        env=rasa_environment(os.environ) | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return ended.stdout


def _stamp() -> dict[str, Any]:
    """When, and how busy the machine was before we began: times of a busy machine say little."""
    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "load": round(os.getloadavg()[0], 1)}


def _read(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def _write(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.nlu", description="Measure the bot's understanding.")
    parser.add_argument("--data", help=f"folder of NAME_train.csv and NAME_test.csv (by default {DATA_VARIABLE})")
    parser.add_argument("--no-stock", action="store_true", help="don't train stock Rasa")
    parser.add_argument("--only", action="append", metavar="NAME", help='a data set, or "heldout" (may be repeated)')
    return parser


if __name__ == "__main__":
    sys.exit(main())
