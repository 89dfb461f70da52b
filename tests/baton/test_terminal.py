"""What a person sees while they wait."""

from __future__ import annotations

import io

from baton.terminal import Terminal


class Screen(io.StringIO):
    """A real terminal, as far as the program can tell."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_passing_line_makes_room_for_the_next() -> None:
    screen = Screen()
    terminal = Terminal(screen)
    terminal.waiting(["rasa"], 1)
    terminal.ready("rasa", 2.04)
    assert screen.getvalue() == "  waiting for rasa … 1 s\r\x1b[2K  rasa     ready after  2.0 s\n"


def test_in_a_file_there_are_only_whole_lines() -> None:
    out = io.StringIO()
    terminal = Terminal(out)
    for second in range(100):
        terminal.waiting(["rasa"], second)
    terminal.say("done")
    assert out.getvalue() == "done\n"
