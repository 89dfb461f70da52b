"""Names from the shop's catalogue, as customers write them: misspelt, in the plural, or only some of their words.

Rather nothing than a wrong product: what several products could be is none of them, and a word that customers use in
other sentences names none on its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from bot.nlu.entities.found import Found, longest
from bot.nlu.entities.tokens import Token, is_unspaced, tokens

_SHORTEST_MISSPELT = 5  # letters: shorter words are too often one letter away from another
_SHORTEST_ALONE = 6
_MOST_OF_IT = 2 / 3


class _Name(NamedTuple):
    name: str
    words: tuple[str, ...]
    head: str  # what the thing is: "jacket" in "rain jacket, red, 42"


class _Mention(NamedTuple):
    name: _Name
    start: int  # of its first token, and behind its last one
    end: int
    places: tuple[int, ...]  # of its words in the name

    @property
    def share(self) -> float:
        return len(self.places) / len(self.name.words)

    @property
    def is_unbroken(self) -> bool:
        return self.places[-1] - self.places[0] == len(self.places) - 1


class Products:
    """Finds the names of products in messages of one language.

    Args:
        names: of the catalogue.
        language: whose spelling they are compared in.
        ordinary: words that customers use in other sentences, as they are compared.
    """

    def __init__(self, names: Iterable[str], language: str, ordinary: Collection[str]) -> None:
        self._ordinary = ordinary
        self._names: dict[str, list[_Name]] = {}
        self._misspelt: dict[str, set[str]] = {}
        for name in dict.fromkeys(names):
            self._add(name, language)

    def find(self, cut: list[Token]) -> Iterator[Found]:
        """Every mention of one product; the value is its name in the catalogue."""
        words = [token for token in cut if token.word.isalnum() or is_unspaced(token.word)]
        meant = [self._meant(token.word) for token in words]
        found = []
        for start, known in enumerate(meant):
            mentions = {_mention(name, meant, start) for word in known for name in self._names[word]}
            best = _clearly_best(mentions)
            if best and self._is_telling(best, [meant[place] for place in range(best.start, best.end)]):
                found.append(Found(words[best.start].start, words[best.end - 1].end, "product", best.name.name))
        yield from longest(found)

    def _add(self, name: str, language: str) -> None:
        words = tuple(token.word for token in tokens(name, language) if token.word.isalnum())
        if not words:
            return
        heads = [token.word for token in tokens(name.split(",")[0], language) if token.word.isalpha()]
        entry = _Name(name, words, max(heads[-2:], key=len) if heads and len(heads[-1]) == 1 else (heads or [""])[-1])
        for word in dict.fromkeys(words):
            if word not in self._names:
                for variant in _with_a_letter_left_out(word):
                    self._misspelt.setdefault(variant, set()).add(word)
            self._names.setdefault(word, []).append(entry)

    def _meant(self, word: str) -> frozenset[str]:
        """The words of names that a word is, or is a misspelling or plural of."""
        if word in self._names:
            return frozenset({word})
        if len(word) < _SHORTEST_MISSPELT or not word.isalpha() or word in self._ordinary:
            return frozenset()
        return frozenset(
            known for variant in _with_a_letter_left_out(word) for known in self._misspelt.get(variant, ())
        )

    def _is_telling(self, mention: _Mention, meant: list[frozenset[str]]) -> bool:
        words = [mention.name.words[place] for place in mention.places]
        if is_unspaced(words[0]):
            return len(words) > 1 and mention.is_unbroken and mention.share >= 1 / 2
        distinctive = [word for word in words if word.isalpha() and word not in self._ordinary]
        if len(words) == 1:
            whole = mention.share == 1 and bool(distinctive)
            return whole or (words == distinctive == [mention.name.head] and len(words[0]) >= _SHORTEST_ALONE)
        if mention.is_unbroken and mention.share >= _MOST_OF_IT:
            return True
        return bool(distinctive) and mention.name.head in words


def _mention(name: _Name, meant: list[frozenset[str]], start: int) -> _Mention:
    """The longest run of a message's words from one on that are words of a name, in its order."""
    places: list[int] = []
    reached = 0
    end = start
    for known in meant[start:]:
        place = next((at for at in range(reached, len(name.words)) if name.words[at] in known), None)
        if place is None:
            break
        places.append(place)
        reached, end = place + 1, end + 1
    return _Mention(name, start, end, tuple(places))


def _clearly_best(mentions: Iterable[_Mention]) -> _Mention | None:
    ranked = sorted(mentions, key=lambda mention: (len(mention.places), mention.share == 1), reverse=True)
    if len(ranked) > 1:
        first, second = ranked[:2]
        if len(first.places) == len(second.places) and (first.share == 1) == (second.share == 1):
            return None
    return ranked[0] if ranked else None


def _with_a_letter_left_out(word: str) -> set[str]:
    """Words that share one of these differ by a letter, not the first one, left out, put in, replaced or moved."""
    if len(word) < _SHORTEST_MISSPELT - 1:
        return {word}
    return {word, *(word[:place] + word[place + 1 :] for place in range(1, len(word)))}
