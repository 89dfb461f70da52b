"""The mistakes that authors make, each told with its file and what to do about it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.authored_files import Authored, Response
from bot.mistakes_in_languages import problems_of_languages

NEVER_TYPED = frozenset({"handoff_returned", "topic_for_person", "which_meant", "none_meant"})
"""Intents that the gateway, the settings and the bot itself give; no customer writes them."""
_FILLED_BY_BOT = frozenset({"request"})
_GIVEN_BY_RASA = frozenset({"nlu_fallback", "session_start", "restart", "back"})
_MARKED = re.compile(r"\[([^\]]*)\](\([^)]*\)|\{[^}]*\})")
_NAMES = re.compile(r"\]\((\w+)\)")
_PAYLOAD = re.compile(r"/(\w+)(\{.*\})?", re.DOTALL)
_PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")


def problems(found: Authored, root: Path) -> Iterator[str]:
    """Say what authors should put right; of files that can't be read, only that, for the rest would follow from it."""
    if found.unreadable:
        yield from found.unreadable
        return
    yield from _of_intents(found, root)
    yield from _of_examples(found, root)
    yield from _of_rules(found, root)
    yield from _of_questions(found)
    for name, written in sorted(found.responses.items()):
        for response in written.values():
            yield from _of_response(name, response, found, str(response.file.relative_to(root)))
    yield from problems_of_languages(found, root, NEVER_TYPED)


def _of_intents(found: Authored, root: Path) -> Iterator[str]:
    for intent in sorted(set(found.examples) - found.declared):
        yield f"{_where(found, intent, root)}: the intent {intent} has examples but is not listed in domain.yml."
    for intent in sorted(found.declared - set(found.examples) - NEVER_TYPED):
        yield f"data/nlu: the intent {intent} of domain.yml has no examples; write some, or take it out."


def _of_examples(found: Authored, root: Path) -> Iterator[str]:
    said: dict[tuple[str, str], str] = {}
    for intent, examples in sorted(found.examples.items()):
        for line, file, language in examples:
            where = str(file.relative_to(root))
            if not line.startswith("-"):
                yield f'{where}: "{line}", an example of {intent}, needs a dash and a space in front.'
                continue
            text = line[1:].strip()
            plain = " ".join(_MARKED.sub(r"\1", text).lower().split())
            if any(bracket in plain for bracket in "[]"):
                yield f'{where}: "{text}" has a bracket too many or too few; a detail reads [10234](order_number).'
            other = said.setdefault((language, plain), intent)
            if other != intent:
                yield f'{where}: "{text}" is an example of both {other} and {intent}; keep one.'
            for name in sorted(set(_NAMES.findall(text)) - found.entities):
                yield f'{where}: "{text}" marks a detail as {name}, which is not among the entities of domain.yml.'


def _of_rules(found: Authored, root: Path) -> Iterator[str]:
    begun: Counter[str] = Counter()
    answered: set[str] = set()
    for told, file in found.rules:
        name, where = str(told.get("rule") or told.get("story") or "?"), str(file.relative_to(root))
        steps = list(_steps(told.get("steps")))
        intents = [str(step["intent"]) for step in steps if "intent" in step]
        answered.update(intents)
        for intent in sorted(set(intents) - found.declared - _GIVEN_BY_RASA):
            yield f"{where}: the rule {name!r} is for {intent}, which is no intent in domain.yml."
        if "rule" in told and "condition" not in told and steps and "intent" in steps[0]:
            begun[intents[0]] += 1
            if begun[intents[0]] == 2:
                yield f"{where}: {name!r} is a second rule for {intents[0]}; the bot can follow only one."
        for said in (str(step.get("action", "")) for step in steps):
            if said.startswith("utter_") and said not in found.responses:
                yield f"{where}: {said} is to be said but written nowhere; add it under data/responses."
    for intent in sorted(found.declared):
        if intent.startswith("faq_") and intent not in answered:
            yield f"data/rules/faq.yml: no rule answers {intent}; add one that leads to utter_{intent}."


def _of_questions(found: Authored) -> Iterator[str]:
    for name in sorted(found.said_in_code - found.responses.keys()):
        yield f"data/responses: {name} is said by an action but written nowhere; was it renamed?"
    known = found.actions | found.responses.keys()
    for form, slots in sorted(found.forms.items()):
        for slot in slots:
            asks = [f"{kind}_ask_{part}{slot}" for kind in ("utter", "action") for part in ("", f"{form}_")]
            if known.isdisjoint(asks):
                yield f"data/responses: nothing asks for {slot} of {form}; write utter_ask_{slot}."


def _of_response(name: str, response: Response, found: Authored, where: str) -> Iterator[str]:
    variants = response.variations
    if not isinstance(variants, list) or not all(isinstance(variant, Mapping) for variant in variants):
        yield f"{where}: {name} needs a dash in front of its text: - text: …"
        return
    # What a rule says is filled from slots alone; an action fills in more.
    fills = found.slots | _FILLED_BY_BOT | (set() if name in _said_by_rules(found) else found.filled_in_code)
    for variant in variants:
        buttons, text = variant.get("buttons") or [], str(variant.get("text") or "")
        if not text.strip() and not buttons and not variant.keys() - {"text", "buttons"}:
            yield f"{where}: {name} says nothing; write its text."
        for gap in sorted(set(_PLACEHOLDER.findall(text)) - fills):
            yield f"{where}: nothing fills {{{gap}}} in {name}; is it misspelt, or better written out?"
        titles = Counter(str(button.get("title", "")) for button in buttons)
        for title in sorted(title for title, count in titles.items() if count > 1):
            yield f'{where}: {name} has the button "{title}" twice; who types it could mean either.'
        for button in buttons:
            yield from _of_button(button, f'{where}: in {name}, the button "{button.get("title", "")}"', found)


def _said_by_rules(found: Authored) -> set[str]:
    return {str(step["action"]) for told, _ in found.rules for step in _steps(told.get("steps")) if "action" in step}


def _of_button(button: Mapping[str, Any], where: str, found: Authored) -> Iterator[str]:
    match = _PAYLOAD.fullmatch(str(button.get("payload", "")).strip())
    if match is None:
        yield f"{where} needs a payload like /greet."
    elif match[1] not in found.declared:
        yield f"{where} leads to /{match[1]}, which is no intent in domain.yml."
    elif match[2] and not (match[2].startswith("{{") and match[2].endswith("}}")):
        yield f'{where} needs its braces twice: /{match[1]}{{{{"name": "value"}}}}.'
    elif match[2] and not _is_json(match[2][1:-1]):
        yield f'{where} has a payload whose part in braces does not read {{{{"name": "value"}}}}.'


def _steps(steps: Any) -> Iterator[Mapping[str, Any]]:
    for step in steps or []:
        if isinstance(step, Mapping):
            yield step
            yield from _steps(step.get("or"))


def _where(found: Authored, intent: str, root: Path) -> str:
    return str(found.examples[intent][0].file.relative_to(root)) if found.examples.get(intent) else "data/nlu"


def _is_json(written: str) -> bool:
    try:
        json.loads(written)
    except ValueError:
        return False
    return True
