"""Phone numbers, in any usual notation, that could be called: phonenumbers knows how long each country's are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import phonenumbers

from bot.nlu.entities.found import Found
from bot.nlu.entities.tokens import UNSPACED

_CANDIDATE = re.compile(
    rf"(?:(?<![\w@.#])(?<![a-z]{{2}}[0-9]{{2}} )|(?<=[{UNSPACED}]))"  # in an IBAN a space follows country and check
    rf"(?:\(?(?:\+|00) ?)?\(?[0-9](?:[ ()./-]{{0,3}}[0-9]){{5,16}}"
    rf"(?![0-9@]|[^\W{UNSPACED}])",
    re.IGNORECASE,
)
_FIRST_GROUP = re.compile(r"(\d+)[ /]+(?=\d)")


class Phones:
    """Finds phone numbers, as they were written; who uses one reads it again.

    Args:
        region: ISO 3166-1 alpha-2, of numbers without a country code.
        is_order_number: what no phone number begins with, though one may stand in front of it.
    """

    def __init__(self, region: str, is_order_number: Callable[[str], bool]) -> None:
        self._region = region
        self._is_order_number = is_order_number

    def find(self, text: str) -> Iterator[Found]:
        """Every number of a possible length."""
        for match in _CANDIDATE.finditer(text):
            start, end = match.span()
            group = _FIRST_GROUP.match(text, start, end)
            if group and self._is_order_number(group[1]) and self._is_possible(text[group.end() : end]):
                start = group.end()
            elif self._is_order_number(text[start:end]) or not self._is_possible(text[start:end]):
                continue
            yield Found(start, end, "phone", text[start:end])

    def _is_possible(self, written: str) -> bool:
        try:
            number = phonenumbers.parse(written, self._region)
        except phonenumbers.NumberParseException:
            return False
        return phonenumbers.is_possible_number(number)
