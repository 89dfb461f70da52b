"""What authors are told about their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.authored_files import read
from bot.mistakes import problems

ROOT = Path(__file__).parents[2]

GOOD = {
    "domain.yml": "intents:\n  - faq_size:\n      use_entities: []\n  - greet\n"
    "entities:\n  - number\nslots:\n  name: {}\nforms:\n  size_form:\n    required_slots: [foot]\n"
    "actions:\n  - action_ask_size_form_foot\n",
    "actions/sizes.py": 'say(response="utter_sizes", count=2)\nsay(response=f"utter_size_{kind}")\n',
    "data/nlu/en/faq.yml": "nlu:\n  - intent: faq_size\n    examples: |\n"
    + "".join(f"      - which size is number [{number}](number)\n" for number in range(8))
    + "  - intent: greet\n    examples: |\n"
    + "".join(f"      - hello number {number}\n" for number in range(8)),
    "data/nlu/en/entities.yml": "nlu:\n  - regex: number\n    examples: |\n      - '[0-9]'\n",
    "data/rules/faq.yml": "rules:\n  - rule: sizes\n    steps:\n"
    "      - intent: faq_size\n      - action: utter_faq_size\n",
    "data/responses/en/faq.yml": 'responses:\n  utter_faq_size:\n    - text: "See the table, {name}."\n'
    '  utter_sizes:\n    - text: "{count} sizes"\n      buttons:\n'
    '        - {title: Go, payload: \'/greet{{"number": "1"}}\'}\n',
}


def said(folder: Path, **changed: str) -> str:
    """Write the good files with some changed, and return what is said about them."""
    for name, content in {**GOOD, **{name.replace("__", "/"): text for name, text in changed.items()}}.items():
        file = folder / name if "." in name else folder / f"{name}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return "\n".join(problems(read(folder), folder))


def test_good_files_give_no_problem(tmp_path: Path) -> None:
    assert said(tmp_path) == ""


def test_the_shipped_files_give_no_problem() -> None:
    assert list(problems(read(ROOT), ROOT)) == []


PATTERN = "nlu:\n- regex: colour\n  examples: |\n    - red|blue\n"
NO_EXAMPLE = "intents:\n  - faq_size\n  - greet\n  - dance\n"
FEW = "nlu:\n  - intent: faq_size\n    examples: |\n      - size\n"
TWICE = "nlu:\n- intent: greet\n  examples: |\n    - [which](x) SIZE is [number](x) 1\n"
UNKNOWN = "nlu:\n- intent: dance\n  examples: |\n    - dance\n"
BROKEN = "rules:\n  - rule: sizes\n   steps: []\n"
BUTTON = 'responses:\n  utter_x:\n    - text: "?"\n      buttons:\n        - {title: Go, payload: %s}\n'


NO_DASH = GOOD["data/nlu/en/faq.yml"].replace("- hello number 1", "hello number 1")
NO_BAR = "nlu:\n  - intent: greet\n    examples:\n      - hello\n"
BRACKET = "nlu:\n- intent: greet\n  examples: |\n    - which [number(number)\n"
NO_ENTITY = "nlu:\n- intent: greet\n  examples: |\n    - which [one](nmber)\n"
RULE = "rules:\n  - rule: more\n    steps:\n      - intent: %s\n      - action: utter_faq_size\n"
DEPTH = "intents:\n  - faq_size:\n    use_entities: []\n  - greet\n"
SAYS = "responses:\n  utter_faq_size:\n%s"
QUESTIONS = GOOD["domain.yml"].replace("_form_foot", "_foot2")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("data__nlu__en__new", PATTERN, "new.yml: the pattern colour finds nothing until an example has"),
        ("domain", NO_EXAMPLE, "the intent dance of domain.yml has no examples"),
        ("data__nlu__en__faq", FEW, "has 1 example; write at least 8"),
        ("data__nlu__en__more", TWICE, "is an example of both faq_size and greet"),
        ("data__nlu__en__new", UNKNOWN, "the intent dance has examples but is not listed"),
        ("data__rules__faq", "rules: []\n", "no rule answers faq_size"),
        ("data__responses__en__faq", "responses: {}\n", "utter_faq_size is to be said but written nowhere"),
        ("data__rules__faq", BROKEN, "data/rules/faq.yml line 3"),
        ("data__rules__faq", "just words\n", "does not hold what Rasa expects"),
        ("data__responses__en__more", BUTTON % "/fly", 'the button "Go" leads to /fly, which is no intent'),
        ("data__responses__en__more", BUTTON % "greet", 'the button "Go" needs a payload like /greet'),
        ("data__responses__en__more", BUTTON % "'/greet{\"a\": 1}'", 'the button "Go" needs its braces twice'),
        ("data__responses__en__more", BUTTON % "'/greet{{a}}'", "does not read"),
        ("data__responses__en__more", BUTTON % "/greet}\n        - {title: Go, payload: /greet", "twice; who types it"),
        ("data__nlu__en__faq", NO_DASH, '"hello number 1", an example of greet, needs a dash'),
        ("data__nlu__en__new", NO_BAR, "the examples of greet need a bar"),
        ("data__nlu__en__new", BRACKET, "has a bracket too many or too few"),
        ("data__nlu__en__new", NO_ENTITY, "marks a detail as nmber, which is not among the entities"),
        ("data__rules__more", RULE % "faq_siz", "the rule 'more' is for faq_siz, which is no intent"),
        ("data__rules__more", RULE % "faq_size", "is a second rule for faq_size"),
        ("domain", DEPTH, 'in intents, "faq_size" and the line below it stand at the same depth'),
        ("domain", QUESTIONS, "nothing asks for foot of size_form; write utter_ask_foot"),
        ("data__responses__en__faq", SAYS % "    - text: '{price}'\n", "nothing fills {price} in utter_faq_size"),
        ("data__responses__en__faq", SAYS % "    - text: '{count}'\n", "nothing fills {count} in utter_faq_size"),
        ("data__responses__en__faq", SAYS % "    - text: ''\n", "utter_faq_size says nothing"),
        ("data__responses__en__faq", SAYS % "      text: hello\n", "needs a dash in front of its text"),
        (
            "data__responses__en__faq",
            SAYS % "    - text: hello\n",
            "utter_sizes is said by an action but written nowhere",
        ),
        ("data__responses__en__more", "response:\n  utter_x: []\n", '"response:" is no heading'),
    ],
)
def test_what_is_wrong_is_said_with_its_file(tmp_path: Path, name: str, content: str, expected: str) -> None:
    assert expected in said(tmp_path, **{name: content})


def test_a_file_that_cannot_be_read_is_the_only_thing_told(tmp_path: Path) -> None:
    assert said(tmp_path, data__rules__faq=BROKEN, data__nlu__en__faq=FEW).count("\n") == 0
