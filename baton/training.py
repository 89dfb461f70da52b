"""Trains the bot when what authors edit has changed since it was last trained."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from baton.errand import run_errand
from baton.failure import Failure
from baton.project import AUTHORED, MODELS
from baton.settings import ROOT
from baton.terminal import Terminal

_ALSO = ("bot/nlu", "requirements/rasa.lock")
_KEPT = 3


def fingerprint(root: Path = ROOT) -> str:
    """Digest everything that a model is trained from: two equal digests mean one and the same model."""
    digest = hashlib.sha256()
    for file in _files(root):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(root).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()[:16]


def fresh_model(root: Path = ROOT, models: Path = MODELS) -> Path | None:
    """Return the model that was trained from just what is there now, if there is one."""
    model = models / f"baton-{fingerprint(root)}.tar.gz"
    return model if model.exists() else None


def train(environ: Mapping[str, str], logs: Path, terminal: Terminal, *, anew: bool = False) -> Path:
    """Return a fresh model, trained now unless there is one already.

    Args:
        environ: what Rasa inherits.
        logs: folder for the log of the training.
        anew: train even if the model is fresh.

    Raises:
        Failure: Rasa can't train from these files; the sentence ends with what it said.
    """
    fresh = fresh_model()
    if fresh is not None and not anew:
        return fresh
    name = f"baton-{fingerprint()}"
    MODELS.mkdir(exist_ok=True)
    # Trained aside and moved into place, so that a model that is there is whole.
    with tempfile.TemporaryDirectory(dir=MODELS, prefix=".training-") as aside:
        made = Path(aside) / f"{name}.tar.gz"
        outcome = run_errand(
            "bot.train", ("--out", str(made)), environ, logs / "train.log", terminal, "training the bot (some 25 s)"
        )
        if outcome.code != 0 or not made.exists():
            raise Failure(f"The bot can't be trained; `baton check` may say why. Rasa said:\n\n{outcome.last_words}")
        model = MODELS / made.name
        made.replace(model)
    terminal.say(f"  trained the bot in {outcome.seconds:.0f} s")
    _forget_old()
    return model


def _files(root: Path) -> Iterable[Path]:
    for name in (*AUTHORED, *_ALSO):
        place = root / name
        found = place.rglob("*") if place.is_dir() else [place]
        yield from sorted(file for file in found if file.is_file() and file.suffix != ".pyc")


def _forget_old() -> None:
    models = sorted(MODELS.glob("baton-*.tar.gz"), key=lambda model: model.stat().st_mtime)
    for model in models[:-_KEPT]:
        model.unlink(missing_ok=True)
