"""The languages that the bot speaks: those that there are responses in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rasa.shared.core.domain import Domain

DEFAULT_LANGUAGE = "en"
"""What is taken where nothing says a language: neither config.yml, nor an example's folder, nor the conversation."""

CHOSEN = "language_chosen"
"""The slot that is true once the customer has asked for the language; then only asking changes it."""

WRITTEN = "language_written"
"""The slot that holds the language that the customer has surely written in: words settle it, a button does not."""

SWITCHED = "language_switched"
"""Key of a message's metadata: true when the conversation goes on in another language than it had."""


def languages_of(domain: Domain, default: str) -> tuple[str, ...]:
    """The tags of the languages that a domain has responses in, the default one first."""
    # Only here, for the importer takes the default language from this module.
    from bot.nlu.importer import LANGUAGE

    conditions = (
        condition
        for variations in domain.responses.values()
        for variation in variations
        for condition in variation.get("condition") or ()
    )
    others = {str(each["value"]) for each in conditions if each.get("name") == LANGUAGE}
    return (default, *sorted(others - {default}))


def nearest(tag: str, languages: tuple[str, ...]) -> str:
    """What to speak with somebody who speaks `tag`: that, one of the same base ("pt" for "pt-BR"), or the first."""
    wanted = tag.casefold()
    by_name = {language.casefold(): language for language in languages}
    base = wanted.split("-")[0]
    same_base = (language for name, language in by_name.items() if name.split("-")[0] == base)
    return by_name.get(wanted) or next(same_base, languages[0])
