"""Files of examples, for measuring: Rasa's YAML, or CSV with the columns `text` and `intent`."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.loading import load_data

from bot.nlu.scope import OUT_OF_SCOPE

_COLUMNS = ("text", "intent")
_NAMED = 3


class Example(NamedTuple):
    """A message and what it means."""

    text: str
    intent: str


class BadFile(Exception):
    """A file that can't be measured with; its message is one sentence for the person who named it."""


def read_pair(train: Path, test: Path) -> tuple[list[Example], list[Example]]:
    """The examples of a file to train from and of one to test with.

    Raises:
        BadFile: one can't be read, or the test names an intent that cannot have been learned.
    """
    learned, asked = read_examples(train), read_examples(test)
    known = {example.intent for example in learned}
    if known <= {OUT_OF_SCOPE}:
        raise BadFile(f"{train} has no intents to learn, only messages out of scope.")
    unknown = sorted({example.intent for example in asked} - known - {OUT_OF_SCOPE})
    if unknown:
        raise BadFile(f"{test} asks for intents that {train} has no examples of: {_listed(unknown)}.")
    return learned, asked


def read_examples(file: Path) -> list[Example]:
    """The examples in a file, in its order.

    Raises:
        BadFile: it is not there, of another kind, broken or empty.
    """
    readers = {".csv": _of_csv, ".yml": _of_rasa, ".yaml": _of_rasa}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise BadFile(f"{file} is neither CSV (.csv) nor Rasa's YAML (.yml, .yaml).")
    try:
        examples = reader(file)
    except OSError as problem:
        raise BadFile(f"{file} can't be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise BadFile(f"{file} is not text in UTF-8.") from None
    if not examples:
        raise BadFile(f"{file} has no examples.")
    return examples


def _of_csv(file: Path) -> list[Example]:
    # utf-8-sig, because spreadsheets begin a file with a mark that would become part of the first column's name.
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        try:
            missing = [column for column in _COLUMNS if column not in (rows.fieldnames or ())]
            if missing:
                raise BadFile(f"{file} needs a first line that names its columns; it has no column {missing[0]}.")
            return [_of_row(row, f"Line {rows.line_num} of {file}") for row in rows]
        except csv.Error as problem:
            raise BadFile(f"{file} is not CSV after line {rows.line_num}: {problem}.") from None


def _of_row(row: dict[str, str | None], where: str) -> Example:
    text, intent = (row[column] or "" for column in _COLUMNS)
    if not text.strip():
        raise BadFile(f"{where} has no text.")
    if not intent.strip():
        raise BadFile(f"{where} has no intent.")
    return Example(text, intent.strip())


def _of_rasa(file: Path) -> list[Example]:
    file.read_text(encoding="utf-8")  # what Rasa says of a file that is not there names no file
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of intents with few examples, which is what is measured
            read = load_data(str(file)).intent_examples
    except ValueError:  # no part of it is anything that Rasa trains from
        return []
    except RasaException as problem:
        raise BadFile(f"{file} is not Rasa's YAML: {' '.join(str(problem).split())}") from None
    return [Example(str(example.get(TEXT)), str(example.get_full_intent())) for example in read if example.get(TEXT)]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
