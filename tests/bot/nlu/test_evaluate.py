"""Measuring the pipeline: once from end to end, with Rasa's own training."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.utils.io import read_config_file

from bot.nlu.evaluate import ROOT, from_rasa, report, to_rasa, write_project
from bot.nlu.examples import Example

TRAIN = """\
text,intent
where is my order,order/status
has my parcel left,order/status
track my package,order/status
i want to return it,order/return
send the shoes back,order/return
return an item,order/return
hello,greet
good morning,greet
hi [there](you),greet
"""
TEST = """\
text,intent
where is the order,order/status
send it back,order/return
hello you,greet
return my order,order/status
what is the capital of France,out_of_scope
"""


def evaluate(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", "bot.nlu.evaluate", *map(str, options)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    folder = tmp_path_factory.mktemp("evaluate")
    (folder / "train.csv").write_text(TRAIN)
    (folder / "test.csv").write_text(TEST)
    named = ("--train", folder / "train.csv", "--test", folder / "test.csv", "--json", folder / "out.json")
    ended = evaluate(*named)
    assert ended.returncode == 0, ended.stderr
    return ended, json.loads((folder / "out.json").read_text())


def test_every_measure_is_told_and_written(
    measured: tuple[subprocess.CompletedProcess[str], dict[str, Any]],
) -> None:
    ended, figures = measured
    assert (figures["intents"], figures["examples"], figures["language"]) == (3, 9, "en")
    assert (figures["messages"], figures["out_of_scope_messages"]) == (4, 1)
    assert figures["accuracy"] == 75.0
    names = ("macro_f1", "auroc", "fpr_at_95_recall", "accuracy_at_80_out_of_scope_recall", "calibration_error")
    assert all(0 <= figures[name] <= 100 for name in names)
    assert 0 < figures["ms_p50"] <= figures["ms_p99"]
    assert figures["training_s"] > 0
    assert figures["peak_mb"] >= figures["loaded_mb"] > 50
    assert report(figures) == ended.stdout.rstrip("\n")


def test_an_intent_with_a_slash_keeps_its_whole_name(
    measured: tuple[subprocess.CompletedProcess[str], dict[str, Any]],
) -> None:
    assert measured[1]["confused"] == [{"intent": "order/status", "taken_for": "order/return", "times": 1}]


@pytest.mark.parametrize("name", ["faq/price", "a/b/c", "plain", "/"])
def test_a_name_comes_back_from_rasa_as_it_went(name: str) -> None:
    assert "/" not in to_rasa(name)
    assert from_rasa(to_rasa(name)) == name


def test_the_shipped_components_learn_the_examples_to_the_letter(tmp_path: Path) -> None:
    texts = ["see [this](link)", "- dash", 'a "quote"', "a: b", "{x}", "tab\tand\nline", "😀", "#1"]
    project = tmp_path / "nlu" / "project"  # a name that also means something inside a project
    project.mkdir(parents=True)
    write_project(project, [Example(text, "x/y") for text in texts], "da")
    importer = TrainingDataImporter.load_nlu_importer_from_config(
        str(project / "config.yml"), training_data_paths=[str(project / "data")]
    )
    learned = importer.get_nlu_data().intent_examples
    assert [(one.get("text"), one.get("language")) for one in learned] == [(text, "da") for text in texts]
    assert importer.get_config()["pipeline"] == read_config_file(ROOT / "config.yml")["pipeline"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--train", "no.csv", "--test", "no.csv"), "baton nlu evaluate: no.csv can't be read: No such file"),
        (
            ("--train", "x.csv", "--test", "x.csv", "--json", "no/such/folder/o.json"),
            "There is no folder no/such/folder",
        ),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_ends_with_2(options: tuple[str, ...], told: str) -> None:
    ended = evaluate(*options)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
