"""Order numbers, e-mail addresses and places in a list: what a pattern alone can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlu.entities.found import Found
from bot.nlu.entities.tokens import UNSPACED

ORDER_NUMBER = r"(?:#\s?|bn[- ]?)?[0-9]{5}"
"""The shop's order numbers as customers write them: with or without "#" or "BN-"."""

# Letters of other scripts before a number are a word run together with it ("заказ10234"). Latin ones are often the
# beginning of another kind of number, so only these words are taken for words.
_LEADS = r"(?:no|nr|num|number|nummer|order|ordre|ordrenr|ordernr|orderno|ord)"
_BEFORE = re.compile(
    rf"(?:^|[^\w.,@+/:-]|(?<![\w.@-]){_LEADS}|[^\W\da-z_]|(?<!\d)[.,:-]|(?<=\d{{4}})[,;])\Z", re.IGNORECASE
)
# Digits ("4512 10234"), a house number before a postal code ("Rue 12b, 75001"), the letters of a code ("DE-10115").
_OTHER_NUMBER_BEFORE = re.compile(r"(?:\d[ .,/-]|(?<![\w.])\d{1,4}[a-z]?,\s?|(?<!\w)[a-z]{1,3}-)\Z", re.IGNORECASE)
# Not the rest of a longer number, an address or a path; one or two letters are a unit ("10234km"), more are a word.
_BEHIND = re.compile(r"(?![-./]?\d| \d{3}| \d{1,2}[ -]\d|@|[-_/]\w)(?=[a-z]{3}|[^a-z]|\Z)", re.IGNORECASE)
_FAR_ENOUGH = 16  # characters before a number that tell what it is
_LIST = re.compile(r"(?<!\d)\d{5}[,;]? ?\Z")  # of order numbers

_LOCAL = rf"[^\W{UNSPACED}]"
_EMAIL = re.compile(
    rf"(?<![.+-])(?:(?<!\w)|(?<=[{UNSPACED}])){_LOCAL}(?:{_LOCAL}|[.+'%-]){{0,63}}@{_LOCAL}(?:{_LOCAL}|-){{0,62}}"
    rf"(?:\.{_LOCAL}(?:{_LOCAL}|-){{1,62}}){{1,8}}"
)
_POSITION = re.compile(
    rf"(?:(?<![\w#+.:@/-])(?<![0-9]{{2}},)|(?<=[{UNSPACED}]))(?:[0-9](?!,[0-9]{{2}})|[0-9]{{2}}(?!,[0-9]))"
    r"(?![0-9:@/-]|[.][0-9]|[^\W和跟与及])"
)


class OrderNumbers:
    """Finds order numbers, as they were written.

    Args:
        pattern: a regular expression for one, without regard to case and what is around it.

    Raises:
        ValueError: it is no regular expression, or one that fits an empty text.
    """

    def __init__(self, pattern: str = ORDER_NUMBER) -> None:
        try:
            self._pattern = re.compile(pattern, re.IGNORECASE)
        except re.error as wrong:
            raise ValueError(f"BATON_ORDER_NUMBER must be a regular expression: {wrong}") from None
        if self._pattern.fullmatch(""):
            raise ValueError("BATON_ORDER_NUMBER must not fit an empty text")

    def fits(self, text: str) -> bool:
        """Whether a text is an order number and nothing else."""
        return self._pattern.fullmatch(text) is not None

    def find(self, text: str) -> Iterator[Found]:
        """Every order number that is no part of another number, word or address."""
        reached = 0
        while match := self._pattern.search(text, reached):
            start, end = match.span()
            if end > start and self._stands_alone(text, start, end):
                yield Found(start, end, "order_number", match[0])
                reached = end
            else:
                reached = start + 1

    def _stands_alone(self, text: str, start: int, end: int) -> bool:
        before = text[max(0, start - _FAR_ENOUGH) : start]
        part_of_another = _OTHER_NUMBER_BEFORE.search(before) and not _LIST.search(before)
        return bool(_BEFORE.search(before) and not part_of_another and _BEHIND.match(text, end))


def emails(text: str) -> Iterator[Found]:
    """Every e-mail address, as it was written."""
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Found(match.start(), match.end(), "email", match[0])


def positions(text: str) -> Iterator[Found]:
    """Places in a list: numbers of one or two digits that stand alone; "2个" is a quantity."""
    for match in _POSITION.finditer(text):
        yield Found(match.start(), match.end(), "item_position", match[0])
