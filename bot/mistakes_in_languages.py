"""What is missing in one language: files, examples, sentences, and what a sentence has in the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.authored_files import Authored, Response

FEWEST_EXAMPLES = 20
"""Examples of an intent in the language of config.yml."""
FEWEST_EXAMPLES_ELSEWHERE = 12
"""In any other language: the model learns what is asked for from all of them together."""

_PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
_NAME_OF_INTENT = "utter_meant_"
_KEYS = {"return_reason": "reason", "refund_reason": "reason", "handoff_topic": "topic", "callback_topic": "topic"}
"""Details that a button carries as a key; the response utter_<this>_<key> says it in words."""
_KEY = re.compile(rf'"({"|".join(_KEYS)})":\s*"([a-z]+(?:_[a-z]+)*)"')


def problems_of_languages(found: Authored, root: Path, never_typed: frozenset[str]) -> Iterator[str]:
    """Say what is missing in a language.

    Args:
        never_typed: intents that need no examples.
    """
    yield from _of_folders(found)
    yield from _of_examples(found, root, never_typed)
    yield from _of_words(found)
    for name, written in sorted(found.responses.items()):
        yield from _of_translations(name, written, found, root)


def _of_folders(found: Authored) -> Iterator[str]:
    understood, spoken = found.folders["nlu"], found.folders["responses"]
    for tag in sorted(understood - spoken):
        yield f"data/responses/{tag}: the bot understands {tag} and has no sentences in it; write them."
    for tag in sorted(spoken - understood):
        yield f"data/nlu/{tag}: the bot speaks {tag} and has no examples in it; write them."
    if not found.notices:
        return
    for tag in sorted(spoken - found.notices):
        yield f"data/notices/{tag}.toml: the bot speaks {tag}, and what the queue says is not written in it."
    for tag in sorted(found.notices - spoken):
        yield f"data/responses/{tag}: there are notices in {tag}, and no sentences of the bot."


def _of_examples(found: Authored, root: Path, never_typed: frozenset[str]) -> Iterator[str]:
    counts = Counter((intent, one.language) for intent, listed in found.examples.items() for one in listed)
    languages = {found.language, *found.folders["nlu"]}
    for intent in sorted(found.examples.keys() - never_typed):
        for tag in sorted(languages):
            count, least = counts[intent, tag], _least(tag, found)
            if count == 0:
                where = f"data/nlu/{tag}" if tag != found.language else _file_of(found, intent, root)
                yield f"{where}: the intent {intent} has no examples in {tag}; write at least {least}."
            elif count < least:
                file = next(one.file for one in found.examples[intent] if one.language == tag)
                few = "1 example" if count == 1 else f"{count} examples"
                yield (
                    f"{file.relative_to(root)}: the intent {intent} has {few} in {tag}; "
                    f"write at least {least}, each in other words."
                )


def _least(tag: str, found: Authored) -> int:
    return FEWEST_EXAMPLES if tag == found.language else FEWEST_EXAMPLES_ELSEWHERE


def _file_of(found: Authored, intent: str, root: Path) -> str:
    return str(found.examples[intent][0].file.relative_to(root)) if found.examples[intent] else "data/nlu"


def _of_words(found: Authored) -> Iterator[str]:
    """What the bot asks back about, and what its buttons stand for, must have a name in plain words."""
    for intent in sorted(found.declared):
        begins_task = any(_begins_form(told, intent) for told, _ in found.rules)
        if (intent.startswith("faq_") or begins_task) and _NAME_OF_INTENT + intent not in found.responses:
            name = _NAME_OF_INTENT + intent
            yield f"data/responses/{found.language}: nothing says {intent} in a few words; write {name}."
    keys = {
        (_KEYS[detail], key)
        for written in found.responses.values()
        for response in written.values()
        for button in response.buttons
        for detail, key in _KEY.findall(str(button.get("payload", "")))
    }
    for kind, key in sorted(keys):
        if f"utter_{kind}_{key}" not in found.responses:
            yield f"data/responses/{found.language}: nothing says {key} in words; write utter_{kind}_{key}."


def _begins_form(told: Mapping[str, object], intent: str) -> bool:
    steps = told.get("steps")
    steps = [step for step in steps if isinstance(step, Mapping)] if isinstance(steps, list) else []
    return any(step.get("intent") == intent for step in steps) and any(step.get("active_loop") for step in steps)


def _of_translations(name: str, written: Mapping[str, Response], found: Authored, root: Path) -> Iterator[str]:
    languages = {found.language, *found.folders["responses"]}
    for tag in sorted(languages - written.keys()):
        yield f"data/responses/{tag}: {name} is not written in {tag}; {_elsewhere(written, found, root)}."
    original = written.get(found.language)
    if original is None:
        return
    for _, response in sorted(written.items()):
        where = f"{response.file.relative_to(root)}: {name}"
        for gap in sorted(_gaps(original) ^ _gaps(response)):
            what = "leaves out" if gap in _gaps(original) else "adds"
            yield f"{where} {what} {{{gap}}}, other than in {found.language}."
        missing, added = _payloads(original) - _payloads(response), _payloads(response) - _payloads(original)
        for payload in sorted(missing):
            yield f"{where} has no button that leads to {payload}, as in {found.language}."
        for payload in sorted(added):
            yield f"{where} has a button that leads to {payload}, and none does in {found.language}."


def _elsewhere(written: Mapping[str, Response], found: Authored, root: Path) -> str:
    tag = found.language if found.language in written else min(written)
    return f"{tag} has it in {written[tag].file.relative_to(root)}"


def _gaps(response: Response) -> set[str]:
    return {gap for text in response.texts for gap in _PLACEHOLDER.findall(text)}


def _payloads(response: Response) -> Counter[str]:
    return Counter(str(button.get("payload", "")) for button in response.buttons)
