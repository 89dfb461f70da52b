"""A whole new address in a message: what follows the words that lead to one, such as "send it to"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.nlu.entities.found import Found

ADDRESS_LEAD = "address_lead"
"""Name of the authors' tables of words that stand right before a new address."""

_WHOLE = re.compile(r"[\s:,]*(?P<address>[^\s,@][^,،、@]*[,،、](?=[^@]*\d)[^@]+?)[\s.!。]*\Z")


def addresses(text: str, leads: Iterable[Found]) -> Iterator[Found]:
    """What stands behind the last lead that has a comma and a number behind it; the form checks whether it is one."""
    until = len(text)
    for lead in sorted(leads, reverse=True):
        match = _WHOLE.match(text[:until], lead.end)
        if match:
            yield Found(match.start("address"), match.end("address"), "new_address", match["address"])
            return
        until = lead.start
