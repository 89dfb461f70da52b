"""Messages as vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.features import Featurizer, Grams, Said, Shape, block_weights, join_wide, letter_runs


def said(text: str) -> Said:
    return Said(text, tuple(text.split()))


EXAMPLES = [said(text) for text in ("where is my order 10234", "send it back", "hello there", "the parcel is late")]


@pytest.fixture(scope="module")
def featurizer() -> Featurizer:
    return Featurizer.of(EXAMPLES, "en")[0]


def test_every_example_is_a_vector_of_length_one_most_like_itself() -> None:
    _, rows = Featurizer.of(EXAMPLES, "en")
    similarity = rows.similarity(rows)
    np.testing.assert_allclose(np.diag(similarity), 1, atol=1e-5)
    assert (similarity.argmax(axis=1) == np.arange(len(EXAMPLES))).all()


def test_an_example_has_the_same_vector_when_it_is_asked() -> None:
    featurizer, rows = Featurizer.of(EXAMPLES, "en")
    np.testing.assert_allclose(featurizer.rows(EXAMPLES).similarity(rows), rows.similarity(rows), atol=1e-5)


@given(st.text(max_size=60))
@settings(deadline=None)
def test_no_message_is_longer_than_one(featurizer: Featurizer, text: str) -> None:
    row = featurizer.rows([said(text)])
    assert row.similarity(row)[0, 0] <= 1 + 1e-5


def test_numbers_are_all_alike(featurizer: Featurizer) -> None:
    rows = [featurizer.rows([said(f"order {number}")]).sparse for number in ("10234", "55555")]
    assert abs(rows[0] - rows[1]).max() == 0


@pytest.mark.parametrize("language", ["en", "da", "ar", "zh", "pt-BR", "tlh"])
def test_the_weights_of_a_language_add_up_and_english_alone_has_the_english_encoder(language: str) -> None:
    weights = block_weights(language)
    assert sum(weights.values()) == pytest.approx(1)
    assert ("minilm" in weights) == (language == "en")


def test_spaces_beside_chinese_characters_say_nothing() -> None:
    assert join_wide("我的 order 在 哪里 ？ ok now") == "我的order在哪里？ok now"


def test_runs_of_letters_stay_inside_words() -> None:
    assert letter_runs("ab c") == [
        " ",
        "a",
        "b",
        " ",
        " a",
        "ab",
        "b ",
        " ab",
        "ab ",
        " ab ",
        " ",
        "c",
        " ",
        " c",
        "c ",
        " c ",
    ]


def test_grams_weigh_as_scikit_learn_does() -> None:
    cut = [["a", "b", "a"], ["b", "c"], ["c", "c", "c", "d"]]
    expected = TfidfVectorizer(analyzer=list, sublinear_tf=True).fit_transform(cut)
    grams = Grams.of(cut)
    np.testing.assert_allclose(grams.rows(cut, 1.0).toarray(), expected.toarray(), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(grams.rows(cut, 0.5).toarray(), axis=1), 0.5, atol=1e-6)


def test_a_text_of_unknown_pieces_is_a_row_of_zeros_and_examples_without_pieces_teach_nothing() -> None:
    assert Grams.of([["a"]]).rows([["z"], []], 1.0).nnz == 0
    assert Grams.of([[], []]).rows([["z"]], 1.0).shape == (1, 0)


def test_a_shape_takes_the_centre_away_and_stretches_where_examples_differ() -> None:
    rng = np.random.default_rng(0)
    crowded = np.r_[5.0, np.zeros(7)] + rng.normal(size=(400, 8)) * np.array([0.1, 2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2])
    shape = Shape.of(crowded.astype(np.float32))
    shaped = shape.apply(crowded.astype(np.float32))
    np.testing.assert_allclose(np.linalg.norm(shaped, axis=1), 1, atol=1e-5)
    assert abs(shaped.mean(axis=0)).max() < 0.2  # of the crowd as it was, 0.9
    assert shape.stretch[1, 1] > 1.2 * shape.stretch[4, 4]
