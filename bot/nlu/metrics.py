"""How well messages were understood, in the field's usual measures.

Accuracy is over messages in scope and asks for the intent alone, whatever the score that would have rejected it. Out of
scope is measured by that score apart, as detectors are: AUROC, the share of in-scope messages rejected when 95 % of the
others are (`fpr_at_95_recall`), and the accuracy in scope when the threshold rejects 80 % of what is outside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

from bot.nlu.scope import OUT_OF_SCOPE

_BINS = 15
_PAIRS = 15


@dataclass(frozen=True)
class Judged:
    """One test message and what was made of it.

    Args:
        text: the message.
        intent: what it means; `OUT_OF_SCOPE` for none of the intents.
        predicted: the likeliest intent.
        confidence: of that, 0 to 1, calibrated as the component claims.
        scope: how sure it is that the message is in scope; higher is surer, any scale.
        rejected: whether the bot would say that it did not understand.
        asked: whether it would ask which of two things is meant.
    """

    text: str
    intent: str
    predicted: str
    confidence: float
    scope: float
    rejected: bool
    asked: bool = False


def measures(judged: Sequence[Judged]) -> dict[str, Any]:
    """The measures of a test run; percentages are 0 to 100. Those of out of scope are there if such messages are."""
    inside = [one for one in judged if one.intent != OUT_OF_SCOPE]
    outside = [one for one in judged if one.intent == OUT_OF_SCOPE]
    found: dict[str, Any] = {"messages": len(inside), "out_of_scope_messages": len(outside)}
    if inside:
        right = np.array([one.predicted == one.intent for one in inside])
        found |= {
            "accuracy": _percent(right.mean()),
            "macro_f1": _percent(
                f1_score(
                    [one.intent for one in inside],
                    [one.predicted for one in inside],
                    average="macro",
                    zero_division=0,
                )
            ),
            "calibration_error": _percent(_calibration_error(np.array([one.confidence for one in inside]), right)),
            "rejected_in_scope": _percent(np.mean([one.rejected for one in inside])),
            "asked_in_scope": _percent(np.mean([one.asked for one in inside])),
            "confused": _confused(inside),
        }
    if inside and outside:
        found |= _scope_measures(inside, outside)
    return found


def _scope_measures(inside: Sequence[Judged], outside: Sequence[Judged]) -> dict[str, Any]:
    scores_in = np.array([one.scope for one in inside])
    scores_out = np.array([one.scope for one in outside])
    labels = np.r_[np.ones(len(scores_in)), np.zeros(len(scores_out))]
    rejects_95, rejects_80 = np.quantile(scores_out, [0.95, 0.80])
    kept = [one.predicted == one.intent and one.scope > rejects_80 for one in inside]
    return {
        "auroc": _percent(roc_auc_score(labels, np.r_[scores_in, scores_out])),
        "fpr_at_95_recall": _percent(np.mean(scores_in <= rejects_95)),
        "accuracy_at_80_out_of_scope_recall": _percent(np.mean(kept)),
        "rejected_out_of_scope": _percent(np.mean([one.rejected for one in outside])),
    }


def _calibration_error(confidence: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> float:
    """Expected calibration error: |accuracy - confidence| in bins of equal width, weighted by their messages."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(right[bins == number].mean() - confidence[bins == number].mean()) * (bins == number).mean()
        for number in range(_BINS)
        if (bins == number).any()
    ]
    return float(sum(gaps))


def _confused(inside: Sequence[Judged]) -> list[dict[str, Any]]:
    pairs = Counter((one.intent, one.predicted) for one in inside if one.intent != one.predicted)
    return [
        {"intent": intent, "taken_for": other, "times": times} for (intent, other), times in pairs.most_common(_PAIRS)
    ]


def _percent(share: Any) -> float:
    return round(100 * float(share), 2)
