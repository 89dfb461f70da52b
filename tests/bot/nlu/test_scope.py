"""How familiar a message looks."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.kernel import KernelRidge
from bot.nlu.scope import Scope

COLUMNS = [0] * 6 + [1] * 6 + [2, 0, 1, 2]  # of the third intent, one example and its name
REAL = 13


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    rng = np.random.default_rng(0)
    near = np.eye(8)[COLUMNS] + 0.35 * rng.normal(size=(len(COLUMNS), 8))
    return np.asarray(near / np.linalg.norm(near, axis=1, keepdims=True), np.float32)


def trained(vectors: np.ndarray) -> tuple[Scope, KernelRidge]:
    similarity = vectors @ vectors.T
    ridge, left_out = KernelRidge.of(similarity, COLUMNS, REAL)
    return Scope.of(similarity, COLUMNS, left_out), ridge


def test_the_scale_is_made_of_each_example_as_if_it_had_not_been_seen(vectors: np.ndarray) -> None:
    scope, _ = trained(vectors)
    _, left_out = KernelRidge.of(vectors @ vectors.T, COLUMNS, REAL)
    expected = []
    for place in range(REAL):
        others = [other for other in range(len(COLUMNS)) if other != place]
        cosines = vectors[others] @ vectors[place]
        centres = [vectors[[o for o in others if COLUMNS[o] == column]].mean(axis=0) for column in range(3)]
        centre = max(float(centre @ vectors[place] / np.linalg.norm(centre)) for centre in centres)
        nearest = np.sort(cosines)[-3:].mean()
        expected.append(left_out.alone[place].max() + 0.5 * centre + 0.25 * nearest)
    np.testing.assert_allclose(scope.expected, np.sort(expected), atol=1e-5)


def familiarity(vectors: np.ndarray, asked: np.ndarray) -> list[float]:
    scope, ridge = trained(vectors)
    similarity = (asked @ vectors.T).astype(np.float32)
    signs = scope.signs(ridge.answers(similarity).scores.max(axis=1), similarity)
    return [float(one) for one in scope.familiarity(signs)]


def test_the_strangest_message_is_stranger_than_all_examples_and_a_repeated_one_than_few(vectors: np.ndarray) -> None:
    far = np.eye(8)[[7]]
    strange, known = familiarity(vectors, np.concatenate([-far, vectors[:1]]))
    assert strange == 0
    assert known > 0.5


def test_familiarity_rises_with_the_signs(vectors: np.ndarray) -> None:
    scope, _ = trained(vectors)
    signs = np.linspace(scope.expected[0] - 1, scope.expected[-1] + 1, 50)
    found = scope.familiarity(signs)
    assert (np.diff(found) >= 0).all()
    assert (found[0], found[-1]) == (0, 1)
