"""Stock Rasa's understanding of one data set: trains its default NLU pipeline and measures it on the test file.

Runs in the bot's environment: python -m bench.nlu_stock TRAIN.csv TEST.csv → one line of JSON
"""

from __future__ import annotations

import asyncio
import csv
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

PIPELINE = """\
recipe: default.v1
assistant_id: stock
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: 100
    constrain_similarities: true
    random_seed: 42
"""


def rows(file: Path) -> list[tuple[str, str]]:
    """The (text, intent) pairs of a CSV file."""
    with file.open(encoding="utf-8", newline="") as lines:
        # Rasa would read "alarm/snooze" as a retrieval intent and learn no more than "alarm".
        return [(row["text"], row["intent"].replace("/", "_")) for row in csv.DictReader(lines)]


def write_project(folder: Path, examples: list[tuple[str, str]]) -> None:
    """Write the configuration and the examples as Rasa reads them."""
    (folder / "config.yml").write_text(PIPELINE, encoding="utf-8")
    by_intent: dict[str, list[str]] = {}
    for text, intent in examples:
        by_intent.setdefault(intent, []).append(" ".join(text.split()))
    nlu = [
        {"intent": intent, "examples": LiteralScalarString("".join(f"- {text}\n" for text in texts))}
        for intent, texts in by_intent.items()
    ]
    YAML().dump({"version": "3.1", "nlu": nlu}, folder / "nlu.yml")


async def measure(train: Path, test: Path) -> dict[str, object]:
    """Train, load, and understand every test message one by one."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_project(folder, rows(train))
        began = time.perf_counter()
        subprocess.run(  # noqa: ASYNC221 -- nothing else goes on meanwhile
            (sys.executable, "-m", "rasa", "train", "nlu", "--nlu", "nlu.yml", "--config", "config.yml", "--out", "m"),
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        seconds = time.perf_counter() - began
        from rasa.core.agent import load_agent
        from rasa.utils.log_utils import configure_structlog

        configure_structlog(logging.ERROR)

        from bot.nlu.metrics import Judged, measures

        agent = await load_agent(str(next((folder / "m").glob("*.tar.gz"))))
        judged, times = [], []
        for text, intent in rows(test):
            start = time.perf_counter()
            parsed = await agent.parse_message(text)
            times.append(time.perf_counter() - start)
            found = parsed.get("intent") or {}
            confidence = float(found.get("confidence") or 0.0)
            judged.append(Judged(text, intent, str(found.get("name")), confidence, confidence, confidence < 0.3))
    times.sort()
    figures = measures(judged)
    figures.pop("confused", None)
    return {
        **figures,
        "training_s": round(seconds, 1),
        "ms_p50": round(1000 * times[len(times) // 2], 2),
        "ms_p99": round(1000 * times[int(len(times) * 0.99)], 2),
    }


def main() -> int:
    """Measure the data set named on the command line."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    train, test = map(Path, sys.argv[1:3])
    print(json.dumps(asyncio.run(measure(train, test))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
