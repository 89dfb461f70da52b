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
    expected = TfidfVectorizer(analyzer=list, sublinear_tf=True).fit_transform(cut).toarray()
    grams = Grams.of(cut)
    for pieces, row in zip(cut, expected, strict=True):
        columns, values = grams.row(pieces, 0.5)
        found = np.zeros(len(grams.rarity))
        found[columns] = values
        np.testing.assert_allclose(found, row / 2, atol=1e-6)


def test_a_text_of_unknown_pieces_has_no_columns_and_examples_without_pieces_teach_nothing() -> None:
    for grams in (Grams.of([["a"]]), Grams.of([[], []])):
        for pieces in (["z"], []):
            assert [len(part) for part in grams.row(pieces, 1.0)] == [0, 0]


def test_the_blocks_of_n_grams_lie_side_by_side_each_with_its_own_weight(featurizer: Featurizer) -> None:
    texts = [said("where is it"), said("zzz"), said("late")]
    rows = featurizer.rows(texts).sparse
    words = len(featurizer.grams["words"].rarity)
    assert rows.shape == (3, words + len(featurizer.grams["letters"].rarity))
    for block, part in (("words", rows[:, :words]), ("letters", rows[:, words:])):
        squared = part.multiply(part).sum(axis=1).A1
        np.testing.assert_allclose(squared[[0, 2]], featurizer.weights[block], atol=1e-6)
    assert rows[1, :words].nnz == 0
    assert {
        word: number for word, number in featurizer.grams["words"].number.items() if rows[0, number] and number < words
    } == {word: featurizer.grams["words"].number[word] for word in ("where", "is", "it")}


def test_a_shape_takes_the_centre_away_and_stretches_where_examples_differ() -> None:
    rng = np.random.default_rng(0)
    crowded = np.r_[5.0, np.zeros(7)] + rng.normal(size=(400, 8)) * np.array([0.1, 2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2])
    shape = Shape.of(crowded.astype(np.float32))
    shaped = shape.apply(crowded.astype(np.float32))
    np.testing.assert_allclose(np.linalg.norm(shaped, axis=1), 1, atol=1e-5)
    assert abs(shaped.mean(axis=0)).max() < 0.2  # of the crowd as it was, 0.9
    assert shape.stretch[1, 1] > 1.2 * shape.stretch[4, 4]
