"""Logs of children stay small, and their newest lines are at hand."""

from __future__ import annotations

from pathlib import Path

from baton.child_log import RollingLog


def test_a_full_log_is_set_aside_and_the_oldest_forgotten(tmp_path: Path) -> None:
    log = RollingLog(tmp_path / "log" / "rasa.log", max_bytes=100, kept=2)
    for number in range(40):
        log.write(f"line {number:02}\n".encode())
    log.close()
    files = sorted(file.name for file in (tmp_path / "log").iterdir())
    assert files == ["rasa.log", "rasa.log.1", "rasa.log.2"]
    assert all(file.stat().st_size <= 100 for file in (tmp_path / "log").iterdir())
    newest = "".join((tmp_path / "log" / name).read_text() for name in reversed(files))
    assert newest.splitlines()[-20:] == [f"line {number:02}" for number in range(20, 40)]


def test_output_larger_than_a_log_is_kept_whole(tmp_path: Path) -> None:
    log = RollingLog(tmp_path / "rasa.log", max_bytes=10)
    log.write(b"x" * 50)
    log.close()
    assert (tmp_path / "rasa.log").read_bytes() == b"x" * 50


def test_the_last_words_are_the_last_lines(tmp_path: Path) -> None:
    log = RollingLog(tmp_path / "rasa.log")
    log.write(b"\n".join(b"line %d" % number for number in range(5000)) + b"\xff\n")
    assert log.last_words(2) == "line 4998\nline 4999\ufffd"
    log.close()


def test_a_log_goes_on_where_the_last_start_ended(tmp_path: Path) -> None:
    for word in (b"first\n", b"second\n"):
        log = RollingLog(tmp_path / "rasa.log")
        log.write(word)
        log.close()
    assert (tmp_path / "rasa.log").read_text() == "first\nsecond\n"
