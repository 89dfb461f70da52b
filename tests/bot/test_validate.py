"""Rasa's validation, in its own sentences and without noise."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def validated(project: Path) -> tuple[int, list[str]]:
    """The exit code and the lines of a run in a folder."""
    ended = subprocess.run(
        [sys.executable, "-m", "bot.validate"],
        cwd=project,
        env={"PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout.splitlines()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what authors edit."""
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path


def test_the_shipped_project_gives_no_warning() -> None:
    assert validated(ROOT) == (0, [])


def test_a_warning_is_a_problem_and_the_only_thing_said(project: Path) -> None:
    domain = (project / "domain.yml").read_text()
    (project / "domain.yml").write_text(domain.replace("  - faq_sizes:\n      use_entities: []\n", ""))
    code, lines = validated(project)
    assert code == 1
    assert lines
    assert all("'faq_sizes'" in line for line in lines)


def test_what_rasa_cannot_read_is_one_sentence(project: Path) -> None:
    (project / "domain.yml").write_text("intents: 7\n")
    code, lines = validated(project)
    assert code == 1
    assert lines
    assert "Traceback" not in "".join(lines)
