from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from actions.shop.__main__ import main
from tests.actions.shop.sample import sample


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BATON_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("BATON_SHOP", raising=False)
    return tmp_path


def written(home: Path, content: Any) -> str:
    path = home / "in.json"
    path.write_text(json.dumps(content), "utf-8")
    return str(path)


def test_import_then_export_gives_the_file_back(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", written(home, sample())]) == 0
    assert "Imported 2 customers, 3 products, 10 orders, 1 shipments, 2 returns, 1 refunds" in capsys.readouterr().err
    assert main(["export"]) == 0
    assert json.loads(capsys.readouterr().out) == sample()
    assert main(["export", str(home / "out.json")]) == 0
    assert json.loads((home / "out.json").read_text("utf-8")) == sample()
    assert stat.S_IMODE((home / "out.json").stat().st_mode) == 0o600


def test_a_bad_file_changes_nothing_and_names_the_record(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", written(home, sample())]) == 0
    bad = sample()
    bad["orders"][2]["customer_id"] = "C-9"
    assert main(["import", written(home, bad), "--replace"]) == 1
    said = capsys.readouterr().err
    assert "Nothing was changed. The problem:\n  orders[2] (503): customer_id: there is no customer 'C-9'" in said
    assert main(["export"]) == 0
    assert json.loads(capsys.readouterr().out) == sample()


def test_a_bad_first_file_leaves_no_shop_behind(home: Path) -> None:
    assert main(["import", written(home, {**sample(), "customers": []})]) == 1
    assert not [file.name for file in (home / "home").glob("*")]


def test_the_demo_is_made_once_unless_told_to_replace(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    assert main(["demo"]) == 1
    assert "There is a shop in" in capsys.readouterr().err
    assert main(["demo", "--replace"]) == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export"], "There is no shop in"),
        (["import", "none.json"], "none.json can't be read: No such file"),
        (["import", "."], ". can't be read: Is a directory"),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_code_1(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said


def test_a_file_that_cant_be_written_is_one_sentence(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    assert main(["export", str(home / "missing" / "out.json")]) == 1
    assert "No such file or directory" in capsys.readouterr().err


def test_the_commands_leave_a_shop_behind_an_api_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATON_SHOP", "http")
    assert main(["demo"]) == 1
    assert "work on the embedded shop only" in capsys.readouterr().err


def test_the_catalogue_lists_each_name_once_and_is_left_alone_while_it_is_right(home: Path) -> None:
    content = sample()
    content["products"].append({**content["products"][0], "sku": "AGAIN"})
    assert main(["import", written(home, content)]) == 0
    file = home / "catalogue.json"
    assert main(["catalogue", str(file)]) == 0
    names = sorted({product["name"] for product in content["products"]})
    assert sorted(json.loads(file.read_text("utf-8"))) == names
    before = file.stat()
    assert main(["catalogue", str(file)]) == 0
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert main(["import", written(home, {**content, "products": content["products"][:3]})]) == 0
    file.write_text("half of it")
    assert main(["catalogue", str(file)]) == 0
    assert sorted(json.loads(file.read_text("utf-8"))) == names


def test_no_catalogue_makes_no_shop(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", str(home / "catalogue.json")]) == 1
    assert "There is no shop in" in capsys.readouterr().err
    assert not list(home.iterdir())


@pytest.mark.parametrize("arguments", [[], ["delete"], ["import"], ["export", "a", "b"], ["catalogue"]])
def test_wrong_usage_is_exit_code_2(home: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    "arguments", [["--help"], *([name, "--help"] for name in ("import", "export", "demo", "catalogue"))]
)
def test_every_command_has_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 0
    explained = capsys.readouterr().out
    assert explained.startswith(f"usage: {' '.join(['baton shop', *arguments[:-1]])} [-h]")
    assert "Exit codes" in explained
