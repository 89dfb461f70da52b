"""Training from files: which model it makes, and what it says of files that it can't train from."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from bot.light_rasa import of_model

ROOT = Path(__file__).parents[2]

CONFIG = """
recipe: default.v1
language: en
assistant_id: test
importers:
  - name: bot.nlu.importer.LanguageFolders
pipeline:
  - name: bot.nlu.identifier.LanguageIdentifier
  - name: bot.nlu.tokenizer.SpacyTokenizer
  - name: bot.nlu.classifier.KernelIntentClassifier
policies:
  - name: RulePolicy
"""
DOMAIN = 'version: "3.1"\nintents: [greet, bye]\nresponses:\n  utter_greet: [{text: Hello}]\n'
EXAMPLES = 'version: "3.1"\nnlu:\n' + "".join(
    f"  - intent: {intent}\n    examples: |\n" + "".join(f"      - {text}\n" for text in texts)
    for intent, texts in {"greet": ("hello", "good morning"), "bye": ("goodbye", "see you")}.items()
)
RULE = 'version: "3.1"\nrules:\n  - rule: greet\n    steps: [{intent: greet}, {action: utter_greet}%s]\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {"config.yml": CONFIG, "domain.yml": DOMAIN, "data/nlu/en/a.yml": EXAMPLES, "data/rules/a.yml": RULE % ""}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def trained(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-W", "ignore", "-X", "importtime", "-m", "bot.train", "--out", "made/model.tar.gz", *options),
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_makes_a_model_of_the_files_and_no_cache_and_does_without_tensorflow(project: Path) -> None:
    ended = trained(project)
    assert ended.returncode == 0, ended.stderr
    assert "bot.nlu.classifier.KernelIntentClassifier" in of_model(project / "made/model.tar.gz")
    assert "rasa.core.policies.rule_policy.RulePolicy" in of_model(project / "made/model.tar.gz")
    assert not (project / ".rasa").exists()
    assert "| tensorflow\n" not in ended.stderr


def test_understanding_alone_needs_neither_domain_nor_rules(project: Path) -> None:
    (project / "domain.yml").unlink()
    (project / "data/rules/a.yml").unlink()
    assert trained(project, "--nlu").returncode == 0
    with tarfile.open(project / "made/model.tar.gz") as archive:
        assert not [name for name in archive.getnames() if "RulePolicy" in name]


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        (
            "data/nlu/en/a.yml",
            'version: "3.1"\nnlu: []\n',
            "There is no example to learn from: write some under data/nlu/.",
        ),
        (
            "data/rules/a.yml",
            RULE % ", {slot_was_set: [{size: 4}]}",
            "Rules or stories set slots that domain.yml lacks: size.",
        ),
        ("config.yml", "pipeline: [{nam: a}]\n", "config.yml can't be read ('name')."),
    ],
)
def test_files_that_it_cannot_train_from_are_told_of_in_a_sentence(
    project: Path, file: str, text: str, sentence: str
) -> None:
    (project / file).write_text(text, encoding="utf-8")
    ended = trained(project)
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (1, sentence)
    assert not (project / "made").exists()
