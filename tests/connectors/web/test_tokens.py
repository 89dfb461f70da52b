"""A session token is good for one conversation, for a time, and only as it was issued."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.web.tokens import TOKEN_DAYS, SessionTokens
from handoff.errors import NotAuthenticated
from tests.fakes import FakeClock

TOKENS = SessionTokens("a secret", FakeClock())


def test_a_token_leads_to_its_conversation_until_it_expires() -> None:
    clock = FakeClock()
    tokens = SessionTokens("a secret", clock)
    token, expires_at = tokens.issue("c_1")
    assert expires_at == clock() + TOKEN_DAYS * 86_400_000
    clock.advance(TOKEN_DAYS * 86_400 - 1)
    assert tokens.conversation_of(token) == "c_1"
    clock.advance(1)
    with pytest.raises(NotAuthenticated, match="expired"):
        tokens.conversation_of(token)


def test_a_token_of_another_secret_is_worth_nothing() -> None:
    token, _ = SessionTokens("another secret", FakeClock()).issue("c_1")
    with pytest.raises(NotAuthenticated, match="wrong"):
        TOKENS.conversation_of(token)


@given(st.data())
def test_a_token_with_any_bit_changed_is_refused(data: st.DataObject) -> None:
    token, _ = TOKENS.issue("c_1")
    parts = [bytearray(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in token.split(".")]
    changed = data.draw(st.sampled_from(parts))
    bit = data.draw(st.integers(0, len(changed) * 8 - 1))
    changed[bit // 8] ^= 1 << bit % 8
    forged = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    with pytest.raises(NotAuthenticated):
        TOKENS.conversation_of(forged)


@given(st.text(max_size=600))
def test_any_other_text_is_refused_as_wrong(text: str) -> None:
    with pytest.raises(NotAuthenticated, match="wrong"):
        TOKENS.conversation_of(text)


def test_an_empty_signature_signs_nothing() -> None:
    payload = TOKENS.issue("c_1")[0].partition(".")[0]
    for forged in (payload, f"{payload}.", f".{payload}", "."):
        with pytest.raises(NotAuthenticated):
            TOKENS.conversation_of(forged)
