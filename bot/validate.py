"""Rasa's own validation in the words that matter here: `python -m bot.validate`.

It is `rasa data validate --fail-on-warnings`, but every warning counts, and three are left out that say nothing here: a
response that no story or rule uses, for actions say most of them; an intent without examples, when nobody types it;
what Rasa 3 does otherwise than Rasa 2. Prints one line a problem. Exit codes: 0 nothing found, 1 something found.
"""

from __future__ import annotations

import io
import re
import sys
import warnings
from contextlib import redirect_stdout
from pathlib import Path

from rasa.cli.utils import validate_files
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.importer import TrainingDataImporter

from bot.mistakes import NEVER_TYPED

_LEFT_OUT = re.compile(
    r"The utterance '\w+' is not used in any story or rule\."
    rf"|The intent '(?:{'|'.join(NEVER_TYPED)})' is listed in the domain file, but is not found in the NLU"
    r"|Slot auto-fill has been removed in 3\.0"
)


def problems(root: Path) -> list[str]:
    """What Rasa finds in the project in a folder, one sentence each."""
    with warnings.catch_warnings(record=True) as warned, redirect_stdout(io.StringIO()):
        warnings.simplefilter("always")
        failed = _failure(root)
    told = [str(one.message) for one in warned if one.category is UserWarning]
    kept = list(dict.fromkeys(sentence for sentence in told if not _LEFT_OUT.match(sentence)))
    return kept or ([failed] if failed else [])


def _failure(root: Path) -> str | None:
    try:
        importer = TrainingDataImporter.load_from_config(
            str(root / "config.yml"), str(root / "domain.yml"), [str(root / "data")]
        )
        validate_files(fail_on_warnings=True, max_history=None, importer=importer)
    except RasaException as error:
        return str(error)
    except SystemExit:
        return "Rasa's validation fails, and does not say why; `rasa data validate` may say more."
    return None


def main() -> int:
    """Validate the project in the working folder."""
    found = problems(Path.cwd())
    for sentence in found:
        print(" ".join(sentence.split()))  # noqa: T201 -- what this program is for
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
