"""What some tests need of the machine: skipped where it is missing, an error in CI."""

from __future__ import annotations

import os

import pytest

from baton.failure import Failure
from baton.project import rasa_python


def needs_rasa_half() -> str:
    """Return the Python of the Rasa half."""
    try:
        return rasa_python()
    except Failure as failure:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(failure.message)
