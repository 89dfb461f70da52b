"""What authors have written: domain.yml, the YAML files under data/, and what actions say of it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

_HEADINGS = frozenset({"version", "nlu", "responses", "rules", "stories", "intents", "entities", "slots", "forms"})
_MORE_HEADINGS = frozenset({"actions", "e2e_actions", "session_config", "config"})
_RESPONSE = re.compile(r"utter_\w*[^\W_]")
_RECORDED_AS = "utter_action"  # the key under which Rasa records which response was said


@dataclass
class Authored:
    """Everything read: examples by intent, patterns, responses, rules, what the domain lists; each with its file."""

    examples: dict[str, list[tuple[str, Path]]] = field(default_factory=lambda: defaultdict(list))
    patterns: dict[str, Path] = field(default_factory=dict)
    responses: dict[str, tuple[Any, Path]] = field(default_factory=dict)
    rules: list[tuple[Mapping[str, Any], Path]] = field(default_factory=list)
    declared: set[str] = field(default_factory=set)
    entities: set[str] = field(default_factory=set)
    slots: set[str] = field(default_factory=set)
    forms: dict[str, list[str]] = field(default_factory=dict)
    actions: set[str] = field(default_factory=set)
    said_in_code: set[str] = field(default_factory=set)
    filled_in_code: set[str] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)


def read(root: Path) -> Authored:
    """Read domain.yml, the YAML files under data/ and what actions say; what can't be read is noted, not raised."""
    found = Authored()
    for file in [root / "domain.yml", *sorted((root / "data").rglob("*.yml"))]:
        content = _content(file, root, found)
        for item in content.get("nlu") or []:
            if "intent" in item:
                if not isinstance(item.get("examples", ""), str):
                    where = f"{file.relative_to(root)}: the examples of {item['intent']}"
                    found.unreadable.append(f"{where} need a bar behind the colon: examples: |")
                lines = (line.strip() for line in str(item.get("examples", "")).splitlines())
                found.examples[item["intent"]] += [(line, file) for line in lines if line]
            if "regex" in item:
                found.patterns[item["regex"]] = file
        for name, variants in (content.get("responses") or {}).items():
            found.responses[name] = (variants, file)
        found.rules += [(told, file) for told in [*(content.get("rules") or []), *(content.get("stories") or [])]]
        for what, names in (("intents", found.declared), ("entities", found.entities)):
            names.update(_names(content.get(what), f"{file.relative_to(root)}: in {what}", found))
        found.slots |= set(content.get("slots") or {})
        found.actions |= set(map(str, content.get("actions") or []))
        for form, asked in (content.get("forms") or {}).items():
            found.forms[form] = list((asked or {}).get("required_slots") or [])
    for source in sorted((root / "actions").glob("*.py")):
        _read_code(ast.parse(source.read_text(encoding="utf-8")), found)
    return found


def _names(listed: Any, where: str, found: Authored) -> Iterator[str]:
    for entry in listed or []:
        if isinstance(entry, Mapping):
            if len(entry) > 1:
                found.unreadable.append(
                    f'{where}, "{next(iter(entry))}" and the line below it stand at the same depth; '
                    "begin the lower one with two more spaces."
                )
            yield str(next(iter(entry)))
        else:
            yield str(entry)


def _read_code(tree: ast.AST, found: Authored) -> None:
    """The responses that an action names, and the names of what it fills into them."""
    pieces = {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            found.filled_in_code.add(node.arg)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
            if _RESPONSE.fullmatch(node.value):
                found.said_in_code |= {node.value} - {_RECORDED_AS}
            elif node.value.isidentifier():
                found.filled_in_code.add(node.value)


def _content(file: Path, root: Path, found: Authored) -> Mapping[str, Any]:
    name = file.relative_to(root)
    try:
        content = YAML(typ="safe").load(file)
    except FileNotFoundError:
        found.unreadable.append(f"{name} is missing.")
    except MarkedYAMLError as error:
        line = f" line {error.problem_mark.line + 1}" if error.problem_mark else ""
        found.unreadable.append(
            f"{name}{line}: {error.problem}; look at the spaces, quotes and colons there and in the lines above."
        )
    except UnicodeDecodeError:
        found.unreadable.append(f"{name} is not UTF-8; save it so.")
    else:
        if isinstance(content, dict):
            unknown = sorted(str(key) for key in content.keys() - _HEADINGS - _MORE_HEADINGS)
            found.unreadable += [f'{name}: "{key}:" is no heading that Rasa knows; is it misspelt?' for key in unknown]
            return content
        found.unreadable.append(f"{name} does not hold what Rasa expects: names with colons, such as nlu: or rules:.")
    return {}
