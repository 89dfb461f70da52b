"""The supervisor with real child processes: small Python programs that write what they do into a folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from baton.failure import Failure
from baton.settings import ROOT
from baton.supervisor import Program, Supervisor
from tests.waiting import eventually

# Says its pid, says that it is up, and tells when it is asked to end.
STAYS = """
import pathlib, signal, sys, time
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def leave(*_):
    with (folder / "order").open("a") as order: order.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("up", flush=True)
(folder / name).write_text("up")
while True: time.sleep(0.05)
"""
IGNORES_SIGTERM = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
(folder / "inner").write_text(str(inner.pid))
(folder / name).write_text("up")
time.sleep(600)
"""
DIES = "import sys; print('the disk is on strike'); sys.exit(3)"


class Heard:
    """What the supervisor told the person at the terminal."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.got_ready: list[str] = []
        self.waited_for: list[tuple[str, ...]] = []

    def waiting(self, names: Sequence[str], seconds: float) -> None:
        self.waited_for.append(tuple(names))

    def ready(self, name: str, seconds: float) -> None:
        self.got_ready.append(name)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)


def program(folder: Path, name: str, source: str = STAYS, after: tuple[str, ...] = (), **more: float) -> Program:
    async def ready() -> bool:
        return (folder / name).exists()

    argv = (sys.executable, "-c", source, str(folder), name)
    return Program(name, argv, dict(os.environ), ready, after, **more)


def supervisor(folder: Path, *programs: Program) -> tuple[Supervisor, Heard]:
    heard = Heard()
    return Supervisor(programs, folder / "log", heard, first_pause_s=0.01), heard


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_programs_start_after_what_they_need_and_end_before_it(tmp_path: Path) -> None:
    watched, heard = supervisor(
        tmp_path, program(tmp_path, "gateway", after=("redis",)), program(tmp_path, "redis"), program(tmp_path, "rasa")
    )
    async with watched.running():
        assert set(heard.got_ready) == {"redis", "rasa", "gateway"}
        assert heard.got_ready.index("redis") < heard.got_ready.index("gateway")
        pids = [watched.pid(name) for name in ("redis", "rasa", "gateway")]
        assert all(pid and lives(pid) for pid in pids)
    assert not any(pid and lives(pid) for pid in pids)
    left = (tmp_path / "order").read_text().split()
    assert sorted(left) == ["gateway", "rasa", "redis"]
    assert left.index("gateway") < left.index("redis")
    assert heard.waited_for[0] == ("gateway", "redis", "rasa")


async def test_a_program_that_dies_is_started_again_and_that_is_said(tmp_path: Path) -> None:
    watched, heard = supervisor(tmp_path, program(tmp_path, "rasa"))
    async with watched.running():
        first = watched.pid("rasa")
        assert first
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: heard.got_ready == ["rasa", "rasa"])
        assert watched.pid("rasa") != first
    assert len(heard.sentences) == 1
    assert "rasa ended (signal SIGKILL); starting it again in 0.01 s" in heard.sentences[0]


async def test_the_pause_doubles_while_a_program_keeps_dying(tmp_path: Path) -> None:
    watched, heard = supervisor(tmp_path, program(tmp_path, "rasa"))
    async with watched.running():
        for times in (1, 2, 3):
            pid = watched.pid("rasa")
            assert pid
            os.kill(pid, signal.SIGKILL)
            await eventually(lambda times=times: len(heard.got_ready) == times + 1)
    pauses = [float(re.findall(r"again in ([\d.]+) s", sentence)[0]) for sentence in heard.sentences]
    assert pauses == [0.01, 0.02, 0.04]


async def test_a_program_that_dies_at_the_start_stops_the_start_with_its_last_words(tmp_path: Path) -> None:
    watched, _ = supervisor(tmp_path, program(tmp_path, "rasa", DIES), program(tmp_path, "redis"))
    with pytest.raises(Failure, match=r"rasa ended at once \(exit code 3\)") as failure:
        async with watched.running():
            pytest.fail("nothing may run")
    assert "the disk is on strike" in failure.value.message
    assert watched.pid("redis") is None


async def test_a_program_that_does_not_get_ready_stops_the_start(tmp_path: Path) -> None:
    stuck = program(tmp_path, "rasa", "import time; time.sleep(600)", patience_s=0.2)
    watched, _ = supervisor(tmp_path, stuck)
    with pytest.raises(Failure, match=r"rasa was not ready after 0\.2 s"):
        async with watched.running():
            pytest.fail("nothing may run")


async def test_a_program_that_is_not_there_gives_one_sentence(tmp_path: Path) -> None:
    async def ready() -> bool:
        return False

    watched, _ = supervisor(tmp_path, Program("rasa", ("/no/such/python",), {}, ready))
    with pytest.raises(Failure, match="rasa can't be started"):
        async with watched.running():
            pytest.fail("nothing may run")


async def test_a_program_that_does_not_listen_is_ended_by_force_with_what_it_started(tmp_path: Path) -> None:
    deaf = program(tmp_path, "rasa", IGNORES_SIGTERM, grace_s=0.2)
    watched, _ = supervisor(tmp_path, deaf)
    async with watched.running():
        pid, inner = watched.pid("rasa"), int((tmp_path / "inner").read_text())
        assert pid
        assert lives(inner)
    await eventually(lambda: not lives(pid) and not lives(inner))


async def test_an_impatient_person_does_not_wait_for_the_grace_time(tmp_path: Path) -> None:
    watched, _ = supervisor(tmp_path, program(tmp_path, "rasa", IGNORES_SIGTERM, grace_s=60))
    started = time.monotonic()
    async with watched.running():
        watched.hurry()
    assert time.monotonic() - started < 20


async def test_what_programs_print_goes_to_their_logs(tmp_path: Path) -> None:
    watched, heard = supervisor(tmp_path, program(tmp_path, "rasa"))
    async with watched.running():
        pass
    assert (tmp_path / "log" / "rasa.log").read_text() == "up\n"
    assert heard.sentences == []


@pytest.mark.skipif(sys.platform != "linux", reason="only the Linux kernel ends children with their parent")
async def test_children_die_with_a_supervisor_that_is_killed_outright(tmp_path: Path) -> None:
    source = f"""
import asyncio, pathlib
from tests.baton.test_supervisor import *
async def main():
    folder = pathlib.Path({str(tmp_path)!r})
    watched, _ = supervisor(folder, program(folder, "redis"), program(folder, "rasa", IGNORES_SIGTERM))
    async with watched.running():
        (folder / "pids").write_text(f"{{watched.pid('redis')}} {{watched.pid('rasa')}}")
        await asyncio.sleep(600)
asyncio.run(main())
"""
    parent = subprocess.Popen([sys.executable, "-c", source], cwd=ROOT)
    try:
        pids = tmp_path / "pids"
        await eventually(lambda: pids.exists() and len(pids.read_text().split()) == 2)
        children = [int(pid) for pid in pids.read_text().split()]
        assert all(lives(pid) for pid in children)
    finally:
        parent.kill()
        parent.wait()
    await eventually(lambda: not any(lives(pid) for pid in children))
    os.kill(int((tmp_path / "inner").read_text()), signal.SIGKILL)
