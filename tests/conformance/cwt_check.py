"""Verify and sign COSE_Sign1 messages with the library cwt, for a test to compare.

    .venv/cwt/bin/python tests/conformance/cwt_check.py < asked.json

Runs where cwt is installed and ocoptrace is not. Reads JSON, all bytes in hexadecimal::

    {"verify": [[message, COSE_Key], …],
     "sign": [{"key": private COSE_Key, "protected": [[label, value], …], "payload": …}, …]}

In ``protected`` and in maps inside it, members are pairs; bytes are ``{"hex": …}``. Prints JSON:
``{"verified": [payload or null, …], "signed": [message, …]}``.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import cbor2
from cwt import COSE, COSEKey, DecodeError, VerifyError

ALG, KID = 1, 4


def key_of(cose_key: str, algorithm: int, kid: bytes) -> Any:
    """Return a key with what cwt wants to know of both key and message: algorithm and kid."""
    return COSEKey.new({**cbor2.loads(bytes.fromhex(cose_key)), 2: kid, 3: algorithm})


def verified(message: str, cose_key: str) -> str | None:
    data = bytes.fromhex(message)
    headers = cbor2.loads(cbor2.loads(data).value[0])
    try:
        key = key_of(cose_key, headers[ALG], headers[KID])
        return bytes(COSE.new().decode(data, key)).hex()
    except (DecodeError, ValueError, VerifyError):
        return None


def value_of(given: Any) -> Any:
    if isinstance(given, dict):
        return bytes.fromhex(given["hex"])
    if isinstance(given, list):
        return {label: value_of(value) for label, value in given}
    return given


def signed(key: str, protected: list[Any], payload: str) -> str:
    headers = value_of(protected)
    signer = key_of(key, headers[ALG], headers[KID])
    return bytes(
        COSE.new().encode_and_sign(bytes.fromhex(payload), signer, protected=headers)
    ).hex()


asked = json.load(sys.stdin)
answers = {
    "verified": [verified(*each) for each in asked["verify"]],
    "signed": [signed(**each) for each in asked["sign"]],
}
json.dump(answers, sys.stdout)
