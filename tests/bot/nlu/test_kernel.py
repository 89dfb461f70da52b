"""The classifier: exact about what it would have said of examples it had not seen, and honest about chances."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from bot.nlu import kernel
from bot.nlu.kernel import KernelRidge

Cosines = npt.NDArray[np.float32]

COLUMNS = [0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 1, 2]
REAL = 9


def cosines(count: int, seed: int = 0, width: int = 6) -> Cosines:
    vectors = np.random.default_rng(seed).normal(size=(count, width))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors @ vectors.T, np.float32)


def trained_without(similarity: Cosines, out: list[int], asked: int) -> npt.NDArray[np.float64]:
    """What a model that never saw some examples says of one of them; how frequent intents are stays known."""
    known = np.array([place for place in range(len(COLUMNS)) if place not in out])
    wanted = np.eye(3)[COLUMNS]
    mean = wanted.mean(axis=0)
    grown = np.exp((similarity.astype(float) - 1) / kernel._WIDTH)
    dual = np.linalg.solve(grown[np.ix_(known, known)] + kernel._RIDGE * np.eye(len(known)), (wanted - mean)[known])
    return np.asarray(grown[asked, known] @ dual + mean)


def test_what_is_said_of_an_unseen_example_is_what_training_without_it_gives() -> None:
    similarity = cosines(len(COLUMNS))
    _, left_out = KernelRidge.of(similarity, COLUMNS, REAL)
    expected = [trained_without(similarity, [place], place) for place in range(REAL)]
    np.testing.assert_allclose(left_out.alone, expected, atol=1e-9)


def test_what_is_said_of_an_unseen_intent_is_what_training_without_it_gives() -> None:
    similarity = cosines(len(COLUMNS))
    _, left_out = KernelRidge.of(similarity, COLUMNS, REAL)
    for place in range(REAL):
        own = [other for other, column in enumerate(COLUMNS) if column == COLUMNS[place]]
        expected = trained_without(similarity, own, place)
        expected[COLUMNS[place]] = 0
        np.testing.assert_allclose(left_out.strange[place], expected, atol=1e-9)


def test_chances_add_up_and_keep_the_order_of_the_scores() -> None:
    ridge, _ = KernelRidge.of(cosines(len(COLUMNS)), COLUMNS, REAL)
    answers = ridge.answers(cosines(60, seed=1)[:40, : len(COLUMNS)])
    np.testing.assert_allclose(answers.probabilities.sum(axis=1), 1)
    assert (answers.probabilities.argsort(axis=1) == answers.scores.argsort(axis=1)).all()


def test_examples_that_tell_nothing_make_nothing_sure() -> None:
    chance = np.random.default_rng(3).integers(0, 2, 200).tolist()
    ridge, left_out = KernelRidge.of(cosines(202, seed=3, width=40), [*chance, 0, 1], 200)
    confidence = ridge.answers(cosines(300, seed=4, width=40)[:80, :202]).probabilities.max(axis=1)
    right = (left_out.alone.argmax(axis=1) == chance).mean()
    assert confidence.mean() == pytest.approx(max(right, 0.5), abs=0.1)


def test_examples_far_apart_make_it_sure() -> None:
    columns = [*([0] * 20), *([1] * 20), 0, 1]
    vectors = np.eye(2)[columns]
    ridge, _ = KernelRidge.of((vectors @ vectors.T).astype(np.float32), columns, 40)
    assert ridge.answers((vectors[:1] @ vectors.T).astype(np.float32)).probabilities[0, 0] > 0.95


def test_one_intent_is_certain() -> None:
    ridge, _ = KernelRidge.of(cosines(3), [0, 0, 0], 2)
    assert ridge.answers(cosines(3)).probabilities.tolist() == [[1.0]] * 3
