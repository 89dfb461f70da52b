"""How the shipped bot does on messages kept out of its training, one file a language: `text,intent`.

Runs in the bot's environment: python -m bench.nlu_heldout MODEL.tar.gz FOLDER → one line of JSON

Besides the measures of `bot.nlu.metrics` it tells what the bot would do: each message is read as the first of a
conversation in its language, by the code that reads customers' messages, and counts as acted on for every intent that
is then neither asked about nor refused.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from bench.figures import percentile
from bot.light_rasa import lighten, of_model


def main() -> int:
    """Measure the model on every file of the folder."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["OMP_NUM_THREADS"] = "1"
    model, folder = map(Path, sys.argv[1:3])
    lighten(of_model(model))
    from bot.private_log import configure_logging

    configure_logging()
    from bot.nlu.trained import TrainedNLU

    nlu = TrainedNLU(model)
    for _ in range(3):
        nlu.read("hello, where is my order 10234?", "en")
    gc.collect()
    gc.freeze()
    loaded = resident_mb()
    languages = {file.stem: of_language(file, nlu) for file in sorted(folder.glob("*.csv"))}
    print(json.dumps({"loaded_mb": loaded, "languages": languages}))
    return 0


def of_language(file: Path, nlu: Any) -> dict[str, Any]:
    """The figures of one file, named for its language."""
    from bot.nlu.evaluate import judge
    from bot.nlu.examples import read_examples
    from bot.nlu.metrics import measures
    from bot.nlu.scope import OUT_OF_SCOPE
    from bot.requests import is_task

    judged, times, computing, tasks, wrong = [], [], [], [], 0
    language = file.stem
    examples = read_examples(file)
    for example in examples:
        began, busy = time.perf_counter(), time.process_time()
        judged.append(judge(example, nlu, language))
        times.append(1000 * (time.perf_counter() - began))
        computing.append(1000 * (time.process_time() - busy))
        text, intent = example
        done = acted_on(text, nlu, language)
        if intent == OUT_OF_SCOPE and any(map(is_task, done)):
            tasks.append({"text": text, "acted_on": done})
        elif intent != OUT_OF_SCOPE:
            wrong += any(one != intent for one in done)
    figures = measures(judged)
    inside = max(1, figures["messages"])
    return {
        **figures,
        "acted_wrongly": round(100 * wrong / inside, 2),
        "tasks_begun_out_of_scope": tasks,
        "ms_p50": round(percentile(times, 0.5), 2),
        "ms_p99": round(percentile(times, 0.99), 2),
        "ms_cpu_p50": round(percentile(computing, 0.5), 2),
        "ms_cpu_p99": round(percentile(computing, 0.99), 2),
    }


def acted_on(text: str, nlu: Any, language: str) -> list[str]:
    """The intents that the bot would act on: of the first request, and of those it would pick up afterwards."""
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.nlu.scope import OUT_OF_SCOPE
    from bot.requests import Waiting
    from bot.turn import TurnRequest
    from bot.understanding import WHICH_MEANT, Understanding

    understanding = Understanding(nlu.metadata, nlu.runner, nlu.metadata.domain, frozenset())
    turn = TurnRequest("c1", "m1", text, None, language, {})
    tracker = DialogueStateTracker("c1", nlu.metadata.domain.slots)
    reading = understanding.read(turn, tracker)
    first = str(reading.message.intent.get("name"))
    # A further request is read again when it is its turn, and may be asked about then.
    waiting: list[Waiting] = [{"text": one.text, "intent": one.intent, "id": "m2"} for one in reading.others]
    served = [understanding.read_waiting(one, turn, reading.language, tracker, follows=True) for one in waiting]
    others = [str(message.intent.get("name")) for message in served]
    refused = ("nlu_fallback", OUT_OF_SCOPE, WHICH_MEANT, "None")
    return [intent for intent in (first, *others) if intent not in refused]


def resident_mb() -> int:
    """The memory this process holds, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1024**2)


if __name__ == "__main__":
    sys.exit(main())
