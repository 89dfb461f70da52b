"""Tells which of a few languages a text is in: a published detector, corrected by the authors' own examples.

py3langid knows languages from long texts and takes one in seven short Danish messages for English. How customers of a
shop write is in the authors' examples, so character n-grams of those have a say too (naive Bayes). Neither alone is as
good: see docs/understanding.md.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from py3langid.langid import MODEL_FILE
from py3langid.langid import LanguageIdentifier as PublishedDetector
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

from bot.nlu.text import fold

_GRAMS = (1, 4)
_SMOOTHING = 0.1
_LEAST = 1e-9
# Overlapping n-grams repeat each other, so that their product claims to be surer than it is. Cross-validated.
_WEIGHT = 0.3
_LATIN = "LATIN"
_RARE = 5.0  # nats below a language's commonest n-gram: a letter rarer than that is of a foreign word
_ADDRESSES = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
_FILE, _ARRAYS = "detector.json", "detector.npz"


class LanguageDetector:
    """Detects a text's language among those that there are examples of.

    Args:
        languages: BCP 47 tags, sorted.
        grams: character n-grams of the examples, in the order of the columns of `log_likelihood`.
        log_likelihood: of each n-gram in each language; shape (languages, n-grams).
    """

    def __init__(self, languages: Sequence[str], grams: Sequence[str], log_likelihood: npt.NDArray[np.float64]) -> None:
        self.languages = tuple(languages)
        self._log_likelihood = log_likelihood
        # A message is counted here, for scikit-learn's own way takes ten times as long over one.
        self._cut = _vectorizer().build_analyzer()
        self._place = {gram: place for place, gram in enumerate(grams)}
        self._grams = tuple(grams)

    @classmethod
    def of_examples(cls, examples: Sequence[tuple[str, str]]) -> LanguageDetector:
        """Learn from (text, language) pairs, texts in plain form."""
        languages = sorted({language for _, language in examples})
        counts = _vectorizer()
        seen = counts.fit_transform([_written(text) for text, _ in examples])
        # Every language is as likely as the others, however many examples it has.
        bayes = MultinomialNB(alpha=_SMOOTHING, fit_prior=False).fit(seen, [language for _, language in examples])
        return cls(languages, list(counts.get_feature_names_out()), bayes.feature_log_prob_)

    def probabilities(self, text: str) -> Mapping[str, float]:
        """How likely each language is, adding up to 1; all alike for a text without letters.

        Args:
            text: in plain form (`bot.nlu.text.plain`).
        """
        text = _ADDRESSES.sub(" ", text)
        if not any(character.isalpha() for character in text) or len(self.languages) == 1:
            return dict.fromkeys(self.languages, 1 / len(self.languages))
        places = [place for gram in self._cut(_written(text)) if (place := self._place.get(gram)) is not None]
        own = self._log_likelihood[:, places].sum(axis=1)
        ranked = dict(self._published.rank(text))
        published = np.array([max(float(ranked.get(_base(tag), 0.0)), _LEAST) for tag in self.languages])
        score = _WEIGHT * own + np.log(published)
        share = np.exp(score - score.max()) * self._can_write(text)
        return dict(zip(self.languages, (share / share.sum()).tolist(), strict=True))

    def _can_write(self, text: str) -> npt.NDArray[np.float64]:
        """Which languages are written in the script that tells most about a text; all, when none of them is.

        Latin words turn up in every script (brands, street names), so they tell least.
        """
        scripts = [_script(character) for character in text if character.isalpha()]
        telling = [script for script in scripts if script != _LATIN] or scripts
        able = np.array([any(script in known for script in telling) for known in self._scripts])
        return able.astype(float) if able.any() else np.ones(len(able))

    @cached_property
    def _scripts(self) -> list[frozenset[str]]:
        letters = [(place, gram) for place, gram in enumerate(self._grams) if len(gram) == 1 and gram.isalpha()]
        most = self._log_likelihood.max(axis=1)
        return [
            frozenset(_script(gram) for place, gram in letters if row[place] > most[number] - _RARE)
            for number, row in enumerate(self._log_likelihood)
        ]

    @cached_property
    def _published(self) -> PublishedDetector:
        detector = PublishedDetector.from_pickled_model(MODEL_FILE, norm_probs=True)
        known = set(detector.nb_classes)
        detector.set_languages([base for base in map(_base, self.languages) if base in known])
        return detector

    def save(self, folder: Path) -> None:
        """Write the detector into a folder."""
        content = {"languages": self.languages, "grams": self._grams}
        (folder / _FILE).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(folder / _ARRAYS, log_likelihood=self._log_likelihood.astype(np.float32))

    @classmethod
    def load(cls, folder: Path) -> LanguageDetector:
        """Read what `save` wrote."""
        content = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS) as arrays:
            return cls(content["languages"], content["grams"], arrays["log_likelihood"])


def _vectorizer() -> CountVectorizer:
    return CountVectorizer(analyzer="char_wb", ngram_range=_GRAMS, lowercase=False, dtype=np.float64)


def _written(text: str) -> str:
    # Not folded by language, which is what is asked: å says more than aa.
    return fold(text, "")


def _script(character: str) -> str:
    return unicodedata.name(character, "").split(" ")[0]


def _base(tag: str) -> str:
    return tag.split("-")[0].lower()
