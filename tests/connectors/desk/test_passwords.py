"""Passwords are kept as argon2 hashes and checked without telling who exists."""

from __future__ import annotations

import pytest

from connectors.desk.passwords import LONGEST, SHORTEST, Passwords, hash_password
from handoff.errors import InvalidInput


async def test_a_password_fits_its_own_hash_and_no_other() -> None:
    kept = hash_password("correct horse battery")
    assert kept.startswith("$argon2id$")
    assert "correct" not in kept
    passwords = Passwords()
    assert await passwords.fits("correct horse battery", kept)
    assert not await passwords.fits("correct horse batterY", kept)


async def test_no_password_fits_a_login_that_nobody_has() -> None:
    passwords = Passwords()
    assert not await passwords.fits("nobody has this password", None)
    assert not await passwords.fits("", None)


async def test_a_hash_that_is_none_lets_nobody_in() -> None:
    passwords = Passwords()
    assert not await passwords.fits("-", "-")
    assert not await passwords.fits("", "")


@pytest.mark.parametrize("password", ["", "x" * (SHORTEST - 1), "x" * (LONGEST + 1)])
def test_a_password_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput, match="characters"):
        hash_password(password)
