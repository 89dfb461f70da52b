"""Mail: one plain text to one address, through the operator's own SMTP server."""

from __future__ import annotations

import asyncio
import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from connectors.fields import REQUIRED, Field, refuse
from handoff.errors import Unavailable

_AT_ONCE = 4
_PORTS = {"smtp": 587, "smtps": 465}
_LONGEST_ADDRESS = 254
# One plain address: no name around it, no list, no quotes, no number in brackets; all that a header could be bent with
# is outside of it.
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"(?=[^@]{{1,64}}@){_LOCAL}@(?:{_LABEL}\.)+(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9-]{{2,63}}", re.ASCII
)


class Tls(StrEnum):
    """How the way to the server is protected: from the first byte, after STARTTLS, or only if the server can."""

    IMPLICIT = "implicit"
    REQUIRED = "required"
    OFFERED = "offered"


class MailUnavailable(Unavailable):
    """The mail server did not take the mail."""

    code = "mail_unavailable"
    retry_after = 60


class Mail(Protocol):
    """Sends mail."""

    async def send(self, to: str, subject: str, text: str) -> None:
        """Send a plain text; returns once the server has taken it.

        Args:
            to: one plain address, as `address` lets it through.

        Raises:
            MailUnavailable: the server cannot be reached, or did not take it.
        """


@dataclass(frozen=True, slots=True)
class SmtpOptions:
    """Where and as whom mail is sent.

    Args:
        sender: the address in From.
        user: empty when the server asks for none.
        timeout_s: seconds for each step of the exchange.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = Tls.REQUIRED
    timeout_s: float = 10.0

    @classmethod
    def of(cls, url: str, sender: str) -> SmtpOptions:
        """Read `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` (TLS from the first byte).

        STARTTLS must succeed, except where the server is on this machine or there is no password to lose.

        Raises:
            ValueError: the address names no server, or the sender is no address.
        """
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("must be smtp://… or smtps://… with a host")
        if _ADDRESS.fullmatch(sender) is None:
            raise ValueError("needs a sender, such as shop@example.com")
        user = unquote(parts.username or "")
        tls = Tls.REQUIRED if user and not _is_here(parts.hostname) else Tls.OFFERED
        return cls(
            parts.hostname,
            parts.port or _PORTS[parts.scheme],
            sender,
            user,
            unquote(parts.password or ""),
            Tls.IMPLICIT if parts.scheme == "smtps" else tls,
        )


class SmtpMail:
    """Mail by SMTP (RFC 5321); each mail is a connection of its own, a few at once, each in a thread.

    Args:
        trusted: whose certificates are believed; None for those that the machine believes.
    """

    def __init__(self, options: SmtpOptions, trusted: ssl.SSLContext | None = None) -> None:
        self._options = options
        self._trusted = trusted or ssl.create_default_context()
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def send(self, to: str, subject: str, text: str) -> None:
        """Send a plain text; see `Mail.send`."""
        message = _message(self._options.sender, to, subject, text)
        async with self._turns:
            try:
                await asyncio.to_thread(self._deliver, message, to)
            except (smtplib.SMTPException, OSError):
                # What the server said may name the address, so it goes nowhere.
                raise MailUnavailable("The mail could not be sent just now; please try again later.") from None

    def _deliver(self, message: EmailMessage, to: str) -> None:
        options = self._options
        with self._connected() as server:
            if options.tls is not Tls.IMPLICIT:
                server.ehlo()
                if options.tls is Tls.REQUIRED or server.has_extn("starttls"):
                    server.starttls(context=self._trusted)
            if options.user:
                server.login(options.user, options.password)
            server.send_message(message, options.sender, [to])

    def _connected(self) -> smtplib.SMTP:
        host, port, timeout = self._options.host, self._options.port, self._options.timeout_s
        if self._options.tls is Tls.IMPLICIT:
            return smtplib.SMTP_SSL(host, port, timeout=timeout, context=self._trusted)
        return smtplib.SMTP(host, port, timeout=timeout)


def address(default: Any = REQUIRED) -> Field:
    """One plain e-mail address, of ASCII letters, of at most 254 characters."""

    def parse(value: Any, name: str) -> str:
        if not isinstance(value, str) or len(value) > _LONGEST_ADDRESS or _ADDRESS.fullmatch(value) is None:
            refuse(name, "must be one e-mail address, such as kim@example.com")
        return value

    return Field(parse, default)


def _message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    # The policy refuses line breaks in a header, whoever wrote it.
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="base64")
    return message


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
