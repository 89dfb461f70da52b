"""Kernel ridge classification with exact leave-one-out answers.

Two messages with cosine c are alike to the degree exp((c - 1) / width), a Gaussian of their distance. Ridge regression
on the one-hot intents in that kernel has a closed form, and so has what it would have said of each example had it not
seen it, or had it seen none of its intent (Rasmussen and Williams, *Gaussian Processes for Machine Learning*, 5.4.2).
Those answers set the probabilities here and the scale in `bot.nlu.scope`: no part held back, no second training.

Training n examples costs about n³ multiplications: 0.4 s for 1,650 on one core, 8 s for 5,000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cholesky
from scipy.linalg.lapack import dpotri
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax, logit, softmax

Floats = npt.NDArray[np.float64]

_WIDTH = 0.7
_RIDGE = 0.02
_LEAST_SHARP, _SHARPEST = 1.0, 80.0
_EDGE = 1e-6


@dataclass(frozen=True)
class Answers:
    """Scores (about 1 for right and 0 for wrong) and the probabilities made of them; shape (messages, intents)."""

    scores: Floats
    probabilities: Floats


@dataclass(frozen=True)
class LeftOut:
    """What would have been said of the real examples, each unseen; shape (real examples, intents).

    Args:
        alone: the example itself unseen.
        strange: every example of its intent unseen.
    """

    alone: Floats
    strange: Floats


class KernelRidge:
    """Answers by a message's cosines to the examples.

    Args:
        dual: what each example says of each intent; shape (examples, intents).
        mean: how frequent each intent is among the examples.
        bend: sharpness of the softmax, then slope and shift that make its surest answer's odds true.
    """

    def __init__(self, dual: Floats, mean: Floats, bend: tuple[float, float, float]) -> None:
        self.dual = dual
        self.mean = mean
        self.bend = bend

    @classmethod
    def of(cls, similarity: npt.NDArray[np.float32], columns: Sequence[int], real: int) -> tuple[KernelRidge, LeftOut]:
        """Train.

        Args:
            similarity: cosines among the examples.
            columns: the number of each example's intent.
            real: how many of them, from the first, are real; the rest are made of the intents' names, which helps to
                learn but says nothing about how well messages are understood.
        """
        known = np.asarray(columns)
        wanted = np.eye(known.max() + 1)[known]
        mean = wanted.mean(axis=0)
        kernel = np.exp((similarity.astype(np.float64) - 1) / _WIDTH)
        kernel[np.diag_indices_from(kernel)] += _RIDGE
        inverse = _inverse(kernel)
        dual = inverse @ (wanted - mean)
        left_out = LeftOut(
            alone=(wanted - dual / np.diag(inverse)[:, None])[:real],
            strange=_without_own_intent(wanted, inverse, dual, known)[:real],
        )
        return cls(dual, mean, _calibrated(left_out.alone, known[:real])), left_out

    def answers(self, similarity: npt.NDArray[np.float32]) -> Answers:
        """Answer messages by their cosines to the examples; shape (messages, examples)."""
        scores = np.exp((similarity - 1) / _WIDTH) @ self.dual + self.mean
        return Answers(scores, _probabilities(scores, self.bend))


def _inverse(kernel: Floats) -> Floats:
    """The inverse of a symmetric positive definite matrix, which is overwritten.

    LAPACK's routine for just that: a third of the work of solving for every column of the unit matrix.
    """
    half, failed = dpotri(cholesky(kernel, lower=True, overwrite_a=True, check_finite=False), lower=True)
    assert failed == 0, "the ridge keeps the kernel away from zero"
    return np.asarray(half + np.tril(half, -1).T)


def _without_own_intent(wanted: Floats, inverse: Floats, dual: Floats, columns: npt.NDArray[np.int_]) -> Floats:
    scores = np.empty_like(wanted)
    for column in range(wanted.shape[1]):
        own = np.flatnonzero(columns == column)
        scores[own] = wanted[own] - np.linalg.solve(inverse[np.ix_(own, own)], dual[own])
        scores[own, column] = 0  # it would not exist
    return scores


def _calibrated(alone: Floats, columns: npt.NDArray[np.int_]) -> tuple[float, float, float]:
    """Find the softmax's sharpness, then the line that makes 80 % mean 80 %."""
    rows = np.arange(len(columns))

    def surprise(sharpness: float) -> float:
        return -float(log_softmax(alone * sharpness, axis=1)[rows, columns].mean())

    sharpness = float(minimize_scalar(surprise, bounds=(_LEAST_SHARP, _SHARPEST), method="bounded").x)
    sharp = softmax(alone * sharpness, axis=1)
    hit = sharp.argmax(axis=1) == columns
    odds = logit(np.clip(sharp.max(axis=1), _EDGE, 1 - _EDGE))

    def loss(line: Floats) -> float:
        sure = np.clip(expit(line[0] * odds + line[1]), _EDGE, 1 - _EDGE)
        # Pulled lightly towards "leave as is": with few examples, or all of them right, there is little to fit.
        misfit = -np.where(hit, np.log(sure), np.log1p(-sure)).sum()
        return float(misfit + (line[0] - 1) ** 2 + line[1] ** 2)

    slope, shift = minimize(loss, np.array([1.0, 0.0]), bounds=[(0.1, 5), (-5, 5)]).x
    return sharpness, float(slope), float(shift)


def _probabilities(scores: Floats, bend: tuple[float, float, float]) -> Floats:
    sharpness, slope, shift = bend
    shares = softmax(scores * sharpness, axis=1)
    if shares.shape[1] == 1:
        return np.asarray(shares)
    best = shares.argmax(axis=1)
    rows = np.arange(len(shares))
    bent = expit(slope * logit(np.clip(shares[rows, best], _EDGE, 1 - _EDGE)) + shift)
    # The others share what the best leaves, and the best stays the best.
    shares[rows, best] = 0
    rest = np.maximum(shares.sum(axis=1), np.finfo(float).tiny)
    second = shares.max(axis=1) / rest
    bent = np.maximum(bent, second / (1 + second) + _EDGE)
    shares *= ((1 - bent) / rest)[:, None]
    shares[rows, best] = bent
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
