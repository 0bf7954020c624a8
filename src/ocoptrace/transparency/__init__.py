"""That it was said: the Merkle tree, checkpoints, and the rules of witnesses.

>>> from ocoptrace.transparency import leaf_hash, verify_inclusion
>>> verify_inclusion(leaf_hash(b"entry"), 0, 1, [], leaf_hash(b"entry"))
"""

from ocoptrace.transparency.checkpoint import Checkpoint
from ocoptrace.transparency.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from ocoptrace.transparency.proof import ConsistencyProof, LogProof

__all__ = [
    "Checkpoint",
    "ConsistencyProof",
    "LogProof",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "tree_root",
    "verify_consistency",
    "verify_inclusion",
]
