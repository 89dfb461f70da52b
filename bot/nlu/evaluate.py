"""Measures the shipped pipeline on anybody's examples: trains it on one file and asks it the messages of another.

    python -m bot.nlu.evaluate --train TRAIN.csv --test TEST.csv [--language LANG] [--json OUT]

Files are CSV with the columns `text` and `intent`, or Rasa's YAML; `out_of_scope` marks messages that no intent covers.
Training is that of `bot.train`, in a process and a folder of its own, from the `pipeline` of config.yml as it stands;
asking is done one message at a time on one thread, as when serving. Exit codes: 0 measured, 1 training failed, 2 a file
is wrong.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.light_rasa import lighten, of_model
from bot.nlu.progress import Progress

if TYPE_CHECKING:
    from bot.nlu.examples import Example
    from bot.nlu.metrics import Judged
    from bot.nlu.trained import TrainedNLU

ROOT = Path(__file__).resolve().parents[2]
# Rasa reads "faq/price" as the answer "price" to "faq". The sign that stands in for the slash looks like one.
_SLASH, _STAND_IN = "/", "\u2215"
_WARM_UP = 5
_POLL_S = 0.2


class CannotTrain(Exception):
    """Rasa could not train from the examples; the message is what it printed last."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a report, and write the figures as JSON if asked to."""
    options = _parser().parse_args(arguments)
    given = dict(os.environ)
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # Of this process alone, which asks one message at a time: training may use every core, as `baton train` does.
    os.environ["OMP_NUM_THREADS"] = "1"
    # Only now, for these import Rasa and numpy.
    from bot.nlu.examples import BadFile, read_pair
    from bot.private_log import configure_logging

    configure_logging()
    progress = Progress()
    if options.json and not options.json.absolute().parent.is_dir():
        return _failed(f"There is no folder {options.json.parent} to write the figures into.", 2)
    try:
        train, test = read_pair(options.train, options.test)
        figures = evaluate(train, test, options.language or _default_language(), given, progress)
    except BadFile as problem:
        return _failed(str(problem), 2)
    except CannotTrain as problem:
        return _failed(f"Rasa can't train from {options.train}. It said:\n\n{problem}", 1)
    print(report(figures))  # noqa: T201 -- what this program is for
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


