"""The scan command: what lets a file in, and what does not."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from pathlib import Path

import pytest

from connectors.media.scan import Scan
from handoff.media import MediaUnavailable
from tests.waiting import PATIENCE_S


def python(code: str) -> str:
    """A command that runs some Python."""
    return f"{shlex.quote(sys.executable)} -S -c {shlex.quote(code)}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to scan."""
    (tmp_path / "file").write_bytes(b"what it holds")
    return tmp_path / "file"


async def test_the_command_gets_the_file_on_its_standard_input(file: Path) -> None:
    code = "import sys; sys.exit(sys.stdin.buffer.read() != b'what it holds')"
    assert await Scan(python(code)).passes(file)


@pytest.mark.parametrize("how", ["sys.exit(1)", "sys.exit(2)", "os.kill(os.getpid(), 11)", "raise ValueError"])
async def test_anything_but_exit_code_0_keeps_a_file_out(file: Path, how: str) -> None:
    assert not await Scan(python(f"import os, sys; {how}")).passes(file)


@pytest.mark.parametrize("command", ["/no/such/program", "/etc/passwd", "/"])
async def test_a_command_that_cannot_be_run_lets_nothing_in(file: Path, command: str) -> None:
    with pytest.raises(MediaUnavailable):
        await Scan(command).passes(file)


async def test_a_command_that_does_not_end_in_time_lets_nothing_in_and_is_ended(file: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "alive"
    # The shell's child holds the writing end; it closes when the last of them is gone.
    code = f"import subprocess; w = open({str(fifo)!r}, 'w'); subprocess.run(['sleep', '60'], pass_fds=[w.fileno()])"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(MediaUnavailable):
            await Scan(python(code), timeout_s=1.0).passes(file)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    assert os.read(reader, 1) == b""
                    break
                except BlockingIOError:
                    await asyncio.sleep(0.01)
    finally:
        os.close(reader)


async def test_no_shell_reads_the_command(file: Path, tmp_path: Path) -> None:
    code = f"import sys; sys.exit(sys.argv[1:] != ['$(touch x)', ';', '>{tmp_path}/y', 'two words'])"
    assert await Scan(f"{python(code)} '$(touch x)' ; >{tmp_path}/y 'two words'").passes(file)
    assert not (tmp_path / "y").exists()


async def test_the_command_learns_no_secret_from_the_environment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_SESSION_SECRET", "hush")
    assert await Scan(python("import os, sys; sys.exit('hush' in os.environ.values())")).passes(file)


async def test_only_so_many_run_at_once(file: Path, tmp_path: Path) -> None:
    # Each stays long enough to see whether a third is there.
    code = """
import os, sys, time
here, own = sys.argv[1], f"{sys.argv[1]}/{os.getpid()}"
open(own, "w").close()
crowd = False
for _ in range(25):
    crowd = crowd or len(os.listdir(here)) > 2
    time.sleep(0.02)
os.unlink(own)
sys.exit(crowd)
"""
    running = tmp_path / "running"
    running.mkdir()
    scan = Scan(f"{python(code)} {shlex.quote(str(running))}", at_once=2)
    assert await asyncio.gather(*(scan.passes(file) for _ in range(3))) == [True] * 3


@pytest.mark.parametrize("command", ["", "  ", "a 'b"])
def test_a_command_that_is_none_is_refused_at_once(command: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Scan(command)
