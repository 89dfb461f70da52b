"""Where files are kept (`local_media`, `s3_media`), and the way to addresses that others name (`guarded_client`).

Both stores are the same `Media` over another `Shelf`; docs/attachments.md says what they take.
"""

from connectors.media.guard import AddressRefused, guarded_client
from connectors.media.intake import Media, MediaOptions
from connectors.media.local import local_media
from connectors.media.s3 import S3Place, s3_media
from connectors.media.uploads import Uploads

__all__ = [
    "AddressRefused",
    "Media",
    "MediaOptions",
    "S3Place",
    "Uploads",
    "guarded_client",
    "local_media",
    "s3_media",
]
