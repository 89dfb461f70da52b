"""WhatsApp over Meta's Cloud API; docs/whatsapp.md says how to get a number to work.

Others use `WhatsApp`, the channel, and `WhatsAppOptions`, what it is made from.
"""

from connectors.whatsapp.channel import WhatsApp
from connectors.whatsapp.options import WhatsAppOptions

__all__ = ["WhatsApp", "WhatsAppOptions"]
