"""A real mail server on a free loopback port, which keeps what it takes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Mailbox:
    """What a test needs of the server: its port, and what came.

    `refusal` is answered to the next mails instead of taking them.
    """

    port: int = 0
    refusal: str = ""
    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    # The server looks its handler's method up by this name.
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take one mail."""
        if self.refusal:
            return self.refusal
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append((list(envelope.rcpt_tos), message))
        return "250 OK"

    def login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        """Let anybody in, and note who it was."""
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login, given.password))
        return AuthResult(success=True)


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """Run the server; it offers no TLS."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        box.port = listening.getsockname()[1]

        def protocol() -> SMTP:
            return SMTP(box, authenticator=box.login, auth_require_tls=False, loop=asyncio.get_running_loop())

        server = await asyncio.get_running_loop().create_server(protocol, sock=listening)
        try:
            yield box
        finally:
            server.close()