def evaluate(
    train: Sequence[Example], test: Sequence[Example], language: str, environ: Mapping[str, str], progress: Progress
) -> dict[str, Any]:
    """Train on some examples and measure on others.

    Args:
        train: what to learn.
        test: what to ask; every intent is among those learned, or `out_of_scope`.
        language: the BCP 47 tag of both.
        environ: what the training inherits.
        progress: where to say how far it is.

    Returns:
        The measures of `bot.nlu.metrics` in percent; seconds (`…_s`), milliseconds (`ms_…`) and megabytes (`…_mb`).

    Raises:
        CannotTrain: Rasa could not.
    """
    from bot.nlu.metrics import measures

    with tempfile.TemporaryDirectory(prefix="baton-nlu-") as place:
        archive, seconds = _train(Path(place), train, language, environ, progress)
        progress.announce("loading the model")
        # Before Rasa is imported for serving, as `bot.run` does.
        lighten(of_model(archive))
        from bot.nlu.trained import TrainedNLU

        nlu = TrainedNLU(archive)
    for example in train[:_WARM_UP]:
        nlu.read(example.text, language)
    progress.done()
    gc.collect()
    gc.freeze()
    loaded = _resident_mb()
    judged, times, computing = [], [], []
    for number, example in enumerate(test, start=1):
        began, busy = time.perf_counter(), time.process_time()
        judged.append(judge(example, nlu, language))
        times.append(1000 * (time.perf_counter() - began))
        computing.append(1000 * (time.process_time() - busy))
        progress.show(f"asking {number} of {len(test)} messages")
    progress.done()
    return {
        "language": language,
        "intents": len({example.intent for example in train}),
        "examples": len(train),
        **measures(judged),
        "ms_p50": _percentile(times, 0.5),
        "ms_p99": _percentile(times, 0.99),
        "ms_cpu_p50": _percentile(computing, 0.5),
        "ms_cpu_p99": _percentile(computing, 0.99),
        "training_s": round(seconds, 1),
        "training_peak_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
        "loaded_mb": loaded,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def judge(example: Example, nlu: TrainedNLU, language: str) -> Judged:
    """Ask a message, and compare what is made of it with what it means."""
    from bot.nlu.classifier import SCOPE
    from bot.nlu.gate import CLOSE, WHY
    from bot.nlu.metrics import Judged
    from bot.nlu.scope import OUT_OF_SCOPE

    read = nlu.read(example.text, language)
    # The gate puts its fallback in front; what is measured apart from it is the likeliest of the intents.
    ranking = [one for one in read.get("intent_ranking") or () if one["name"] != "nlu_fallback"]
    likeliest: dict[str, Any] = ranking[0] if ranking else {"name": "", "confidence": 0.0}
    predicted = from_rasa(likeliest["name"])
    return Judged(
        example.text,
        example.intent,
        predicted,
        float(likeliest["confidence"]),
        float(read.get(SCOPE)["sign"]),
        rejected=bool(read.get(WHY)) or predicted == OUT_OF_SCOPE,
        asked=bool(read.get(CLOSE)),
    )


def write_project(folder: Path, examples: Sequence[Example], language: str) -> None:
    """Write examples as a Rasa project with the shipped pipeline: config.yml and data/nlu/<language>/.

    Args:
        folder: an empty one.
        examples: what to learn.
        language: the BCP 47 tag of the examples.
    """
    from rasa.shared.utils.io import read_config_file, write_yaml

    shipped = read_config_file(ROOT / "config.yml")
    write_yaml({**shipped, "language": language, "policies": []}, folder / "config.yml")
    file = folder / "data" / "nlu" / language / "examples.json"
    file.parent.mkdir(parents=True)
    # Rasa's JSON, because its YAML would read brackets in a message as marks of an entity.
    learned = [{"text": text, "intent": to_rasa(intent)} for text, intent in examples]
    file.write_text(json.dumps({"rasa_nlu_data": {"common_examples": learned}}, ensure_ascii=False), encoding="utf-8")


def to_rasa(intent: str) -> str:
    """An intent's name as Rasa can keep it."""
    return intent.replace(_SLASH, _STAND_IN)


def from_rasa(intent: str) -> str:
    """The name that `to_rasa` was given."""
    return intent.replace(_STAND_IN, _SLASH)


def report(figures: Mapping[str, Any]) -> str:
    """The figures as lines to read."""
    lines = [
        f"{figures['intents']} intents from {figures['examples']} examples ({figures['language']}); "
        f"asked {figures['messages']} messages in scope and {figures['out_of_scope_messages']} outside",
        "",
    ]
    lines += [f"{words:<58}{figures[name]:>8} {unit}".rstrip() for name, words, unit in _ROWS if name in figures]
    if figures.get("confused"):
        lines += ["", "most often confused:"]
        lines += [f"{one['times']:>5} × {one['intent']}, taken for {one['taken_for']}" for one in figures["confused"]]
    return "\n".join(lines)


_ROWS = (
    ("accuracy", "accuracy in scope", "%"),
    ("macro_f1", "macro-F1", "%"),
    ("calibration_error", "calibration error (15 bins)", "%"),
    ("rejected_in_scope", "in scope, yet told not to be understood", "%"),
    ("asked_in_scope", "in scope, asked which of two is meant", "%"),
    ("auroc", "out of scope: AUROC", "%"),
    ("fpr_at_95_recall", "out of scope: in-scope lost when 95 % are caught", "%"),
    ("accuracy_at_80_out_of_scope_recall", "accuracy in scope when 80 % of the others are caught", "%"),
    ("rejected_out_of_scope", "out of scope, told not to be understood", "%"),
    ("ms_p50", "one message, one thread: median", "ms"),
    ("ms_p99", "one message, one thread: 99th percentile", "ms"),
    ("ms_cpu_p50", "of which computing: median", "ms"),
    ("ms_cpu_p99", "of which computing: 99th percentile", "ms"),
    ("training_s", "training, start of Python included", "s"),
    ("training_peak_mb", "training: peak memory", "MB"),
    ("loaded_mb", "this process with the model loaded: memory", "MB"),
    ("peak_mb", "this process: peak memory", "MB"),
)


def _train(
    folder: Path, examples: Sequence[Example], language: str, environ: Mapping[str, str], progress: Progress
) -> tuple[Path, float]:
    """Train in a process of its own; returns the model and the seconds from start to end of it."""
    write_project(folder, examples, language)
    model = folder / "models" / "nlu.tar.gz"
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
    log = folder / "train.log"
    began = time.perf_counter()
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 -- a program of ours
            (sys.executable, "-m", "bot.train", "--nlu", "--out", str(model)),
            cwd=folder,
            env={**environ, **quiet, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            while process.poll() is None:
                progress.show(f"training on {len(examples)} examples")
                try:
                    process.wait(_POLL_S)
                except subprocess.TimeoutExpired:
                    continue
        except BaseException:
            process.terminate()
            raise
    seconds = time.perf_counter() - began
    progress.done()
    if process.returncode != 0 or not model.exists():
        raise CannotTrain("\n".join(log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-12:]))
    return model, seconds


def _percentile(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)


def _resident_mb() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:  # not Linux: the most it ever had is the nearest there is
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1024**2)


def _default_language() -> str:
    from rasa.shared.utils.io import read_config_file

    from bot.languages import DEFAULT_LANGUAGE

    return str(read_config_file(ROOT / "config.yml").get("language") or DEFAULT_LANGUAGE)


def _failed(sentence: str, code: int) -> int:
    print(f"baton nlu evaluate: {sentence}", file=sys.stderr)  # noqa: T201 -- the program's last word
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="baton nlu evaluate", description="Measure the pipeline on your own examples."
    )
    parser.add_argument("--train", type=Path, required=True, help="the examples to learn (.csv, .yml)")
    parser.add_argument("--test", type=Path, required=True, help="the messages to ask (.csv, .yml)")
    parser.add_argument("--language", help="their language, such as da (by default that of config.yml)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
