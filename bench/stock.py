"""The same bot on stock Rasa: the default DIET and TED pipeline on the same data, behind its REST channel."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from baton.project import rasa_environment, rasa_python
from baton.settings import ROOT
from bench.figures import spread
from bench.http_client import Line
from bench.machine import resident_kb
from bench.turns import FAQ

# What `rasa init` of 3.6.21 suggests, with its seeds left free as it leaves them.
CONFIG = """\
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
  - name: EntitySynonymMapper
  - name: ResponseSelector
    epochs: 100
    constrain_similarities: true
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
policies:
  - name: MemoizationPolicy
  - name: RulePolicy
  - name: UnexpecTEDIntentPolicy
    max_history: 5
    epochs: 100
  - name: TEDPolicy
    max_history: 5
    epochs: 100
    constrain_similarities: true
"""


def train(project: Path) -> float:
    """Copy what authors edit beside the stock configuration and train; returns seconds, start of Python included."""
    shutil.copytree(ROOT / "data", project / "data", ignore=shutil.ignore_patterns("notices"))
    shutil.copy(ROOT / "domain.yml", project / "domain.yml")
    (project / "config.yml").write_text(CONFIG, encoding="utf-8")
    (project / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    (project / "endpoints.yml").write_text("", encoding="utf-8")
    began = time.perf_counter()
    with (project / "train.log").open("wb") as log:
        subprocess.run(
            (rasa_python(), "-m", "rasa", "train"),
            cwd=project,
            env=rasa_environment(os.environ),
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )
    return round(time.perf_counter() - began, 1)


@asynccontextmanager
async def serving(project: Path) -> AsyncIterator[tuple[str, int, float]]:
    """Run it on loopback; yields its address, process id and the seconds until it answered."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    began = time.perf_counter()
    with (project / "run.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 - started once, before anything is timed
            (rasa_python(), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port)),
            cwd=project,
            env=rasa_environment(os.environ),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        while not await _answers(address):
            if process.poll() is not None:
                raise RuntimeError(f"Stock Rasa ended; see {project / 'run.log'}.")
            await asyncio.sleep(0.2)
        yield address, process.pid, round(time.perf_counter() - began, 1)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


async def _answers(address: str) -> bool:
    try:
        async with Line(address) as line:
            status, _, _ = await line.call("GET", "/webhooks/rest/")
            return status == 200
    except OSError:
        return False


async def faq_turns(address: str, count: int, per_second: float) -> dict[str, float]:
    """Time the FAQ turn, one starting each 1/`per_second` s, each in a conversation of its own, as for Baton."""

    async def ask(number: int) -> float:
        async with Line(address) as line:
            await line.call("POST", "/webhooks/rest/webhook", {"sender": f"s{number}", "message": "hello"})
            await asyncio.sleep(max(0.0, start + number / per_second - time.perf_counter()))
            began = time.perf_counter()
            status, answer, _ = await line.call(
                "POST", "/webhooks/rest/webhook", {"sender": f"s{number}", "message": FAQ}
            )
            if status != 200 or not answer:
                raise RuntimeError(f"Stock Rasa did not answer: {status} {answer}")
            return time.perf_counter() - began

    start = time.perf_counter() + count * 0.1
    return spread(await asyncio.gather(*(ask(number) for number in range(count))))


async def measure(count: int, per_second: float) -> dict[str, Any]:
    """Train and time stock Rasa."""
    with tempfile.TemporaryDirectory(prefix="baton-stock-") as folder:
        project = Path(folder)
        training = await asyncio.to_thread(train, project)
        async with serving(project) as (address, pid, ready):
            turns = await faq_turns(address, count, per_second)
            return {"training_s": training, "ready_s": ready, "memory_mb": resident_mb(pid), "faq_turn": turns}


def resident_mb(pid: int) -> int:
    """Return the resident memory of a process in megabytes."""
    return resident_kb(pid) // 1024
