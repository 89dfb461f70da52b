"""The understanding of one language."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.nlu import language_model
from bot.nlu.features import Said
from bot.nlu.language_model import LanguageModel, spoken_name

LEARNED = {
    "order_status": ["where is my order", "has my parcel left", "track my package", "when does it come"],
    "start_return": ["i want to return it", "send the shoes back", "return an item", "give it back"],
    "greet": ["hello", "good morning", "hi there", "hey"],
}
ASKED = ["where's the package", "returning a thing", "hey you", "ok", "10234", "😀", "what is the capital of France"]


def said(text: str) -> Said:
    return Said(text, tuple(text.split()))


def trained(language: str = "en") -> LanguageModel:
    return LanguageModel.of([(said(text), intent) for intent, texts in LEARNED.items() for text in texts], language)


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return trained()


def test_the_ranking_holds_every_intent_likeliest_first_and_adds_up(model: LanguageModel) -> None:
    for text in ASKED:
        ranking = model.understand(said(text)).ranking
        chances = [chance for _, chance in ranking]
        assert {name for name, _ in ranking} == set(LEARNED)
        assert chances == sorted(chances, reverse=True)
        assert sum(chances) == pytest.approx(1)


def test_the_nearest_examples_are_told_with_their_intents(model: LanguageModel) -> None:
    nearest = model.understand(said("where is my order")).nearest
    assert nearest[0][:2] == ("where is my order", "order_status")
    assert nearest[0][2] == pytest.approx(1, abs=1e-3)
    assert [cosine for _, _, cosine in nearest] == sorted((cosine for _, _, cosine in nearest), reverse=True)


def test_what_is_asked_of_the_shop_looks_more_familiar_than_what_is_not(model: LanguageModel) -> None:
    familiar, strange = (
        model.understand(said(text)) for text in ("where's my parcel", "what is the capital of France")
    )
    assert familiar.sign > strange.sign
    assert familiar.familiarity > strange.familiarity


@pytest.mark.parametrize("language", ["en", "da", "ru"])
def test_kept_and_loaded_it_understands_the_same(language: str, tmp_path: Path) -> None:
    made = trained(language)
    made.save(tmp_path)
    loaded = LanguageModel.load(tmp_path)
    for text in ASKED:
        before, after = made.understand(said(text)), loaded.understand(said(text))
        assert [name for name, _ in after.ranking] == [name for name, _ in before.ranking]
        assert [chance for _, chance in after.ranking] == pytest.approx([c for _, c in before.ranking], abs=1e-5)
        assert (after.familiarity, after.nearest) == (before.familiarity, before.nearest)


def test_nothing_that_is_kept_could_be_code(model: LanguageModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"model.json", "arrays.npz"}


def test_an_intents_name_counts_as_one_of_its_examples() -> None:
    examples = [(said("zzz"), "opening_hours"), (said("qqq"), "gift_cards")]
    model = LanguageModel.of(examples, "en")
    assert model.understand(said("your opening hours?")).ranking[0][0] == "opening_hours"


@pytest.mark.parametrize(
    ("name", "words"),
    [("card_arrival", "card arrival"), ("CardArrival", "card arrival"), ("faq/price", "faq price"), ("100%", "100")],
)
def test_a_name_is_read_as_words(name: str, words: str) -> None:
    assert spoken_name(name) == words


def test_of_too_many_examples_every_intent_keeps_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language_model, "MOST_EXAMPLES", 12)
    examples = [
        (said(f"{intent} {number}"), intent)
        for intent, count in (("a", 50), ("b", 6), ("c", 2))
        for number in range(count)
    ]
    kept = language_model._share(examples)
    assert Counter(intent for _, intent in kept) == {"a": 5, "b": 5, "c": 2}
    assert kept == language_model._share(examples)
