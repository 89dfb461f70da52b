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
    + "".join(f"      - which size is number [{number}](number)\n" for number in range(20))
    + "  - intent: greet\n    examples: |\n"
    + "".join(f"      - hello number {number}\n" for number in range(20)),
    "data/nlu/en/entities.yml": "nlu:\n  - regex: number\n    examples: |\n      - '[0-9]'\n",
    "data/rules/faq.yml": "rules:\n  - rule: sizes\n    steps:\n"
    "      - intent: faq_size\n      - action: utter_faq_size\n",
    "data/responses/en/faq.yml": "responses:\n  utter_meant_faq_size: [{text: sizes}]\n"
    '  utter_faq_size:\n    - text: "See the table, {name}."\n'
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
EMPTY = "nlu:\n- intent: dance\n  examples: ''\n"
FORM = "rules:\n- rule: sizing\n  steps:\n  - intent: greet\n  - active_loop: size_form\n"
KEY = BUTTON % '\'/greet{{"return_reason": "too_big"}}\''
SAYS = "responses:\n  utter_faq_size:\n%s"
QUESTIONS = GOOD["domain.yml"].replace("_form_foot", "_foot2")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("domain", NO_EXAMPLE, "the intent dance of domain.yml has no examples"),
        ("data__nlu__en__faq", FEW, "data/nlu/en/faq.yml: the intent faq_size has 1 example in en; write at least 20"),
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
        ("data__nlu__en__new", EMPTY, "the intent dance has no examples in en; write at least 20"),
        ("data__rules__more", FORM, "data/responses/en: nothing says greet in a few words; write utter_meant_greet"),
        ("data__responses__en__more", KEY, "nothing says too_big in words; write utter_reason_too_big"),
    ],
)
def test_what_is_wrong_is_said_with_its_file(tmp_path: Path, name: str, content: str, expected: str) -> None:
    assert expected in said(tmp_path, **{name: content})


def test_a_file_that_cannot_be_read_is_the_only_thing_told(tmp_path: Path) -> None:
    assert said(tmp_path, data__rules__faq=BROKEN, data__nlu__en__faq=FEW).count("\n") == 0


DANISH = {
    "data/nlu/da/faq.yml": "nlu:\n  - intent: faq_size\n    examples: |\n"
    + "".join(f"      - hvilken størrelse er nummer [{number}](number)\n" for number in range(12))
    + "  - intent: greet\n    examples: |\n"
    + "".join(f"      - hej nummer {number}\n" for number in range(12)),
    "data/responses/da/faq.yml": GOOD["data/responses/en/faq.yml"].replace("See the table", "Se skemaet"),
    "data/notices/en.toml": "",
    "data/notices/da.toml": "",
}


def said_of_danish(folder: Path, **changed: str) -> str:
    """The good files in two languages, with some of the Danish ones changed."""
    files = {name.replace("/", "__").replace(".yml", ""): text for name, text in DANISH.items() if ".yml" in name}
    for tag in ("en", "da"):
        (folder / "data" / "notices").mkdir(parents=True, exist_ok=True)
        (folder / "data" / "notices" / f"{tag}.toml").touch()
    return said(folder, **{**files, **changed})


def test_two_languages_that_say_the_same_give_no_problem(tmp_path: Path) -> None:
    assert said_of_danish(tmp_path) == ""


DA_SAYS = DANISH["data/responses/da/faq.yml"]
DA_ASKS = DANISH["data/nlu/da/faq.yml"]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "data__responses__da__faq",
            DA_SAYS.replace("utter_sizes", "utter_sises"),
            "data/responses/da: utter_sizes is not written in da; en has it in data/responses/en/faq.yml",
        ),
        ("data__responses__da__faq", DA_SAYS.replace("{count}", "fem"), "utter_sizes leaves out {count}"),
        ("data__responses__da__faq", DA_SAYS.replace("skemaet,", "{count},"), "utter_faq_size adds {count}"),
        ("data__responses__da__faq", DA_SAYS.replace('"1"', '"2"'), "utter_sizes has no button that leads to /greet"),
        ("data__responses__da__faq", DA_SAYS.replace('"1"', '"2"'), "utter_sizes has a button that leads to /greet"),
        (
            "data__nlu__da__faq",
            DA_ASKS.replace("      - hej nummer 1\n", ""),
            "data/nlu/da/faq.yml: the intent greet has 11 examples in da; write at least 12",
        ),
        (
            "data__nlu__da__faq",
            DA_ASKS[: DA_ASKS.index("  - intent: greet")],
            "data/nlu/da: the intent greet has no examples in da; write at least 12",
        ),
        ("data__nlu__da__faq", f"{DA_ASKS}      - hvilken størrelse er nummer 1\n", "is an example of both"),
        ("data__nlu__ru__faq", DA_ASKS, "data/responses/ru: the bot understands ru and has no sentences in it"),
        ("data__responses__ru__faq", DA_SAYS, "data/nlu/ru: the bot speaks ru and has no examples in it"),
        ("data__responses__ru__faq", DA_SAYS, "data/notices/ru.toml: the bot speaks ru, and what the queue says"),
    ],
)
def test_what_a_language_lacks_is_said_with_its_file(tmp_path: Path, name: str, content: str, expected: str) -> None:
    assert expected in said_of_danish(tmp_path, **{name: content})


def test_the_same_words_may_mean_different_things_in_two_languages(tmp_path: Path) -> None:
    english = GOOD["data/nlu/en/faq.yml"] + "      - hvilken størrelse er nummer 1\n"
    assert said_of_danish(tmp_path, data__nlu__en__faq=english) == ""


def test_notices_without_sentences_are_told(tmp_path: Path) -> None:
    said_of_danish(tmp_path)
    (tmp_path / "data/notices/fr.toml").touch()
    assert "data/responses/fr: there are notices in fr, and no sentences" in said(tmp_path)
