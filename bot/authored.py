"""Checks what authors edit, in their own words: `python -m bot.authored`.

Rasa's validation finds what a program can't run; this finds what makes a bot answer badly, and says in which file.
Prints one line a problem, or one line that says how much there is. Exit codes: 0 nothing found, 1 something found.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

FEWEST_EXAMPLES = 8
_MARKED = re.compile(r"\[([^\]]*)\](\([^)]*\)|\{[^}]*\})")
_NAMES = re.compile(r"\]\((\w+)\)")
NEVER_TYPED = frozenset({"handoff_returned", "topic_for_person"})
"""Intents that the gateway and the settings give; no customer writes them."""
_PAYLOAD = re.compile(r"/(\w+)(\{.*\})?", re.DOTALL)


@dataclass
class Authored:
    """Everything read: examples by intent, patterns, responses, what rules answer and say; each with its file."""

    examples: dict[str, list[tuple[str, Path]]] = field(default_factory=lambda: defaultdict(list))
    patterns: dict[str, Path] = field(default_factory=dict)
    responses: dict[str, tuple[list[Mapping[str, Any]], Path]] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    said: dict[str, Path] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


def read(root: Path) -> Authored:
    """Read domain.yml and the YAML files under data/; what can't be read is a problem, not an error."""
    found = Authored()
    for file in [root / "domain.yml", *sorted((root / "data").rglob("*.yml"))]:
        content = _content(file, root, found)
        for item in content.get("nlu") or []:
            if "intent" in item:
                texts = (line.strip()[1:].strip() for line in str(item.get("examples", "")).splitlines())
                found.examples[item["intent"]] += [(text, file) for text in texts if text]
            if "regex" in item:
                found.patterns[item["regex"]] = file
        for name, variants in (content.get("responses") or {}).items():
            found.responses[name] = (list(variants or []), file)
        for told in [*(content.get("rules") or []), *(content.get("stories") or [])]:
            for step in _steps(told.get("steps")):
                found.answered |= {step["intent"]} if "intent" in step else set()
                if str(step.get("action", "")).startswith("utter_"):
                    found.said.setdefault(step["action"], file)
        for intent in content.get("intents") or []:
            found.declared.add(intent if isinstance(intent, str) else next(iter(intent)))
    return found


def problems(found: Authored, root: Path) -> Iterator[str]:
    """Say what authors should put right."""
    yield from found.problems
    for intent in sorted(set(found.examples) - found.declared):
        yield f"{_where(found, intent, root)}: the intent {intent} has examples but is not listed in domain.yml."
    for intent, examples in sorted(found.examples.items()):
        if len(examples) < FEWEST_EXAMPLES:
            few = "1 example" if len(examples) == 1 else f"{len(examples)} examples"
            where = _where(found, intent, root)
            yield f"{where}: the intent {intent} has {few}; write at least {FEWEST_EXAMPLES}, each in other words."
    for intent in sorted(found.declared - set(found.examples) - NEVER_TYPED):
        yield f"data/nlu: the intent {intent} of domain.yml has no examples; write some, or take it out."
    yield from _said_twice(found, root)
    yield from _unmarked_patterns(found, root)
    for intent in sorted(found.declared):
        if intent.startswith("faq_") and intent not in found.answered:
            yield f"data/rules/faq.yml: no rule answers {intent}; add one that leads to utter_{intent}."
    for name, file in sorted(found.said.items()):
        if name not in found.responses:
            yield f"{file.relative_to(root)}: {name} is to be said but written nowhere; add it under data/responses."
    yield from _buttons(found, root)


def _said_twice(found: Authored, root: Path) -> Iterator[str]:
    said: dict[str, tuple[str, Path]] = {}
    for intent, examples in sorted(found.examples.items()):
        for text, file in examples:
            plain = " ".join(_MARKED.sub(r"\1", text).lower().split())
            other, _ = said.setdefault(plain, (intent, file))
            if other != intent:
                yield f'{file.relative_to(root)}: "{text}" is an example of both {other} and {intent}; keep one.'


def _unmarked_patterns(found: Authored, root: Path) -> Iterator[str]:
    # Rasa looks for a pattern only if some example has an entity of that name.
    marked = {name for examples in found.examples.values() for text, _ in examples for name in _NAMES.findall(text)}
    for name, file in sorted(found.patterns.items()):
        if name not in marked:
            yield f"{file.relative_to(root)}: the pattern {name} finds nothing until an example has [it]({name})."


def _buttons(found: Authored, root: Path) -> Iterator[str]:
    for name, (variants, file) in sorted(found.responses.items()):
        for button in (button for variant in variants for button in variant.get("buttons") or []):
            where = f'{file.relative_to(root)}: in {name}, the button "{button.get("title", "")}"'
            match = _PAYLOAD.fullmatch(str(button.get("payload", "")))
            if match is None:
                yield f"{where} needs a payload like /greet."
            elif match[1] not in found.declared:
                yield f"{where} leads to /{match[1]}, which is no intent in domain.yml."
            elif match[2] and "{" not in match[2][1:] and not _is_json(match[2]):
                yield f"{where} has a payload whose part in braces is not JSON."


def _content(file: Path, root: Path, found: Authored) -> Mapping[str, Any]:
    name = file.relative_to(root)
    try:
        content = YAML(typ="safe").load(file)
    except FileNotFoundError:
        found.problems.append(f"{name} is missing.")
    except MarkedYAMLError as error:
        line = f" line {error.problem_mark.line + 1}" if error.problem_mark else ""
        found.problems.append(f"{name}{line}: {error.problem}; look at the spaces and quotes there.")
    except UnicodeDecodeError:
        found.problems.append(f"{name} is not UTF-8; save it so.")
    else:
        if isinstance(content, dict):
            return content
        found.problems.append(f"{name} does not hold what Rasa expects: names with colons, such as nlu: or rules:.")
    return {}


def _steps(steps: Any) -> Iterator[Mapping[str, Any]]:
    for step in steps or []:
        if isinstance(step, dict):
            yield step
            yield from _steps(step.get("or"))


def _where(found: Authored, intent: str, root: Path) -> str:
    return str(found.examples[intent][0][1].relative_to(root)) if found.examples.get(intent) else "data/nlu"


def _is_json(written: str) -> bool:
    try:
        json.loads(written)
    except ValueError:
        return False
    return True


def main() -> int:
    """Check the project in the working folder."""
    root = Path.cwd()
    found = read(root)
    said = list(problems(found, root))
    count = sum(map(len, found.examples.values()))
    for line in said or [f"{len(found.declared)} intents, {count} examples, {len(found.responses)} responses"]:
        print(line)  # noqa: T201 -- what this program is for
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
