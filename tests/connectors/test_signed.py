"""A signed payload is believed only as it was handed out, by the key that signed it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.signed import Signer, derived_key

SIGNER = Signer(derived_key("a secret", "tests 1"), longest=512)


@given(st.binary(max_size=300))
def test_a_payload_comes_back(payload: bytes) -> None:
    assert SIGNER.payload(SIGNER.token(payload)) == payload


@given(st.text())
def test_whatever_else_comes_is_nothing(written: str) -> None:
    assert SIGNER.payload(written) is None


@pytest.mark.parametrize("key", [derived_key("a secret", "tests 2"), derived_key("another secret", "tests 1")])
def test_another_purpose_or_secret_is_another_key(key: bytes) -> None:
    assert Signer(key, longest=512).payload(SIGNER.token(b"payload")) is None


def test_a_token_over_the_limit_is_not_even_looked_at() -> None:
    token = SIGNER.token(b"payload")
    assert Signer(derived_key("a secret", "tests 1"), longest=len(token) - 1).payload(token) is None


def test_the_payload_of_one_with_the_signature_of_another_is_nothing() -> None:
    first, second = SIGNER.token(b"one"), SIGNER.token(b"two")
    assert SIGNER.payload(f"{first.partition('.')[0]}.{second.partition('.')[2]}") is None
