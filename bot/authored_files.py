"""What authors have written: domain.yml, the YAML files under data/, and what actions say of it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from bot.languages import DEFAULT_LANGUAGE

_HEADINGS = frozenset({"version", "nlu", "responses", "rules", "stories", "intents", "entities", "slots", "forms"})
_MORE_HEADINGS = frozenset({"actions", "e2e_actions", "session_config", "config"})
_KINDS = ("nlu", "responses")  # of folders that hold one for each language
_RESPONSE = re.compile(r"utter_\w*[^\W_]")
_RECORDED_AS = "utter_action"  # the key under which Rasa records which response was said


class Example(NamedTuple):
    """A line under an intent, as it stands, and where it stands."""

    line: str
    file: Path
    language: str


class Response(NamedTuple):
    """What is written under a response's name in one language: the variations, if nothing is wrong."""

    variations: Any
    file: Path

    @property
    def texts(self) -> list[str]:
        """What it says, one text a variation."""
        return [str(one.get("text") or "") for one in self._readable]

    @property
    def buttons(self) -> list[Mapping[str, Any]]:
        """The buttons of all its variations."""
        return [button for one in self._readable for button in one.get("buttons") or ()]

    @property
    def _readable(self) -> list[Mapping[str, Any]]:
        listed = self.variations if isinstance(self.variations, list) else []
        return [one for one in listed if isinstance(one, Mapping)]


@dataclass
class Authored:
    """Everything read, each with its file.

    Args:
        language: config.yml's, in which everything must be written.
        examples: by intent, in every language.
        responses: by name, then by language.
        folders: by kind (nlu, responses), the languages there are folders for.
        notices: the languages of data/notices/.
    """

    language: str = DEFAULT_LANGUAGE
    examples: dict[str, list[Example]] = field(default_factory=lambda: defaultdict(list))
    responses: dict[str, dict[str, Response]] = field(default_factory=lambda: defaultdict(dict))
    folders: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    notices: set[str] = field(default_factory=set)
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
    found = Authored(language=_default_language(root))
    found.notices = {file.stem for file in (root / "data" / "notices").glob("*.toml")}
    for file in [root / "domain.yml", *sorted((root / "data").rglob("*.yml"))]:
        content = _content(file, root, found)
        language = _language(file.relative_to(root), found)
        for item in content.get("nlu") or []:
            if "intent" in item:
                if not isinstance(item.get("examples", ""), str):
                    where = f"{file.relative_to(root)}: the examples of {item['intent']}"
                    found.unreadable.append(f"{where} need a bar behind the colon: examples: |")
                lines = (line.strip() for line in str(item.get("examples", "")).splitlines())
                found.examples[item["intent"]] += [Example(line, file, language) for line in lines if line]
        for name, variations in (content.get("responses") or {}).items():
            found.responses[name][language] = Response(variations, file)
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


def _default_language(root: Path) -> str:
    try:
        return str(YAML(typ="safe").load(root / "config.yml").get("language") or DEFAULT_LANGUAGE)
    except (OSError, AttributeError, MarkedYAMLError):
        return DEFAULT_LANGUAGE  # what is wrong with config.yml, Rasa says


def _language(file: Path, found: Authored) -> str:
    """The language of a file, by the folder it lies in: data/nlu/<language>/, data/responses/<language>/."""
    if len(file.parts) < 4 or file.parts[0] != "data" or file.parts[1] not in _KINDS:
        return found.language
    found.folders[file.parts[1]].add(file.parts[2])
    return file.parts[2]


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
