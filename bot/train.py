"""Trains the bot: `rasa train`, some five seconds sooner.

    python -m bot.train --domain domain.yml --data data --config config.yml --out models

Rasa saves the classifier with skops, which at its import looks through every module loaded so far, once for each of
some thousand functions. Imported first, before Rasa has loaded TensorFlow, it has little to look through.
"""

from __future__ import annotations

import sys

import skops.io  # noqa: F401 -- see above

# isort: split
from rasa.__main__ import main as rasa


def main() -> None:
    """Train with the arguments of `rasa train`."""
    sys.argv = ["rasa", "train", *sys.argv[1:]]
    rasa()


if __name__ == "__main__":
    main()
