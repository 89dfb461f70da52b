"""Who a contact is: signed by the host page, or a stranger."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from connectors.fields import take
from connectors.web.identity import SIGNED_FOR_S, HostUser, Identities, canonical_json, host_user
from handoff.errors import InvalidInput, NotAuthenticated
from tests.fakes import FakeClock

SECRET = "shared with the host page"
NOW_S = FakeClock()() // 1000


def user(**changes: Any) -> dict[str, Any]:
    return {"id": "customer-42", "email": "kim@example.com", "name": "Kim Ø", "issued_at": NOW_S, **changes}


def sign(described: dict[str, Any], secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), canonical_json(described), hashlib.sha256).hexdigest()


def read(described: Any) -> HostUser:
    read_user: HostUser = take({"user": described}, {"user": host_user()})["user"]
    return read_user


@pytest.fixture
def identities() -> Identities:
    return Identities("session secret", SECRET, FakeClock())


def test_the_canonical_form_is_the_documented_one() -> None:
    described = {"name": "Kim Ø", "id": "42", "issued_at": 7}
    assert canonical_json(described) == '{"id":"42","issued_at":7,"name":"Kim Ø"}'.encode()


def test_a_signed_user_is_a_verified_contact(identities: Identities) -> None:
    conversation_id, contact = identities.signed(read(user()), sign(user()))
    assert contact.verified
    assert (contact.customer_id, contact.name, contact.email) == ("customer-42", "Kim Ø", "kim@example.com")
    assert "customer" not in conversation_id


def test_a_signed_user_finds_the_same_conversation_on_every_device(identities: Identities) -> None:
    first = identities.signed(read(user()), sign(user()))[0]
    later = user(issued_at=NOW_S - 5, email=None)
    assert identities.signed(read(later), sign(later))[0] == first
    other = user(id="43")
    assert identities.signed(read(other), sign(other))[0] != first


def test_conversation_ids_of_signed_users_cannot_be_computed_without_the_secret(identities: Identities) -> None:
    elsewhere = Identities("another session secret", SECRET, FakeClock())
    assert elsewhere.signed(read(user()), sign(user()))[0] != identities.signed(read(user()), sign(user()))[0]


@pytest.mark.parametrize("changes", [{"id": "43"}, {"email": "eve@example.com"}, {"name": None}, {"phone": "1"}])
def test_a_field_changed_after_signing_is_noticed(identities: Identities, changes: dict[str, Any]) -> None:
    with pytest.raises(NotAuthenticated, match="wrong"):
        identities.signed(read(user(**changes)), sign(user()))


@pytest.mark.parametrize("signature", ["", "0" * 64, "å" * 64, sign(user(), "guess")])
def test_a_wrong_signature_is_refused(identities: Identities, signature: str) -> None:
    with pytest.raises(NotAuthenticated, match="wrong"):
        identities.signed(read(user()), signature)


@pytest.mark.parametrize("age_s", [SIGNED_FOR_S + 1, 86_400, -61])
def test_a_signature_too_old_or_of_the_future_is_refused(identities: Identities, age_s: int) -> None:
    described = user(issued_at=NOW_S - age_s)
    with pytest.raises(NotAuthenticated, match="not fresh"):
        identities.signed(read(described), sign(described))


def test_without_a_secret_nobody_is_signed_not_even_with_an_empty_key() -> None:
    identities = Identities("session secret", "", FakeClock())
    with pytest.raises(NotAuthenticated, match="web_user_secret"):
        identities.signed(read(user()), sign(user(), ""))


@pytest.mark.parametrize(
    "described",
    [
        "42",
        {"id": "42"},
        user(id=42),
        user(id=""),
        user(role="admin"),
        user(issued_at="now"),
        user(issued_at=1.5),
        user(name="\ud800"),
    ],
)
def test_a_user_of_the_wrong_shape_is_refused(described: Any) -> None:
    with pytest.raises(InvalidInput, match="user"):
        read(described)


def test_strangers_get_ids_that_nobody_guesses(identities: Identities) -> None:
    ids = {identities.stranger()[0] for _ in range(100)}
    assert len(ids) == 100
    assert min(map(len, ids)) >= 34
    assert not identities.stranger()[1].verified
