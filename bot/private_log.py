"""Logs without personal data.

The messages of exceptions, and most of what Rasa logs below ERROR, quote what customers wrote. So logs name types
and places, and leave quotations out.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import PurePath

import structlog

from bot.errors import TurnError

_FRAMES = 4
# Their words are about code, never about customers.
_OURS = (TurnError, ImportError, SyntaxError)
# These say at WARNING or ERROR what a customer wrote or what a slot holds; what matters of it fails the turn loudly.
_TALKATIVE = ("rasa", "sanic.access", "apscheduler", "asyncio", "aiohttp.access", "matplotlib", "py.warnings")


def outline(error: BaseException) -> str:
    """An error and its causes by type and place, without the words of any but our own."""
    parts: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        words = f": {cause}" if isinstance(cause, _OURS) else ""
        frames = traceback.extract_tb(cause.__traceback__)[-_FRAMES:]
        places = " < ".join(f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
        parts.append(f"{type(cause).__name__}{words} [{places}]")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return " because of ".join(parts)


class _PrivateFormatter(logging.Formatter):
    """Formats a record with an outline where others print the exception."""

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info and record.exc_info[1] is not None:
            record.msg = f"{record.getMessage()} {outline(record.exc_info[1])}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return super().format(record)


def configure_logging(level: int = logging.WARNING) -> None:
    """Send our own warnings to stderr, and silence those that quote customers."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_PrivateFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.getLogger("rasa_sdk").setLevel(logging.ERROR)
    # Rasa's structlog loggers print on their own unless told to go through logging.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
