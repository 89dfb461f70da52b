"""Logs name types and places, and quote nobody."""

from __future__ import annotations

import logging

from bot.errors import ActionFailed
from bot.private_log import _PrivateFormatter, outline


def failure() -> ActionFailed:
    try:
        try:
            raise ValueError("canary: ada@example.org")
        except ValueError as error:
            raise ActionFailed("The action action_x failed.") from error
    except ActionFailed as error:
        return error


def test_an_outline_has_our_sentence_the_causes_and_the_places_but_no_quotation() -> None:
    text = outline(failure())
    assert "ActionFailed: The action action_x failed." in text
    assert "because of ValueError" in text
    assert "test_private_log.py:" in text
    assert "canary" not in text


def test_a_logged_exception_is_outlined() -> None:
    error = failure()
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "It failed.", (), (type(error), error, error.__traceback__))
    text = _PrivateFormatter("%(message)s").format(record)
    assert text.startswith("It failed. ActionFailed")
    assert "canary" not in text


def test_what_an_import_lacks_is_said() -> None:
    assert "No module named 'shop'" in outline(ModuleNotFoundError("No module named 'shop'"))
