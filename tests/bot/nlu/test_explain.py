"""What an author is told about one message."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.evaluate import ROOT
from bot.nlu.explain import explanation, readable
from tests.bot.nlu.pipeline import Pipeline


def test_language_words_details_and_neighbours_are_told(shop: Pipeline) -> None:
    found = explanation("  Where's ｏｒｄｅｒ 10234?", shop, "en")
    assert found["language"] == "en"
    assert sum(found["languages"].values()) == pytest.approx(1)
    assert found["plain"] == "Where's order 10234?"
    assert found["tokens"] == ["Where", "'s", "order", "10234", "?"]
    assert {"entity": "order_number", "value": "10234", "text": "10234"} in found["entities"]
    assert found["ranking"][0]["name"] == "order_status"
    assert found["nearest"][0]["intent"] == "order_status"
    assert found["why_not_understood"] is None
    assert "goes by the intent order_status" in readable(found)


def test_a_message_with_two_requests_is_told_apart(shop: Pipeline) -> None:
    found = explanation("Where is my order 10234? I want to return 10199.", shop, "en")
    assert [part["text"] for part in found["parts"]] == ["Where is my order 10234?", "I want to return 10199."]
    assert [(one["intent"], one["orders"]) for one in found["requests"]] == [
        ("order_status", ["10234"]),
        ("start_return", ["10199"]),
    ]
    assert "serves several requests" in readable(found)


def test_why_a_message_is_not_understood_is_told(shop: Pipeline) -> None:
    found = explanation("quantum chromodynamics lattice", shop, "en")
    assert found["intent"] == "nlu_fallback"
    assert "nlu_fallback" not in {one["name"] for one in found["ranking"]}
    assert f"did not understand, for {found['why_not_understood']}" in readable(found)


@pytest.mark.parametrize(
    ("close", "told"),
    [
        (["order_status", "start_return"], "asks which is meant: order_status or start_return"),
        (["start_return"], "asks whether this is meant: start_return"),
    ],
)
def test_what_the_bot_asks_about_is_told(shop: Pipeline, close: list[str], told: str) -> None:
    assert told in readable({**explanation("where is my order", shop, "en"), "close": close})


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=50)
def test_any_text_can_be_explained_and_written_as_json(shop: Pipeline, text: str) -> None:
    found = explanation(text, shop)
    assert json.loads(json.dumps(found)) == found
    assert "so the bot" in readable(found)


def test_the_program_explains_with_a_trained_model(model: Path) -> None:
    ended = subprocess.run(
        (sys.executable, "-m", "bot.nlu.explain", "--json", "--model", str(model), "--", "-hello-"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)["plain"] == "-hello-"
