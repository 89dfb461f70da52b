"""What authors are told about their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.authored import problems, read

ROOT = Path(__file__).parents[2]

GOOD = {
    "domain.yml": "intents:\n  - faq_size:\n      use_entities: []\n  - greet\n",
    "data/nlu/en/faq.yml": "nlu:\n  - intent: faq_size\n    examples: |\n"
    + "".join(f"      - which size is number [{number}](number)\n" for number in range(8))
    + "  - intent: greet\n    examples: |\n"
    + "".join(f"      - hello number {number}\n" for number in range(8)),
    "data/nlu/en/entities.yml": "nlu:\n  - regex: number\n    examples: |\n      - '[0-9]'\n",
    "data/rules/faq.yml": "rules:\n  - rule: sizes\n    steps:\n"
    "      - intent: faq_size\n      - action: utter_faq_size\n",
    "data/responses/en/faq.yml": 'responses:\n  utter_faq_size:\n    - text: "See the table."\n',
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
    ],
)
def test_what_is_wrong_is_said_with_its_file(tmp_path: Path, name: str, content: str, expected: str) -> None:
    assert expected in said(tmp_path, **{name: content})
