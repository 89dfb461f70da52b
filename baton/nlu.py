"""`baton nlu`: what the bot understands, measured and explained; the Rasa half does it and is told what to read."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from baton import training
from baton.project import rasa_environment, rasa_python
from baton.settings import ROOT, Settings
from baton.settings_source import environment
from baton.terminal import Terminal

_TOLD = ("default_region", "order_number", "catalogue_file", "business_timezone")
"""The settings that decide which entities are found."""


def evaluate(options: Sequence[str], environ: Mapping[str, str]) -> int:
    """Train and measure the pipeline on somebody's examples.

    Args:
        options: as `bot.nlu.evaluate` reads them; paths are seen from where the person is.
        environ: the environment variables.

    Returns:
        The exit code: 0 measured, 1 training failed, 2 a file is wrong.
    """
    return subprocess.call((rasa_python(), "-m", "bot.nlu.evaluate", *options), env=_environment(environ, {}))


def explain(options: Sequence[str], chosen: Settings, environ: Mapping[str, str], terminal: Terminal) -> int:
    """Explain a message with the model of what authors wrote; one is trained first if that has changed.

    Args:
        options: as `bot.nlu.explain` reads them, without the model.
        chosen: the settings, some of which decide what is an entity.
        environ: the environment variables.
        terminal: where the training shows its progress; not where the result goes.
    """
    model: Path = training.train(environ, chosen.home / "log", terminal)
    command = (rasa_python(), "-m", "bot.nlu.explain", "--model", str(model), *options)
    return subprocess.call(command, env=_environment(environ, environment(chosen, _TOLD)))


def _environment(environ: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    return rasa_environment(environ) | dict(told) | {"PYTHONPATH": str(ROOT)}
