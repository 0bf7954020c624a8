"""A bucket of S3 as a place for the files of a log."""

from __future__ import annotations

import http.client
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from ocoptrace.cli.log_source import WebLog
from ocoptrace.errors import InputError, OcopTraceError, ProofError, StorageError
from ocoptrace.store import TileBucket, tiles_at
from ocoptrace.transparency.tile import ENTRIES, TILE_WIDTH, Tile, encode_entries

if TYPE_CHECKING:
    from conftest import S3

HASHES = b"".join(bytes([number]) * 32 for number in range(TILE_WIDTH))
LINES = [str(number).encode() for number in range(TILE_WIDTH)]


def headers(address: str) -> dict[str, str]:
    """Return the headers with which a file is handed to anybody."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", parts.path)
    answer = connection.getresponse()
    assert answer.status == 200
    answer.read()
    connection.close()
    return {name.lower(): value for name, value in answer.getheaders()}


def code_of(work: object) -> str:
    with pytest.raises(OcopTraceError) as caught:
        work()  # type: ignore[operator]
    return caught.value.code


def test_what_is_written_is_read_by_everybody(s3: S3) -> None:
    bucket = TileBucket(s3.place)
    assert bucket.checkpoint() is None
    assert not bucket.has(Tile(0, 0, 7))
    assert bucket.write(Tile(0, 0, 7), HASHES[: 7 * 32])
    assert bucket.write(Tile(ENTRIES, 0), encode_entries(LINES))
    assert bucket.has(Tile(0, 0, 7))
    bucket.write_checkpoint("one\n")
    web = WebLog(s3.url)
    for place in (TileBucket(s3.place), tiles_at(s3.place + "/"), web):
        assert place.checkpoint() == "one\n"
        assert place.read(Tile(0, 0, 7)) == HASHES[: 7 * 32]
        assert place.read(Tile(ENTRIES, 0, 9)) == encode_entries(LINES[:9])
        with pytest.raises(ProofError) as caught:
            place.read(Tile(1, 1_234_067, 3))
        assert caught.value.code == "proof.tile_missing"
    web.close()


def test_tiles_say_that_they_never_change_and_the_checkpoint_that_it_does(s3: S3) -> None:
    bucket = TileBucket(s3.place)
    bucket.write(Tile(0, 0, 7), HASHES[: 7 * 32])
    bucket.write(Tile(ENTRIES, 0), encode_entries(LINES))
    bucket.write_checkpoint("one\n")
    for name in ("tile/0/000.p/7", "tile/entries/000"):
        found = headers(f"{s3.url}/{name}")
        assert found["content-type"] == "application/octet-stream"
        assert found["cache-control"] == "public, max-age=31536000, immutable"
    found = headers(f"{s3.url}/checkpoint")
    assert found["content-type"] == "text/plain; charset=utf-8"
    assert found["cache-control"] == "no-cache"


def test_a_tile_that_is_there_is_not_written_again(s3: S3) -> None:
    assert TileBucket(s3.place).write(Tile(0, 0), HASHES)
    assert not TileBucket(s3.place).write(Tile(0, 0), HASHES)
    assert TileBucket(s3.place).write(Tile(0, 0), HASHES[::-1])
    assert TileBucket(s3.place).read(Tile(0, 0)) == HASHES[::-1]


def test_only_a_tile_of_its_length_counts_as_there(s3: S3) -> None:
    TileBucket(s3.place).write(Tile(0, 0, 2), HASHES[:63])
    assert not TileBucket(s3.place).has(Tile(0, 0, 2))
    TileBucket(s3.place).write(Tile(0, 0, 2), HASHES[:64])
    assert TileBucket(s3.place).has(Tile(0, 0, 2))


def test_the_parts_of_a_tile_that_is_full_are_removed_and_can_still_be_had(s3: S3) -> None:
    bucket = TileBucket(s3.place)
    for width in (7, 100, TILE_WIDTH):
        bucket.write(Tile(0, 0, width), HASHES[: width * 32])
    bucket.write(Tile(0, 1, 5), HASHES[: 5 * 32])
    bucket.tidy(Tile(0, 0))
    again = TileBucket(s3.place)
    held = [again.has(Tile(0, 0, 7)), again.has(Tile(0, 0, 100)), again.has(Tile(0, 1, 5))]
    assert held == [False, False, True]
    assert again.read(Tile(0, 0, 100)) == HASHES[: 100 * 32]


def test_a_checkpoint_takes_the_place_only_of_the_one_that_was_read(s3: S3) -> None:
    one, two = TileBucket(s3.place), TileBucket(s3.place)
    assert (one.checkpoint(), two.checkpoint()) == (None, None)
    one.write_checkpoint("one\n")
    assert code_of(lambda: two.write_checkpoint("two\n")) == "store.bucket_changed"
    assert two.checkpoint() == "one\n"
    two.write_checkpoint("two\n")
    assert code_of(lambda: one.write_checkpoint("three\n")) == "store.bucket_changed"
    # Whoever wrote it last need not read it again.
    two.write_checkpoint("four\n")
    # What is wanted stands there already, as after an answer that got lost.
    one.write_checkpoint("four\n")
    one.write_checkpoint("five\n")
    assert two.checkpoint() == "five\n"


def test_what_is_too_long_or_no_text_is_no_checkpoint(s3: S3) -> None:
    bucket = TileBucket(s3.place)
    bucket.write_checkpoint("x" * (64 * 1024 + 1))
    assert code_of(TileBucket(s3.place).checkpoint) == "proof.tile_length"
    bucket.write_checkpoint("ok")
    assert TileBucket(s3.place).checkpoint() == "ok"


def test_whoever_may_not_write_is_told_so(reader: S3) -> None:
    bucket = TileBucket(reader.place)
    assert bucket.checkpoint() is None
    with pytest.raises(StorageError) as caught:
        bucket.write(Tile(0, 0), HASHES)
    assert (caught.value.code, caught.value.facts["where"]) == (
        "store.bucket_refused",
        f"{reader.place}/tile/0/000",
    )


def test_wrong_keys_are_told_from_a_service_that_does_not_answer(
    s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    assert code_of(TileBucket(s3.place).checkpoint) == "store.bucket_refused"
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    with pytest.raises(StorageError) as caught:
        TileBucket(s3.place, hurried=True).checkpoint()
    assert caught.value.code == "store.bucket_failed"
    assert len(caught.value.facts["reason"]) <= 200
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert code_of(lambda: TileBucket(s3.place)) == "store.bucket_failed"


@pytest.mark.parametrize(
    "address",
    [
        "s3://",
        "s3://x",
        "s3://Bucket/log",
        "s3://bucket//log",
        "s3://bucket/../log",
        "s3://bucket/.log",
        "s3://bucket/log?x=1",
        "s3://bucket/nhật-ký",
        "s3://user@bucket/log",
        "s3:/bucket/log",
    ],
)
def test_what_leads_nowhere_is_no_address(address: str) -> None:
    with pytest.raises(InputError) as caught:
        tiles_at(address)
    assert caught.value.code == "store.not_a_bucket"


@pytest.mark.parametrize("value", ["s3.example", "ftp://s3.example", "http://", "http://a b"])
def test_what_is_no_address_of_the_web_is_no_endpoint(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", value)
    assert code_of(lambda: TileBucket("s3://bucket")) == "store.not_an_endpoint"


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    assert code_of(lambda: TileBucket("s3://bucket")) == "store.no_s3"
