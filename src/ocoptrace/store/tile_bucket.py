"""The files of a log in a bucket of S3, or of anything that speaks as it does.

Tiles never change, and say so to whatever caches them; the checkpoint says that it does. It is put
in place of the one that was read last, or nothing is: two machines that publish the same log
cannot write over each other unseen.

Endpoint, region and keys come from the environment, under the names that AWS's own tools have for
them. The one home of obstore, which is loaded when a bucket is asked.

>>> bucket = TileBucket("s3://nhat-ky/ocop-log/1/")
>>> bucket.place, tiles_at("public").place.endswith("public")
('s3://nhat-ky/ocop-log/1', True)
>>> TileBucket("s3://nhat-ky/../1")
Traceback (most recent call last):
ocoptrace.errors.InputError: 's3://nhat-ky/../1' is not the address of a place in a bucket. \
Write s3://BUCKET or s3://BUCKET/FOLDER.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import InputError, ProofError, StorageError
from ocoptrace.store.tiles import CHECKPOINT, LogTarget, TileFolder, has_length
from ocoptrace.transparency.tile import MAX_TILE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from obstore import Attributes, PutMode
    from obstore.store import ClientConfig, RetryConfig, S3Config, S3Store

    from ocoptrace.transparency.tile import Tile

__all__ = ["TileBucket", "tiles_at"]

_SEGMENT = r"[A-Za-z0-9_=@+-][A-Za-z0-9_=@+.-]*"
_ADDRESS = re.compile(rf"s3://([a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9])((?:/{_SEGMENT})*)/?")
_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?")
_FOR_GOOD: Final[Attributes] = {
    "Content-Type": "application/octet-stream",
    "Cache-Control": "public, max-age=31536000, immutable",
}
_ASK_AGAIN: Final[Attributes] = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-cache",
}
_MOST_SAID = 200
"""Characters of what a service says that are passed on."""


def tiles_at(place: str | Path, *, hurried: bool = False) -> LogTarget:
    """Return what is published at a place: the address of a bucket, or a folder.

    Args:
        place: such as ``s3://bucket/folder``, or a path.
        hurried: give up soon where a network does not answer.

    Raises:
        InputError: an address that leads nowhere.
        StorageError: a bucket, and the extra ``s3`` is not installed.
    """
    if isinstance(place, str) and place.startswith("s3:"):
        return TileBucket(place, hurried=hurried)
    return TileFolder(Path(place))


class TileBucket(LogTarget):
    """Tiles and a checkpoint below one prefix of a bucket, which must be there."""

    notices_others = True

    def __init__(self, address: str, *, hurried: bool = False) -> None:
        """Take an address; nothing is asked yet.

        Raises:
            InputError: not ``s3://bucket`` or ``s3://bucket/folder``, or an endpoint that is none.
            StorageError: the environment does not say enough, or the extra ``s3`` is not there.
        """
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise InputError("store.not_a_bucket", value=address)
        self.place = address.rstrip("/")
        client: ClientConfig = {"timeout": "3s" if hurried else "30s", "connect_timeout": "3s"}
        retries: RetryConfig = {"max_retries": 0 if hurried else 3}
        endpoint = _endpoint()
        if endpoint is not None:
            # Whoever names an address without TLS means it: one on the same machine or network.
            client["allow_http"] = endpoint.startswith("http://")
        config: S3Config = {} if endpoint is None else {"endpoint": endpoint}
        with self._asking(""):
            self._files: S3Store = _obstore().store.S3Store(
                found[1],
                prefix=found[2].strip("/") or None,
                config=config,
                client_options=client,
                retry_config=retries,
            )
        # Of the checkpoint that was read last; None where there was none.
        self._tag: str | None = None

    def write_checkpoint(self, note: str) -> None:
        """See ``LogTarget``: it takes the place of the one that was read last.

        Raises:
            StorageError: somebody else has written one since, or the service refuses.
        """
        mode: PutMode = "create" if self._tag is None else {"e_tag": self._tag}
        try:
            self._put(CHECKPOINT, note.encode(), _ASK_AGAIN, mode)
        except StorageError as error:
            # Where the answer got lost, what was asked for again had been done.
            if error.code != "store.bucket_changed" or self.checkpoint() != note:
                raise

    def has(self, tile: Tile) -> bool:
        """See ``LogTarget``; what is there is listed once."""
        return has_length(tile, self._sizes.get(tile.path, 0))

    def write(self, tile: Tile, data: bytes) -> bool:
        """See ``LogTarget``."""
        is_as_long = self._sizes.get(tile.path) == len(data)
        if is_as_long and self._get(tile.path, MAX_TILE_BYTES) == data:
            return False
        self._put(tile.path, data, _FOR_GOOD, "overwrite")
        self._sizes[tile.path] = len(data)
        return True

    def tidy(self, tile: Tile) -> None:
        """See ``LogTarget``; whoever may not remove anything leaves them there."""
        parts = [name for name in self._sizes if name.startswith(f"{tile.full.path}.p/")]
        if parts:
            with suppress(StorageError), self._asking(tile.full.path):
                self._files.delete(parts)

    @cached_property
    def _sizes(self) -> dict[str, int]:
        """The tiles that are there, and how long each is."""
        with self._asking("tile/"):
            return {
                found["path"]: found["size"] for page in self._files.list("tile") for found in page
            }

    def _get(self, name: str, limit: int) -> bytes | None:
        with self._asking(name):
            try:
                answer = self._files.get(name)
            except FileNotFoundError:
                if name == CHECKPOINT:
                    self._tag = None
                return None
            if name == CHECKPOINT:
                self._tag = answer.meta["e_tag"]
            if (length := answer.meta["size"]) > limit:
                raise ProofError("proof.tile_length", place=name, length=length)
            return bytes(answer.bytes())

    def _put(self, name: str, data: bytes, attributes: Attributes, mode: PutMode) -> None:
        with self._asking(name):
            answer = self._files.put(name, data, attributes=attributes, mode=mode)
            if name == CHECKPOINT:
                self._tag = answer["e_tag"]

    @contextmanager
    def _asking(self, name: str) -> Iterator[None]:
        """Put what the service refuses into our own words."""
        exceptions = _obstore().exceptions
        where = f"{self.place}/{name}"
        try:
            yield
        except (exceptions.AlreadyExistsError, exceptions.PreconditionError) as error:
            raise StorageError("store.bucket_changed", where=where) from error
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
            raise StorageError("store.bucket_refused", where=where, reason=_said(error)) from error
        except (exceptions.BaseError, OSError) as error:
            raise StorageError("store.bucket_failed", where=where, reason=_said(error)) from error


def _obstore() -> ModuleType:
    try:
        import obstore.store  # noqa: PLC0415 - of the extra `s3`
    except ImportError as error:
        raise StorageError("store.no_s3") from error
    return obstore


def _endpoint() -> str | None:
    """Return the address of the service that the environment names, under AWS's names for it.

    Raises:
        InputError: it is no address of http or https.
    """
    name = "AWS_ENDPOINT_URL_S3" if os.environ.get("AWS_ENDPOINT_URL_S3") else "AWS_ENDPOINT_URL"
    value = os.environ.get(name)
    if value and not _ENDPOINT.fullmatch(value):
        raise InputError("store.not_an_endpoint", name=name, value=value)
    return value or None


def _said(error: Exception) -> str:
    """Return the sentence of a service, without where it was asked and what it sent beside."""
    found = re.search(r"<Message>(.*?)</Message>|status code: ([0-9]{3} [A-Za-z ]+)", str(error))
    said = (
        next(filter(None, found.groups()))
        if found
        else str(error).partition("\n")[0].rpartition(" - ")[2]
    )
    return said[:_MOST_SAID]
