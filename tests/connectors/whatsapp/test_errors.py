"""What each error code of the platform leads to."""

from __future__ import annotations

import pytest

from connectors.outgoing import Rejected, RetryAfter
from connectors.whatsapp.errors import MEANINGS, GraphError, hint_for, outcome_of

BACK_OFF = (4, 80007, 130429, 131056, 131057)
GIVE_UP = (100, 190, 368, 131008, 131009, 131026, 131031, 131047, 131048, 131051)


@pytest.mark.parametrize("code", BACK_OFF)
def test_a_limit_is_waited_out(code: int) -> None:
    outcome = outcome_of(GraphError(400, code))
    assert isinstance(outcome, RetryAfter)
    assert outcome.everybody == (code != 131056)
    assert outcome.seconds


@pytest.mark.parametrize("code", GIVE_UP)
def test_what_waiting_does_not_help_is_not_tried_again(code: int) -> None:
    assert isinstance(outcome_of(GraphError(500, code)), Rejected)


@pytest.mark.parametrize("code", MEANINGS)
def test_every_hint_is_one_or_two_sentences(code: int) -> None:
    hint = hint_for(code)
    assert hint.endswith(".")
    assert len(hint) <= 180


@pytest.mark.parametrize("code", BACK_OFF)
def test_what_failed_after_it_was_taken_is_for_a_person_to_replay(code: int) -> None:
    """Goes red when the hint promises that Baton tries again, as it does only for what was not taken."""
    refused = outcome_of(GraphError(400, code))
    assert "replay" in hint_for(code).lower()
    assert "replay" not in refused.hint.lower()


def test_an_unknown_code_follows_the_status() -> None:
    assert isinstance(outcome_of(GraphError(400, 999_999)), Rejected)
    assert isinstance(outcome_of(GraphError(503, 999_999)), RetryAfter)
    assert isinstance(outcome_of(GraphError(429)), RetryAfter)
    forbidden = outcome_of(GraphError(403))
    assert isinstance(forbidden, Rejected)
    assert (forbidden.code, forbidden.permanent) == ("http_403", False)


def test_permissions_can_be_granted() -> None:
    outcome = outcome_of(GraphError(403, 299))
    assert isinstance(outcome, Rejected)
    assert not outcome.permanent


def test_the_platforms_words_are_repeated_without_numbers_of_people() -> None:
    outcome = outcome_of(GraphError(400, 100, "Param to +4520123456 is not valid " + "x" * 500))
    assert isinstance(outcome, Rejected)
    assert "Param to +… is not valid" in outcome.hint
    assert len(outcome.hint) < 300


def test_the_wait_for_one_recipient_has_an_end() -> None:
    outcome = outcome_of(GraphError(400, 131056), pair_refusals=50)
    assert isinstance(outcome, RetryAfter)
    assert outcome.seconds == 4096
