"""Starts the bot: Rasa with a trained model behind the turn channel, on loopback, in one process.

    python -m bot.run --model models --port 5005

Not ``rasa run``: that takes three times as long and three times the memory to start, and answers with 200 when an
action fails. The bot announces itself with one line on stdout, ``ready``, once it can take turns.

Settings come from the environment: BATON_TURN_SECRET and BATON_REDIS_URL are needed; BATON_ACTIONS_URL,
BATON_ACTIONS_SECRET, BATON_ACTION_TIMEOUT_SECONDS, BATON_TURN_TIMEOUT_SECONDS, BATON_TRACKER_TTL_SECONDS and
BATON_HANDOFF_INTENTS may be given.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bot.light_rasa import lighten, of_model
from bot.models import NoModel, newest_model
from bot.private_log import configure_logging


def main(arguments: list[str] | None = None) -> int:
    """Run the bot until it is told to stop; the exit code is 2 when it cannot start."""
    options = _parser().parse_args(arguments)
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # One turn is small arithmetic: threads of the linear algebra library would only spin beside it.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    configure_logging()
    try:
        model = newest_model(options.model)
    except NoModel as error:
        return _cannot_start(str(error))
    lighten(of_model(model))
    # Only now, for these import Rasa.
    from bot.agent import CannotStart
    from bot.server import serve

    try:
        serve(model=model, endpoints=options.endpoints, port=options.port)
    except CannotStart as error:
        return _cannot_start(str(error))
    return 0


def _cannot_start(why: str) -> int:
    print(why, file=sys.stderr)  # noqa: T201 -- the program's last word
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.run", description="Run the bot on loopback.")
    parser.add_argument("--model", type=Path, default=Path("models"), help="a trained model, or a folder of models")
    parser.add_argument("--port", type=int, default=5005, help="the port on 127.0.0.1")
    parser.add_argument("--endpoints", type=Path, default=Path("endpoints.yml"), help="Rasa's endpoints file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
