"""The `baton` command as a person meets it: a real process, its output and its exit code."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from baton.cli import parser
from baton.settings import ROOT
from tests.baton.needs import needs_rasa_half
from tests.e2e.system import free_port


class Baton:
    """Runs `baton` with a home of its own."""

    def __init__(self, home: Path, **environ: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
        self._environ = {**kept, "BATON_HOME": str(home), "BATON_CONFIG": os.devnull, **environ}

    def __call__(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (sys.executable, "-m", "baton", *words),
            cwd=ROOT,
            env=self._environ,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def baton(tmp_path: Path, redis_url: str) -> Baton:
    return Baton(tmp_path, REDIS_URL=redis_url)


def every_command(known: argparse.ArgumentParser, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield before
    for action in known._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from every_command(below, (*before, name))


@pytest.mark.parametrize("words", list(every_command(parser())), ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...], tmp_path: Path) -> None:
    if words[:1] == ("shop",) and len(words) > 1:
        needs_rasa_half()
    asked = Baton(tmp_path)(*words, "--help")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout.startswith(f"usage: {' '.join(('baton', *words))} [-h]")


@pytest.mark.parametrize(
    "asked_for", ["", "dance", "agent", "agent add", "train --now", "agent add x --limit 0"], ids=str
)
def test_a_command_that_makes_no_sense_ends_with_2(asked_for: str, tmp_path: Path) -> None:
    asked = Baton(tmp_path)(*asked_for.split())
    assert asked.returncode == 2
    assert "usage: baton" in asked.stderr
    assert "Traceback" not in asked.stderr


@pytest.mark.parametrize("limit", ["0", "-3", "two", "1.5", ""])
def test_a_limit_that_is_none_is_named_in_a_sentence(limit: str, tmp_path: Path) -> None:
    asked = Baton(tmp_path)("agent", "add", "x", f"--limit={limit}")
    assert asked.returncode == 2
    wrong = f"argument --limit: must be a whole number of at least 1, not {limit!r}"
    assert asked.stderr.splitlines()[-1] == f"baton agent add: error: {wrong}"


def test_a_wrong_setting_is_one_sentence_and_ends_with_1(tmp_path: Path) -> None:
    asked = Baton(tmp_path, BATON_PORT="none")("settings")
    assert (asked.returncode, asked.stdout) == (1, "")
    assert asked.stderr == "baton: BATON_PORT must be a whole number from 1 to 65535.\n"


def test_an_agent_is_made_shown_given_another_password_and_removed(baton: Baton) -> None:
    added = baton("agent", "add", "ada", "--name", "Ada Holm", "--limit", "2")
    assert added.returncode == 0, added.stderr
    assert "Password, shown only now: " in added.stdout
    again = baton("agent", "add", "ADA")
    assert again.returncode == 1
    assert len(again.stderr.strip().splitlines()) == 1
    listed = baton("agent", "list")
    assert "ada" in listed.stdout
    assert "Ada Holm" in listed.stdout
    assert "2 at once" in listed.stdout
    assert "$argon2" not in listed.stdout
    changed = baton("agent", "password", "ada", "--password-stdin", typed="correct horse battery\n")
    assert (changed.returncode, changed.stdout) == (0, "ada has another password now.\n")
    assert baton("agent", "remove", "ada").returncode == 0
    assert "no agents yet" in baton("agent", "list").stdout


def test_a_password_that_is_too_short_is_refused(baton: Baton) -> None:
    asked = baton("agent", "add", "ada", "--password-stdin", typed="short\n")
    assert asked.returncode == 1
    assert asked.stderr.startswith("baton: A password has ")


def test_an_agent_that_is_not_there_gives_one_sentence(baton: Baton) -> None:
    for words in (("agent", "remove", "eve"), ("agent", "password", "eve")):
        asked = baton(*words)
        assert asked.returncode == 1
        assert asked.stderr == "baton: There is no agent with the login eve; `baton agent list` shows them all.\n"


def test_without_a_redis_of_one_s_own_the_embedded_one_serves_the_command(tmp_path: Path) -> None:
    alone = Baton(tmp_path)
    alone._environ.pop("REDIS_URL", None)
    assert alone("agent", "add", "ada").returncode == 0
    assert "ada" in alone("agent", "list").stdout


def test_a_redis_that_does_not_answer_gives_one_sentence(tmp_path: Path) -> None:
    asked = Baton(tmp_path, REDIS_URL=f"unix://{tmp_path}/nobody.sock")("agent", "list")
    assert asked.returncode == 1
    assert asked.stderr.splitlines()[-1].startswith("baton: The store does not answer")
    assert "Traceback" not in asked.stderr


def test_a_start_on_a_redis_that_does_not_answer_is_refused(tmp_path: Path) -> None:
    needs_rasa_half()
    port = str(free_port())
    asked = Baton(tmp_path, REDIS_URL=f"redis://:canary@127.0.0.1:{free_port()}", BATON_PORT=port)("run")
    assert asked.returncode == 1
    assert "baton: Your Redis (REDIS_URL) does not answer" in asked.stderr
    assert "canary" not in asked.stderr + asked.stdout


def test_settings_are_printed_without_secrets(tmp_path: Path) -> None:
    asked = Baton(tmp_path, BATON_SHOP_TOKEN="canary")("settings")
    assert asked.returncode == 0
    assert "BATON_PORT = 8080" in asked.stdout
    assert "BATON_SHOP_TOKEN = (hidden)" in asked.stdout
    assert "canary" not in asked.stdout


def test_a_home_that_can_t_be_made_gives_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    asked = Baton(tmp_path / "file" / "home", REDIS_URL="")("agent", "list")
    assert asked.returncode == 1
    assert len(asked.stderr.strip().splitlines()) == 1
    assert asked.stderr.startswith("baton: ")


def test_chat_says_when_nobody_is_there(tmp_path: Path) -> None:
    asked = Baton(tmp_path)("chat", "--url", "http://127.0.0.1:9", typed="hello\n")
    assert asked.returncode == 1
    assert asked.stderr == "baton: Baton does not answer at http://127.0.0.1:9; start it with `make run`.\n"


def test_the_shop_s_records_come_back_as_they_went_in(tmp_path: Path) -> None:
    needs_rasa_half()
    baton = Baton(tmp_path)
    assert baton("shop", "demo").returncode == 0
    kept = tmp_path / "shop.json"
    assert baton("shop", "export", str(kept)).returncode == 0
    assert baton("shop", "import", str(kept)).returncode == 0
    (tmp_path / "bad.json").write_text('{"orders": [{}]}')
    refused = baton("shop", "import", str(tmp_path / "bad.json"))
    assert refused.returncode == 1
    assert "Nothing was changed" in refused.stderr
