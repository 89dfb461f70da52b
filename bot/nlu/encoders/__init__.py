"""Sentence encoders: what a sentence means, as a vector. The weights come with packages; nothing is fetched."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

logger = logging.getLogger(__name__)


class SentenceEncoder(Protocol):
    """Turns sentences into vectors, each on its own, whatever its neighbours."""

    width: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors; shape (texts, width)."""


class NoWeights(Exception):
    """An encoder's weights are not there, or not the ones it was tried with; says which."""


@cache
def available(name: str) -> SentenceEncoder | None:
    """An encoder by its name (`minilm`, `use`); None, and once a warning, when its weights are absent."""
    try:
        return _LOADERS[name]()
    except NoWeights as error:
        logger.warning("%s Understanding goes on without it, and is worse for that.", error)
        return None


def _minilm() -> SentenceEncoder:
    from bot.nlu.encoders.minilm import MiniLM

    return MiniLM()


def _use() -> SentenceEncoder:
    from bot.nlu.encoders.use import MultilingualEncoder

    return MultilingualEncoder()


_LOADERS: Mapping[str, Callable[[], SentenceEncoder]] = {"minilm": _minilm, "use": _use}
