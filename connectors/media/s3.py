"""Files in a bucket of Amazon S3, or of anything that speaks its protocol.

    <prefix>/waiting/<id>    uploads that no message names yet
    <prefix>/kept/<id>       the rest

A file is gathered on the local disk first, for its id is the digest of all of it. It is sent in one request, so the
bucket shows it whole or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from connectors.media.disk import CHUNK, private_folder, unavailable, working
from connectors.media.intake import Media, MediaOptions
from connectors.media.shelf import Part
from handoff.clock import Clock
from handoff.media import UnknownMedia

if TYPE_CHECKING:
    from obstore.store import S3Config

_log = logging.getLogger(__name__)

_CONNECT_S, _REQUEST_S, _RETRY_S, _RETRIES = 5, 60, 20, 3


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where in which bucket.

    What is empty comes from the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`,
    `AWS_ENDPOINT_URL`), or from the machine's own role.

    Args:
        bucket: the bucket's name.
        prefix: what the files' keys begin with, without slashes at its ends.
        endpoint: address of a server other than Amazon's.
        region: such as `eu-north-1`.
        access_key: id of the access key.
        secret_key: of the access key.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)

    @classmethod
    def at(cls, address: str) -> S3Place:
        """Read `s3://bucket/prefix`.

        Raises:
            ValueError: it names no bucket.
        """
        parts = urlsplit(address)
        if parts.scheme != "s3" or not parts.netloc:
            raise ValueError("An S3 address looks like s3://bucket/prefix.")
        return cls(parts.netloc, parts.path.strip("/"))


def s3_media(place: S3Place, spool: Path, options: MediaOptions, clock: Clock) -> Media:
    """Return the store in a bucket.

    Args:
        spool: local folder in which files are gathered; made if need be.

    Raises:
        OSError: the spool cannot be made.
    """
    return Media(S3Shelf(place, spool), options, clock)


class S3Shelf:
    """A bucket of files."""

    def __init__(self, place: S3Place, spool: Path) -> None:
        self._spool = private_folder(spool)
        self._bucket = S3Store(
            place.bucket,
            prefix=place.prefix or None,
            config=_config(place),
            client_options={
                # Amazon's own address is https; another one is as the operator wrote it.
                "allow_http": True,
                "connect_timeout": timedelta(seconds=_CONNECT_S),
                "timeout": timedelta(seconds=_REQUEST_S),
            },
            retry_config={"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=_RETRY_S)},
        )

    @property
    def spool(self) -> Path:
        """The local folder in which files are gathered."""
        return self._spool

    async def lay(self, gathered: Path, media_id: str, part: Part) -> None:
        """Send a gathered file."""
        content = await working(gathered.read_bytes)
        async with _answering():
            await obstore.put_async(self._bucket, _key(media_id, part), content, use_multipart=False)

    async def promote(self, media_id: str) -> bool:
        """Move a file from WAITING to KEPT; the bucket copies it."""
        async with _answering():
            try:
                await obstore.rename_async(self._bucket, _key(media_id, Part.WAITING), _key(media_id, Part.KEPT))
            except FileNotFoundError:
                return await self._is_there(_key(media_id, Part.KEPT))
        return True

    async def open(self, media_id: str) -> AsyncIterator[bytes]:
        """Yield the bytes of a KEPT file."""
        async with _answering():
            try:
                answer = await obstore.get_async(self._bucket, _key(media_id, Part.KEPT))
            except FileNotFoundError:
                raise UnknownMedia("This file is not kept any more.") from None
            async for chunk in answer.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)

    async def has(self, media_id: str) -> bool:
        """Tell whether a file is KEPT."""
        async with _answering():
            return await self._is_there(_key(media_id, Part.KEPT))

    async def remove(self, media_id: str) -> None:
        """Delete a file."""
        async with _answering():
            for part in Part:
                with suppress(FileNotFoundError):
                    await obstore.delete_async(self._bucket, _key(media_id, part))

    async def drop_waiting(self, before_ms: int) -> int:
        """Delete what has waited too long."""
        dropped = 0
        async with _answering():
            async for found in obstore.list(self._bucket, prefix=Part.WAITING.value):
                old = [one["path"] for one in found if one["last_modified"].timestamp() * 1000 < before_ms]
                if old:
                    await obstore.delete_async(self._bucket, old)
                    dropped += len(old)
        return dropped

    async def close(self) -> None:
        """Nothing to let go of: connections close by themselves."""

    async def _is_there(self, key: str) -> bool:
        try:
            await obstore.head_async(self._bucket, key)
        except FileNotFoundError:
            return False
        return True


def _key(media_id: str, part: Part) -> str:
    return f"{part.value}/{media_id}"


def _config(place: S3Place) -> S3Config:
    given = {
        "endpoint": place.endpoint,
        "region": place.region,
        "access_key_id": place.access_key,
        "secret_access_key": place.secret_key,
    }
    config: Any = {name: value for name, value in given.items() if value}
    return config  # type: ignore[no-any-return]


@asynccontextmanager
async def _answering() -> AsyncIterator[None]:
    """Say `MediaUnavailable` where the bucket fails; its own words may hold keys and addresses, and go no further."""
    try:
        yield
    except (BaseError, OSError) as error:
        _log.error("The bucket of files does not work: %s.", type(error).__name__)
        raise unavailable() from error
