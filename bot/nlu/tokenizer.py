"""Tokens by spaCy's rules for the message's language. The rules come with spaCy, so no language needs a download."""

from __future__ import annotations

from functools import cache
from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language
from spacy.util import get_lang_class

from bot.nlu.identifier import PLAIN
from bot.nlu.importer import LANGUAGE
from bot.nlu.text import PlainText, plain

_ANY = "xx"
_NEW_WORDS = 50_000


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SpacyTokenizer(Tokenizer):
    """Splits a message's plain form; the tokens' places are those in the message itself."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's hook: the options of its tokenizers."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Rasa's hook: the tokens of a text; blanks are none."""
        written: PlainText = (message.get(PLAIN) if attribute == TEXT else None) or plain(message.get(attribute))
        tokens = []
        for word, place in rules(message.get(LANGUAGE) or _ANY).split(written.text):
            start, end = written.span(place, place + len(word))
            tokens.append(Token(word, start, end))
        return tokens


class Rules:
    """spaCy's rules for one language, without a model; those for any language when it has none of its own.

    spaCy remembers every word that it has ever seen. Customers write new ones for as long as the bot runs, so the rules
    are made anew now and then.
    """

    def __init__(self, language: str) -> None:
        base = language.split("-")[0].lower()
        try:
            get_lang_class(base)
        except ImportError:
            base = _ANY
        self._language = base
        self._renew()

    def split(self, text: str) -> list[tuple[str, int]]:
        """The tokens of a text, each with its place; blanks are none."""
        if len(self._rules.vocab.strings) > self._most_words:
            self._renew()
        return [(token.text, token.idx) for token in self._rules.make_doc(text) if not token.is_space]

    def _renew(self) -> None:
        self._rules: Language = spacy.blank(self._language)
        self._most_words = len(self._rules.vocab.strings) + _NEW_WORDS


@cache
def rules(language: str) -> Rules:
    """The rules for a language, made once."""
    return Rules(language)
