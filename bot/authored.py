"""Checks what authors edit, in their own words: `python -m bot.authored`.

Rasa's validation finds what a program can't run; this finds what makes a bot answer badly, and says in which file.
Prints one line a problem, or one line that says how much there is. Exit codes: 0 nothing found, 1 something found.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.authored_files import read
from bot.mistakes import problems


def main() -> int:
    """Check the project in the working folder."""
    root = Path.cwd()
    found = read(root)
    said = list(problems(found, root))
    count = sum(map(len, found.examples.values()))
    for line in said or [f"{len(found.declared)} intents, {count} examples, {len(found.responses)} responses"]:
        print(line)  # noqa: T201 -- what this program is for
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
