"""What authors write in a language's folder carries that language."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.features import Features

from bot.nlu.importer import Example, language_of_file

CONFIG = """
recipe: default.v1
language: en
assistant_id: test
importers:
  - name: bot.nlu.importer.LanguageFolders
pipeline: []
policies: []
"""
DOMAIN_RESPONSES = """responses:
  utter_bye:
    - text: "Goodbye!"
"""
FILES = {
    "nlu/en/a.yml": """
nlu:
  - intent: greet
    examples: |
      - hello
      - ok
  - lookup: item_position
    examples: |
      - two
""",
    "nlu/da/a.yml": """
nlu:
  - intent: greet
    examples: |
      - hej
      - ok
  - lookup: item_position
    examples: |
      - to
      - anden
  - synonym: "2"
    examples: |
      - to
      - anden
  - regex: postcode
    examples: |
      - \\b[0-9]{4}\\b
""",
    "responses/en/a.yml": """
responses:
  utter_greet:
    - text: "Hello!"
""",
    "responses/da/a.yml": """
responses:
  utter_greet:
    - text: "Hej!"
  utter_bye:
    - text: "Farvel!"
""",
    "rules/a.yml": """
rules:
  - rule: greet
    steps:
      - intent: greet
      - action: utter_greet
""",
}


@pytest.fixture
def importer(tmp_path: Path) -> TrainingDataImporter:
    (tmp_path / "config.yml").write_text(CONFIG)
    (tmp_path / "domain.yml").write_text('version: "3.1"\nintents: [greet]\nslots: {}\n' + DOMAIN_RESPONSES)
    for name, text in FILES.items():
        file = tmp_path / "data" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'version: "3.1"{text}', encoding="utf-8")
    return TrainingDataImporter.load_from_config(
        str(tmp_path / "config.yml"), str(tmp_path / "domain.yml"), [str(tmp_path / "data")]
    )


def test_an_example_has_its_folders_language_even_where_two_say_the_same(importer: TrainingDataImporter) -> None:
    examples = [(each.get("text"), each.get("language")) for each in importer.get_nlu_data().nlu_examples]
    assert sorted(examples) == [("hej", "da"), ("hello", "en"), ("ok", "da"), ("ok", "en")]


def test_an_example_that_stands_twice_is_learned_once(importer: TrainingDataImporter, tmp_path: Path) -> None:
    file = tmp_path / "data/nlu/en/a.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("- ok", "- ok\n      - ok"), encoding="utf-8")
    texts = [each.get("text") for each in importer.get_nlu_data().nlu_examples if each.get("language") == "en"]
    assert sorted(texts) == ["hello", "ok"]


def test_a_copy_of_an_example_shares_nothing_that_a_component_changes() -> None:
    example = Example({"text": "order 10234", "entities": [{"value": "10234"}]})
    other = copy.deepcopy(example)
    assert other == example
    other.add_features(Features(np.ones((1, 1)), "sentence", "text", "counted"))
    assert (len(other.features), example.features) == (1, [])
    other.set("language", "da")
    other.get("entities")[0]["value"] = "10235"
    assert (example.get("language"), example.get("entities")) == (None, [{"value": "10234"}])
    assert other != example


def test_what_the_domain_says_stays_beside_what_is_said_in_another_language(importer: TrainingDataImporter) -> None:
    assert [said["text"] for said in importer.get_domain().responses["utter_bye"]] == ["Goodbye!", "Farvel!"]


def test_a_lookup_table_has_its_language_and_the_values_of_its_words(importer: TrainingDataImporter) -> None:
    tables = {table["language"]: table for table in importer.get_nlu_data().lookup_tables}
    assert tables["da"]["values"] == {"to": "2", "anden": "2"}
    assert tables["en"]["values"] == {}
    assert importer.get_nlu_data().entity_synonyms == {}


def test_a_pattern_has_its_language(importer: TrainingDataImporter) -> None:
    assert [pattern["language"] for pattern in importer.get_nlu_data().regex_features] == ["da"]


def test_a_response_in_another_language_is_said_to_who_speaks_it(importer: TrainingDataImporter) -> None:
    variations = importer.get_domain().responses["utter_greet"]
    assert variations == [
        {"text": "Hello!"},
        {"text": "Hej!", "condition": [{"type": "slot", "name": "language", "value": "da"}]},
    ]


@pytest.mark.parametrize(
    ("file", "language"),
    [("data/nlu/da/a.yml", "da"), ("data/responses/zh/x/b.yml", "zh"), ("data/nlu/a.yml", None), ("a.yml", None)],
)
def test_the_folder_names_the_language(file: str, language: str | None) -> None:
    assert language_of_file(Path(file)) == language
