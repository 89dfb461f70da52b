"""Whether a message is about anything the bot knows.

Three signs are added: the classifier's best score (low far from every example, and between two intents), the cosine to
the nearest intent's centre, and the mean cosine to the three nearest examples. Their weights were chosen by
cross-validation in which whole intents were kept from training (docs/understanding.md).

The sum is told as familiarity: the share of the training examples that, each judged as if it had not been seen, look
stranger. It means the same in every language and for every amount of examples: below 0.05 is stranger than 95 % of what
the authors expect to be asked.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bot.nlu.kernel import Floats, LeftOut

Cosines = npt.NDArray[np.float32]

OUT_OF_SCOPE = "out_of_scope"
"""The intent that marks a message which none of the intents covers."""

_CENTRE, _NEAREST = 0.5, 0.25
_NEIGHBOURS = 3
_TINY = 1e-6


class Scope:
    """Judges messages by their cosines to the examples.

    Args:
        member: for each example what it adds to its intent's centre; shape (examples, intents).
        length: of each centre.
        expected: the sum of signs of each real example as if unseen, ascending.
    """

    def __init__(self, member: npt.NDArray[np.float32], length: npt.NDArray[np.float32], expected: Floats) -> None:
        self.member = member
        self.length = length
        self.expected = expected

    @classmethod
    def of(cls, similarity: Cosines, columns: Sequence[int], left_out: LeftOut) -> Scope:
        """Learn from the cosines among the examples, the real ones first."""
        known = np.asarray(columns)
        member = np.eye(known.max() + 1, dtype=np.float32)[known]
        share = member / member.sum(axis=0)
        length = np.sqrt(np.maximum(((similarity @ share) * share).sum(axis=0), _TINY))
        real = len(left_out.alone)
        alone = similarity[:real].copy()
        alone[np.arange(real), np.arange(real)] = -1
        centre = _without_self(similarity[:real], member, length, known[:real])
        return cls(share, length, np.sort(_sum(left_out.alone.max(axis=1), centre, alone)))

    def signs(self, best: Floats, similarity: Cosines) -> Floats:
        """The sum of signs of messages; the higher, the surer that they are in scope.

        Args:
            best: each message's best score.
            similarity: its cosines to the examples.
        """
        centre = ((similarity @ self.member) / self.length).max(axis=1)
        return _sum(best, centre, similarity)

    def familiarity(self, signs: Floats) -> Floats:
        """The share of the examples that look stranger than each message; 0 to 1."""
        return np.asarray(np.searchsorted(self.expected, signs) / max(1, len(self.expected)))


def _sum(best: Floats, centre: npt.NDArray[np.float32], similarity: Cosines) -> Floats:
    count = min(_NEIGHBOURS, similarity.shape[1])
    nearest = np.partition(similarity, -count, axis=1)[:, -count:].mean(axis=1)
    return np.asarray(best + _CENTRE * centre + _NEAREST * nearest)


def _without_self(
    similarity: Cosines, member: npt.NDArray[np.float32], length: npt.NDArray[np.float32], own: npt.NDArray[np.int_]
) -> npt.NDArray[np.float32]:
    """Cosine to the nearest centre, the example itself taken out of its own."""
    rows = np.arange(len(own))
    sizes = member.sum(axis=0)
    to_sum = similarity @ member
    centre = to_sum / (sizes * length)
    squared = (length[own] * sizes[own]) ** 2 - 2 * to_sum[rows, own] + 1
    centre[rows, own] = (to_sum[rows, own] - 1) / np.sqrt(np.maximum(squared, _TINY))
    lonely = sizes[own] == 1
    centre[rows[lonely], own[lonely]] = 0
    return np.asarray(centre.max(axis=1))
