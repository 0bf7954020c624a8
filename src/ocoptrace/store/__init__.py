"""Where it is kept: the SQLite store, key files, and files written whole or not at all."""

from ocoptrace.store.key_files import (
    read_key,
    read_passphrase,
    read_public_key,
    read_token_uri,
    relock,
    write_key,
    write_token_key,
)
from ocoptrace.store.sqlite import SqliteStore, Stored, StoredAct, StoredRun
from ocoptrace.store.tile_bucket import TileBucket, tiles_at
from ocoptrace.store.tiles import LogFiles, LogTarget, TileFolder
from ocoptrace.store.whole_file import sync_folder, write_whole
from ocoptrace.store.witness_store import WitnessStore

__all__ = [
    "LogFiles",
    "LogTarget",
    "SqliteStore",
    "Stored",
    "StoredAct",
    "StoredRun",
    "TileBucket",
    "TileFolder",
    "WitnessStore",
    "read_key",
    "read_passphrase",
    "read_public_key",
    "read_token_uri",
    "relock",
    "sync_folder",
    "tiles_at",
    "write_key",
    "write_token_key",
    "write_whole",
]
