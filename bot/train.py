"""Trains the bot: `rasa train`, without validating the data once more.

    python -m bot.train --domain domain.yml --data data --config config.yml --out models

Rasa's own validation reads all of the data three times; `baton check` validates, and says more. Its cache of trained
components knows a component by its class alone, not by what the class leans on (an encoder, a kernel), so it would give
a model that newer code did not make: everything is trained. Whoever calls knows when there is nothing to train.
"""

from __future__ import annotations

import sys

from rasa.__main__ import main as rasa


def main() -> None:
    """Train with the arguments of `rasa train`."""
    sys.argv = ["rasa", "train", "--skip-validation", "--force", *sys.argv[1:]]
    rasa()


if __name__ == "__main__":
    main()
