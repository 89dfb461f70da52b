"""Runs the stories against the trained model: `python -m tests.stories`; ends with 1 if the bot would do otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from baton.project import rasa_environment, rasa_python
from baton.settings import ROOT
from baton.training import fresh_model


def main() -> int:
    """Run `rasa test` on tests/stories."""
    model = fresh_model()
    if model is None:
        print("There is no fresh model; run `baton train` first.", file=sys.stderr)
        return 1
    # Without any, Rasa says that all is well.
    if not list((ROOT / "tests" / "stories").glob("test_*.yml")):
        print("There are no stories in tests/stories.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="baton-stories-") as out:
        told = (
            "--stories",
            "tests/stories",
            "--model",
            str(model),
            "--out",
            out,
            "--fail-on-prediction-errors",
            "--no-plot",
        )
        ended = subprocess.run(
            (rasa_python(), "-m", "rasa", "test", "core", *told), cwd=ROOT, env=rasa_environment(os.environ)
        )
        for failed in sorted(Path(out).glob("failed_*.yml")):
            print(failed.read_text(encoding="utf-8"))
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
