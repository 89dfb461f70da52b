"""The measures, against ones worked out by hand."""

from __future__ import annotations

import pytest

from bot.nlu.metrics import Judged, measures
from bot.nlu.scope import OUT_OF_SCOPE


def judged(intent: str, predicted: str, *, confidence: float = 1.0, scope: float = 1.0, **more: bool) -> Judged:
    return Judged("text", intent, predicted, confidence, scope, more.get("rejected", False), more.get("asked", False))


def test_accuracy_is_of_messages_in_scope_whatever_the_gate_says() -> None:
    found = measures(
        [
            judged("a", "a"),
            judged("a", "a", rejected=True),
            judged("b", "a"),
            judged("b", "b"),
            judged(OUT_OF_SCOPE, "a"),
        ]
    )
    assert (found["messages"], found["out_of_scope_messages"]) == (4, 1)
    assert (found["accuracy"], found["rejected_in_scope"]) == (75.0, 25.0)
    # a: precision 2/3, recall 1, F1 0.8; b: precision 1, recall 1/2, F1 2/3.
    assert found["macro_f1"] == pytest.approx(100 * (0.8 + 2 / 3) / 2, abs=0.01)


def test_calibration_error_is_the_gap_between_what_is_claimed_and_what_is_right() -> None:
    claims = [judged("a", "a" if number < 6 else "b", confidence=0.9) for number in range(10)]
    assert measures(claims)["calibration_error"] == pytest.approx(30.0)


def test_out_of_scope_is_measured_by_the_score_alone() -> None:
    inside = [judged("a", "a", scope=score) for score in (4.2, 5.5, 7, 8)]
    outside = [judged(OUT_OF_SCOPE, "a", scope=score, rejected=score < 3) for score in (1, 2, 3, 4, 6.5)]
    found = measures([*inside, *outside])
    assert found["auroc"] == 90.0  # 18 of 20 pairs are the right way round
    assert found["fpr_at_95_recall"] == 50.0  # the threshold is about 6
    assert found["accuracy_at_80_out_of_scope_recall"] == 75.0  # about 4.5
    assert found["rejected_out_of_scope"] == 40.0


def test_confused_pairs_come_most_frequent_first() -> None:
    found = measures([judged("a", "b"), judged("c", "a"), judged("c", "a"), judged("c", "c")])
    assert found["confused"] == [
        {"intent": "c", "taken_for": "a", "times": 2},
        {"intent": "a", "taken_for": "b", "times": 1},
    ]


def test_what_is_asked_about_is_counted() -> None:
    assert measures([judged("a", "a", asked=True), judged("a", "a")])["asked_in_scope"] == 50.0


@pytest.mark.parametrize(
    "only", [[], [judged(OUT_OF_SCOPE, "a")], [judged("a", "a")]], ids=["none", "outside", "inside"]
)
def test_measures_that_need_what_is_not_there_are_left_out(only: list[Judged]) -> None:
    assert "auroc" not in measures(only)
