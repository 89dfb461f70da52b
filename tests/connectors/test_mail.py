"""Mail through a real server on loopback: what arrives, what is refused, what never leaves.

Seen red without the demand for TLS before a password, with the address field letting anything through, and with the
server's error passed on.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.fields import take
from connectors.mail import MailUnavailable, SmtpMail, SmtpOptions, Tls, address
from handoff.errors import InvalidInput
from tests.connectors.mailbox import mailbox

SENDER = "shop@example.com"
ARABIC = "محادثتك مع خدمة العملاء"


async def test_a_text_arrives_as_it_was_written() -> None:
    async with mailbox() as box:
        mail = SmtpMail(SmtpOptions.of(f"smtp://127.0.0.1:{box.port}", SENDER))
        text = f"{ARABIC}\n\n.a line with a dot\n{'x' * 2000}\nFrom me 🙂\n"
        await mail.send("kim@example.com", ARABIC, text)
        [(to, message)] = box.taken
        assert (to, message["To"], message["From"]) == (["kim@example.com"], "kim@example.com", SENDER)
        assert message["Subject"] == ARABIC
        assert message["Auto-Submitted"] == "auto-generated"
        assert message.get_content().replace("\r\n", "\n") == text
        assert message.get_content_type() == "text/plain"


async def test_a_login_is_used_where_one_is_set() -> None:
    async with mailbox() as box:
        mail = SmtpMail(SmtpOptions.of(f"smtp://the%40shop:pass%2Fword@localhost:{box.port}", SENDER))
        await mail.send("kim@example.com", "hello", "hello")
        assert box.logins == [(b"the@shop", b"pass/word")]
        assert len(box.taken) == 1


async def test_a_password_goes_nowhere_without_tls() -> None:
    async with mailbox() as box:
        local = SmtpOptions.of(f"smtp://shop:secret@127.0.0.1:{box.port}", SENDER)
        with pytest.raises(MailUnavailable):
            await SmtpMail(replace(local, tls=Tls.REQUIRED)).send("kim@example.com", "hello", "hello")
        assert (box.logins, box.taken) == ([], [])


@pytest.mark.parametrize(
    ("url", "tls", "port"),
    [
        ("smtp://shop:secret@mail.example.com", Tls.REQUIRED, 587),
        ("smtp://mail.example.com:25", Tls.OFFERED, 25),
        ("smtp://shop:secret@localhost:2525", Tls.OFFERED, 2525),
        ("smtps://shop:secret@mail.example.com", Tls.IMPLICIT, 465),
    ],
)
def test_an_address_says_how_the_server_is_reached(url: str, tls: Tls, port: int) -> None:
    options = SmtpOptions.of(url, SENDER)
    assert (options.tls, options.port) == (tls, port)
    assert "secret" not in repr(options)


@pytest.mark.parametrize(("url", "sender"), [("http://x", SENDER), ("smtp://", SENDER), ("smtp://x", "no address")])
def test_a_wrong_setting_is_told_of(url: str, sender: str) -> None:
    with pytest.raises(ValueError, match=r"smtp|sender"):
        SmtpOptions.of(url, sender)


async def test_a_server_that_refuses_or_is_away_is_a_503_without_the_address() -> None:
    async with mailbox() as box:
        mail = SmtpMail(SmtpOptions.of(f"smtp://127.0.0.1:{box.port}", SENDER))
        box.refusal = "550 kim@example.com is unknown"
        with pytest.raises(MailUnavailable) as refused:
            await mail.send("kim@example.com", "hello", "hello")
        assert refused.value.status == 503
        assert "kim" not in str(refused.value)
    with pytest.raises(MailUnavailable):
        await mail.send("kim@example.com", "hello", "hello")


@pytest.mark.parametrize("good", ["kim@example.com", "a.b+c@x-y.example.co", "o'hara@example.museum"])
def test_one_plain_address_is_taken(good: str) -> None:
    assert take({"email": good}, {"email": address()}) == {"email": good}


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "kim",
        "kim@example",
        "kim@@example.com",
        "kim@example.com, bo@example.com",
        "kim@example.com\r\nBcc: bo@example.com",
        "kim@example.com\n",
        "Kim <kim@example.com>",
        '"kim"@example.com',
        "kim@[127.0.0.1]",
        "kim@127.0.0.1",
        ".kim@example.com",
        "kim.@example.com",
        "kim@-example.com",
        "kím@example.com",
        "k" * 65 + "@example.com",
        "kim@" + "a." * 130 + "com",
        None,
        7,
        ["kim@example.com"],
    ],
)
def test_nothing_else_is_an_address(bad: object) -> None:
    with pytest.raises(InvalidInput):
        take({"email": bad}, {"email": address()})
