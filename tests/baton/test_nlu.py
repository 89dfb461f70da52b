"""`baton nlu`: what the person asked reaches the Rasa half, and its exit code comes back."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from baton import nlu, project, training
from baton.cli import main

MODEL = Path("models/baton-fresh.tar.gz")


class RasaHalf:
    """Stands in for the other Python: notes how it was called, and ends with a code of our choice."""

    def __init__(self, folder: Path) -> None:
        self._told = folder / "told.json"
        self.python = folder / "python"
        self.ends_with(0)

    def ends_with(self, code: int) -> None:
        note = f"json.dump([sys.argv[1:], dict(os.environ), os.getcwd()], open({str(self._told)!r}, 'w'))"
        self.python.write_text(f"#!{sys.executable}\nimport json, os, sys\n{note}\nsys.exit({code})\n")
        self.python.chmod(self.python.stat().st_mode | stat.S_IXUSR)

    @property
    def called(self) -> tuple[list[str], dict[str, str], str]:
        arguments, environ, folder = json.loads(self._told.read_text())
        return arguments, environ, folder


@pytest.fixture
def rasa_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RasaHalf:
    made = RasaHalf(tmp_path)
    monkeypatch.setattr(project, "_RASA_PYTHON", made.python)
    monkeypatch.setenv("BATON_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return made


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of what authors wrote is there."""
    monkeypatch.setattr(training, "fresh_model", lambda: MODEL)


def test_evaluate_is_handed_on_with_paths_as_seen_by_the_person(rasa_half: RasaHalf, tmp_path: Path) -> None:
    assert main(["nlu", "evaluate", "--train", "a.csv", "--test", "b.yml", "--language", "da", "--json", "o.json"]) == 0
    arguments, environ, folder = rasa_half.called
    assert arguments == ["-m", "bot.nlu.evaluate", "--train=a.csv", "--test=b.yml", "--language=da", "--json=o.json"]
    assert folder == str(tmp_path)
    assert not [name for name in environ if name.startswith("BATON_")]


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_exit_code_is_the_other_halfs(rasa_half: RasaHalf, code: int) -> None:
    rasa_half.ends_with(code)
    assert main(["nlu", "evaluate", "--train", "a.csv", "--test", "b.csv"]) == code


@pytest.mark.parametrize("asked", [["--test", "b.csv"], ["--train", "a.csv"]], ids=" ".join)
def test_evaluate_needs_both_files(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["nlu", "evaluate", *asked])
    assert ended.value.code == 2
    assert "the following arguments are required" in capsys.readouterr().err


def test_explain_is_handed_on_with_the_fresh_model_and_any_text(rasa_half: RasaHalf, trained: None) -> None:
    assert main(["nlu", "explain", "--language", "da", "--json", "--", "-hvor er den?"]) == 0
    arguments, _, _ = rasa_half.called
    options = ["--model", str(MODEL), "--language=da", "--json", "--", "-hvor er den?"]
    assert arguments == ["-m", "bot.nlu.explain", *options]


def test_explain_is_told_the_settings_that_decide_about_details_and_no_secret(
    rasa_half: RasaHalf, trained: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BATON_ORDER_NUMBER", "[A-Z]{3}")
    monkeypatch.setenv("BATON_TURN_SECRET", "canary")
    assert main(["nlu", "explain", "where is ABC"]) == 0
    environ: dict[str, Any] = rasa_half.called[1]
    assert environ["BATON_ORDER_NUMBER"] == "[A-Z]{3}"
    assert set(nlu._TOLD) == {name[6:].lower() for name in environ if name.startswith("BATON_")}
    assert "canary" not in environ.values()


def test_without_the_rasa_half_one_sentence_says_what_to_do(
    rasa_half: RasaHalf, capsys: pytest.CaptureFixture[str]
) -> None:
    rasa_half.python.unlink()
    assert main(["nlu", "evaluate", "--train", "a.csv", "--test", "b.csv"]) == 1
    assert "run `make setup`" in capsys.readouterr().err
