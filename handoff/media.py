"""The media port: files that customers and agents send, kept by what they hold.

A file's id is the SHA-256 of its bytes, so the same file is kept once and an id never comes to mean anything else. The
id opens nothing by itself: whoever serves a file makes sure first that a log its caller may read names it. Adapters are
in `connectors.media`; docs/attachments.md says what is accepted.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Protocol

from handoff.attachment import Attachment, AttachmentState
from handoff.errors import InvalidInput, NotFound, Unavailable

_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)


class MediaStore(Protocol):
    """Keeps files. Every method raises `MediaUnavailable` when the place where they are kept does not work."""

    async def put(
        self, chunks: AsyncIterator[bytes], *, name: str = "", claimed_type: str = "", waiting: bool = False
    ) -> Attachment:
        """Take a file in: bound it, look what it is, have it scanned, keep it durably.

        Args:
            chunks: the bytes; what it raises comes out unchanged, and nothing is kept then.
            name: as the sender calls it; cleaned here.
            claimed_type: the media type that the sender claims; only tells apart what bytes cannot.
            waiting: True for an upload that no message names yet: nobody can open it, and it is forgotten after a day,
                unless `keep` comes first.

        Returns:
            The attachment, READY.

        Raises:
            MediaRefused: it will not be kept; the error's `attachment` is what a log may show in its place.
        """

    async def keep(self, media_id: str) -> None:
        """Keep a waiting file for good, because a message names it; one kept already is left alone.

        Raises:
            UnknownMedia: there is no such file, or it waited too long.
        """

    def open(self, media_id: str) -> AsyncIterator[bytes]:
        """Yield the bytes of a kept file.

        Raises:
            UnknownMedia: at the first step; there is no such file.
        """

    async def exists(self, media_id: str) -> bool:
        """Tell whether a file is kept."""

    async def delete(self, media_id: str) -> None:
        """Forget a file, kept or waiting; one that is not here is no error.

        Other conversations may name the same bytes: whoever erases makes sure that none does.
        """

    async def sweep(self) -> int:
        """Forget what has waited for more than a day, and what an interrupted `put` left; returns how many files."""

    async def close(self) -> None:
        """Let go of connections."""


class MediaRefused(InvalidInput):
    """A file that Baton does not take; the sentence says why. Trying again is of no use.

    Args:
        facts: what is known of the file; `attachment` is the same, REFUSED, with the sentence as its note.
    """

    code = "file_refused"

    def __init__(self, message: str, facts: Attachment) -> None:
        super().__init__(message)
        self.attachment = replace(facts, state=AttachmentState.REFUSED, id="", ref="", note=message)


class MediaTooLarge(MediaRefused):
    """A file over the limit; it was not read to its end."""

    status = 413
    code = "file_too_large"


class MediaEmpty(MediaRefused):
    """A file without a single byte."""

    code = "file_empty"


class MediaTypeRefused(MediaRefused):
    """A file that is, by its bytes, nothing of what Baton takes."""

    code = "file_type_refused"


class MediaUnsafe(MediaRefused):
    """A file that the scan did not let pass."""

    code = "file_unsafe"


class UnknownMedia(NotFound):
    """No file is kept under that id."""


class MediaUnavailable(Unavailable):
    """The place where files are kept does not work: nothing was kept."""

    code = "media_unavailable"


def check_media_id(media_id: str) -> str:
    """Return the id if it has the form of one.

    Raises:
        UnknownMedia: it has not, so there can be no such file.
    """
    if _ID.fullmatch(media_id) is None:
        raise UnknownMedia("There is no such file.")
    return media_id
