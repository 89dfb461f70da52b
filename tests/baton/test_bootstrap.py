"""The set-up: when there is nothing to do, and how it explains itself when it can't go on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from baton import bootstrap
from baton.bootstrap import Errand, Half, SetUpFailed
from baton.settings import ROOT


@pytest.fixture
def half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Half:
    monkeypatch.setattr(bootstrap, "_LOCKS", tmp_path)
    (tmp_path / "run.lock").write_text("one==1")
    (tmp_path / "dev.lock").write_text("one==1\ntwo==2")
    made = Half("a place", tmp_path / "env", {"run": "run.lock", "dev": "dev.lock"}, lambda _: (), "")
    made.python.parent.mkdir(parents=True)
    made.python.touch()
    return made


def test_an_environment_is_ready_until_its_lock_changes(half: Half, tmp_path: Path) -> None:
    assert not half.is_ready("run")
    half.note_ready("run")
    assert half.is_ready("run")
    assert not half.is_ready("dev")
    (tmp_path / "run.lock").write_text("one==1.1")
    assert not half.is_ready("run")


def test_what_developers_have_is_enough_to_run(half: Half) -> None:
    half.note_ready("dev")
    assert half.is_ready("run")


def test_an_environment_without_its_python_is_not_ready(half: Half) -> None:
    half.note_ready("run")
    half.python.unlink()
    assert not half.is_ready("run")


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("error: Failed to write: No space left on device (os error 28)", "There is no space left on the disk"),
        ("error: no interpreter found for Python 3.10", "install Python 3.10"),
    ],
)
def test_a_tool_that_fails_gives_one_sentence_and_its_last_words(printed: str, sentence: str) -> None:
    errand = Errand("it", (sys.executable, "-c", f"import sys; print({printed!r}); sys.exit(1)"), {})
    with pytest.raises(SetUpFailed) as failure:
        errand.require_success("Please install Python 3.10.")
    assert sentence in str(failure.value)


def test_a_full_disk_is_said_before_anything_is_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nothing = Half("the bot", tmp_path / "none", bootstrap.RASA.locks, lambda _: (), "")
    monkeypatch.setattr(bootstrap, "RASA", nothing)
    monkeypatch.setattr(bootstrap, "NEEDED_BYTES", 10**18)
    with pytest.raises(SetUpFailed, match="need 6 GB of disk"):
        bootstrap.set_up("run")


def test_it_runs_on_a_bare_python() -> None:
    """Nothing that has to be installed may be imported: -I -S leaves only the standard library."""
    source = "import sys; sys.path.insert(0, sys.argv.pop()); import baton.bootstrap"
    subprocess.run((sys.executable, "-I", "-S", "-c", source, str(ROOT)), check=True, timeout=60)


def test_the_locks_name_hashes_and_no_addresses() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.lock")):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock.name
        pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pinned, lock.name
        assert all("==" in line and line.endswith("\\") for line in pinned), lock.name


@pytest.mark.parametrize(("fewer", "more"), [("baton.lock", "dev.lock"), ("rasa.lock", "rasa-dev.lock")])
def test_developers_run_what_users_run(fewer: str, more: str) -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return {line.split(" ")[0] for line in text.splitlines() if "==" in line and not line.startswith(" ")}

    assert pins(fewer) <= pins(more)
