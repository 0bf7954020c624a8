"""Who says so: keys, COSE messages, statements, seals, roots and trust bundles.

The only home of ``cryptography`` and ``cbor2``. The modules, from the bytes up:
``base64url``, ``cbor``, ``cose``, ``edwards``, ``pkcs8``, ``keys``; ``statement``, ``seal``,
``note``; ``members``, ``signed_file``, ``root``, ``root_draft``, ``bundle_entries``,
``bundle_checks``, ``bundle``, ``trusted``;
``entitlement``, ``registration``; ``certificate``, ``certificate_chain``, ``key_binding``.
"""

from ocoptrace.signing.bundle import TrustBundle
from ocoptrace.signing.keys import DerSigner, PublicKey, Signer, SoftwareSigner
from ocoptrace.signing.root import Root
from ocoptrace.signing.seal import Seal, sign_seal
from ocoptrace.signing.statement import Statement, sign_statement
from ocoptrace.signing.trusted import Trusted

__all__ = [
    "DerSigner",
    "PublicKey",
    "Root",
    "Seal",
    "Signer",
    "SoftwareSigner",
    "Statement",
    "TrustBundle",
    "Trusted",
    "sign_seal",
    "sign_statement",
]
