"""Where things are in the project's folder, and how to run something of the Rasa half."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from baton.failure import Failure
from baton.settings import ROOT

MODELS = ROOT / "models"
NOTICES = ROOT / "data" / "notices"
_RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"

AUTHORED = ("config.yml", "domain.yml", "data/nlu", "data/rules", "data/stories", "data/responses")
"""What the bot is trained from, as paths from the project's folder."""


def rasa_python() -> str:
    """Return the Python of the Rasa half.

    Raises:
        Failure: it is not installed.
    """
    if not _RASA_PYTHON.exists():
        raise Failure("The bot's own Python environment (.venv-rasa) is missing; run `make setup`.")
    return str(_RASA_PYTHON)


def rasa_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a process of the Rasa half.

    Baton's own settings are left out, so that each process is given just those that it needs; so are the variables by
    which the caller's Python would reach into the other one.
    """
    kept = {name: value for name, value in environ.items() if not name.startswith(("BATON_", "PYTHON", "VIRTUAL_ENV"))}
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    return {**kept, **quiet, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"}


def shown_path(path: Path) -> str:
    """Write a path as short as it can be said from where the person is."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
