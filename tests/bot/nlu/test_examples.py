"""Files to measure with, and what is said of those that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.nlu.examples import BadFile, Example, read_examples, read_pair

YAML = """
version: "3.1"
nlu:
- intent: order_status
  examples: |
    - where is [10234](order_number)
    - my parcel
- intent: faq/price
  examples: |
    - what does it cost
"""


def written(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_csv_is_read_with_its_columns_in_any_order_and_a_mark_of_a_spreadsheet(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", '\ufeffintent,note,text\ngreet,x,"hi, you"\nfaq/price,y,"two\nlines"\n')
    assert read_examples(file) == [Example("hi, you", "greet"), Example("two\nlines", "faq/price")]


def test_rasa_yaml_is_read_without_its_marks_and_with_whole_names(tmp_path: Path) -> None:
    assert read_examples(written(tmp_path, "a.yml", YAML)) == [
        Example("where is 10234", "order_status"),
        Example("my parcel", "order_status"),
        Example("what does it cost", "faq/price"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "txt,intent\nhi,greet\n", "no column text"),
        ("a.csv", "text,label\nhi,greet\n", "no column intent"),
        ("a.csv", "", "no column text"),
        ("a.csv", "text,intent\n", "has no examples"),
        ("a.csv", "text,intent\nhi,greet\n,greet\n", "Line 3 of .* has no text"),
        ("a.csv", "text,intent\nhi\n", "Line 2 of .* has no intent"),
        ("a.csv", b"text,intent\nh\xe9,greet\n", "is not text in UTF-8"),
        ("a.csv", f"text,intent\n{'x' * 200_000},greet\n", "is not CSV after line"),
        ("a.yml", "nlu: [", "is not Rasa's YAML"),
        ("a.yml", "nlu:\n- intents: greet\n", "has no examples"),
        ("a.yml", 'version: "3.1"\nrules: []\n', "has no examples"),
        ("a.yml", "", "has no examples"),
        ("a.xlsx", "text,intent\nhi,greet\n", "is neither CSV"),
    ],
)
def test_a_file_that_is_wrong_is_told_in_one_sentence(tmp_path: Path, name: str, text: str | bytes, told: str) -> None:
    with pytest.raises(BadFile, match=told) as caught:
        read_examples(written(tmp_path, name, text))
    assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize("name", ["no.csv", "no.yml"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadFile, match=f"{name} can't be read: No such file"):
        read_examples(tmp_path / name)


def test_a_test_may_ask_only_for_what_was_learned_or_lies_outside(tmp_path: Path) -> None:
    train = written(tmp_path, "train.csv", "text,intent\nhi,greet\n")
    fine = written(tmp_path, "fine.csv", "text,intent\nhey,greet\nfly me,out_of_scope\n")
    assert len(read_pair(train, fine)[1]) == 2
    asks_more = written(tmp_path, "more.csv", "text,intent\n" + "".join(f"x,intent{n}\n" for n in range(5)))
    with pytest.raises(BadFile, match="no examples of: intent0, intent1, intent2 and 2 more"):
        read_pair(train, asks_more)


def test_training_needs_an_intent(tmp_path: Path) -> None:
    train = written(tmp_path, "train.csv", "text,intent\nfly me,out_of_scope\n")
    with pytest.raises(BadFile, match="no intents to learn"):
        read_pair(train, train)
