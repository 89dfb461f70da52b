"""`baton check`: what operators and authors write, checked before anybody talks to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from baton.errand import run_errand
from baton.project import NOTICES
from baton.redis_promises import look_at
from baton.settings import Settings
from baton.settings_source import load, unknown_variables
from baton.terminal import Terminal
from handoff.errors import BatonError
from handoff.notices import Notices

_GOOD, _BAD = "ok", "NOT OK"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: how good it is in a few words, every problem as a sentence, and what else to know."""

    good: str
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def check(environ: Mapping[str, str], terminal: Terminal, *, quick: bool = False) -> bool:
    """Run every check and say what each found; returns whether all is well.

    Args:
        environ: the environment variables.
        quick: leave out Rasa's own validation, which takes some 20 s.
    """
    chosen = Settings()

    def settings() -> Finding:
        nonlocal chosen
        chosen = load(environ)
        return Finding("every value can be read", tuple(unknown_variables(environ)))

    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("settings", settings),
        ("Redis", lambda: _redis(chosen.redis_url)),
        ("notices", lambda: _notices(NOTICES)),
        ("authors' files", lambda: _authored(environ, chosen.home / "log", terminal)),
    ]
    if not quick:
        checks.append(("Rasa's validation", lambda: _validated(environ, chosen.home / "log", terminal)))
    good = [_carried_out(name, look, terminal) for name, look in checks]
    return all(good)


def _carried_out(name: str, look: Callable[[], Finding], terminal: Terminal) -> bool:
    try:
        finding = look()
    except BatonError as problem:
        finding = Finding("", (problem.message,))
    terminal.say(f"  {name:<18}{_BAD if finding.problems else f'{_GOOD}: {finding.good}'}")
    for sentence in (*finding.problems, *finding.remarks):
        terminal.say(f"      {sentence}")
    return not finding.problems


def _redis(url: str) -> Finding:
    if not url:
        return Finding("the embedded one, which keeps every answered write")
    keeping = look_at(url)
    return Finding(
        "your own, and it answers" if keeping.unseen else "your own, which keeps every answered write",
        keeping.risks,
        keeping.unseen,
    )


def _notices(folder: Path) -> Finding:
    return Finding(f"complete in {', '.join(Notices.load(folder).languages)}")


def _authored(environ: Mapping[str, str], logs: Path, terminal: Terminal) -> Finding:
    outcome = run_errand("bot.authored", (), environ, logs / "check.log", terminal, "reading what authors wrote")
    lines = tuple(line for line in outcome.output.strip().splitlines() if line)
    if outcome.code == 0:
        return Finding(lines[-1] if lines else "")
    return Finding("", lines or (f"The check itself failed with exit code {outcome.code}.",))


def _validated(environ: Mapping[str, str], logs: Path, terminal: Terminal) -> Finding:
    outcome = run_errand("bot.validate", (), environ, logs / "validate.log", terminal, "Rasa validates (some 20 s)")
    if outcome.code == 0:
        return Finding(f"no warnings ({outcome.seconds:.0f} s)")
    return Finding("", tuple(outcome.last_words.splitlines()))
