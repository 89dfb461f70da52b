"""What the Rasa half reads from the environment."""

from __future__ import annotations

import re

from baton.settings import ROOT


def variables_read(room: str) -> set[str]:
    """Name the BATON_… variables that the files of a room have in quotes; a mention in words reads nothing."""
    read = set[str]()
    for file in (ROOT / room).rglob("*.py"):
        read |= set(re.findall(r'"(BATON_[A-Z_]*[A-Z])"', file.read_text(encoding="utf-8")))
    return read
