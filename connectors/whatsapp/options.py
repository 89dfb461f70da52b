"""What one WhatsApp number was told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from handoff.errors import InvalidInput

_VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]{1,2}", re.ASCII)
_ID = re.compile(r"[0-9]{1,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WhatsAppOptions:
    """One phone number of a business.

    Args:
        token: of a system user; shown with every call.
        app_secret: by which the platform signs webhooks.
        verify_token: what the platform shows when it tries the webhook's address out.
        phone_number_id: of the number, not the number itself.
        account_id: of the WhatsApp business account; needed for templates and the webhook.
        graph_url: where the Graph API answers; a loopback address is a platform played for tests and trials.
        graph_version: of the Graph API.
        timeout_s: seconds that a call may take.

    Raises:
        InvalidInput: a setting that nothing works without is missing or makes no sense; the message names it.
    """

    token: str = field(repr=False)
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    phone_number_id: str
    account_id: str = ""
    graph_url: str = "https://graph.facebook.com"
    graph_version: str = "v26.0"
    timeout_s: float = 15.0

    def __post_init__(self) -> None:
        """Refuse what could only fail later."""
        needed = {
            "BATON_WHATSAPP_TOKEN": self.token,
            "BATON_WHATSAPP_APP_SECRET": self.app_secret,
            "BATON_WHATSAPP_VERIFY_TOKEN": self.verify_token,
            "BATON_WHATSAPP_PHONE_NUMBER_ID": self.phone_number_id,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise InvalidInput(f"WhatsApp needs {', '.join(missing)}; docs/whatsapp.md says where each comes from.")
        if not _ID.fullmatch(self.phone_number_id):
            raise InvalidInput("BATON_WHATSAPP_PHONE_NUMBER_ID is the number's id, digits only, not the number itself.")
        if self.account_id and not _ID.fullmatch(self.account_id):
            raise InvalidInput("BATON_WHATSAPP_ACCOUNT_ID is the account's id, digits only.")
        if not _VERSION.fullmatch(self.graph_version):
            raise InvalidInput("BATON_WHATSAPP_GRAPH_VERSION is written like v26.0.")
