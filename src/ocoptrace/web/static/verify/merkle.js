// The Merkle tree of RFC 9162 §2.1 over SHA-256: checks of proofs. Sizes may be BigInt.

import { equal, sha256 } from "./bytes.js";
import { demand } from "./refused.js";

const MAX_SIZE = 2n ** 63n;

/** Return the hash of a log entry as a leaf. */
export const leafHash = (entry) => sha256(Uint8Array.of(0), entry);

const parent = (left, right) => sha256(Uint8Array.of(1), left, right);

function demandHashes(...hashes) {
  demand(
    hashes.every((hash) => hash.length === 32),
    "proof.not_a_hash",
  );
}

/**
 * Return for each hash of a proof whether it stands on the left (§2.1.3.2).
 *
 * @param {bigint} position of the node that the proof starts from, in its level
 * @param {bigint} last position of the last node of that level
 * @param {number} count how many hashes the proof has
 */
function sides(position, last, count) {
  const found = [];
  for (let each = 0; each < count; each++) {
    demand(last > 0n, "proof.wrong_length");
    const isLeft = position % 2n === 1n || position === last;
    while (isLeft && position && position % 2n === 0n)
      [position, last] = [position / 2n, last / 2n];
    found.push(isLeft);
    [position, last] = [position / 2n, last / 2n];
  }
  demand(last === 0n, "proof.wrong_length");
  return found;
}

/** Refuse unless a leaf stands at an index of the tree with this size and root (§2.1.3.2). */
export async function verifyInclusion(leaf, index, size, path, root) {
  demandHashes(leaf, root, ...path);
  const [position, count] = [BigInt(index), BigInt(size)];
  demand(0n <= position && position < count && count <= MAX_SIZE, "proof.no_such_leaf");
  let node = leaf;
  for (const [at, isLeft] of sides(position, count - 1n, path.length).entries()) {
    node = await (isLeft ? parent(path[at], node) : parent(node, path[at]));
  }
  demand(equal(node, root), "proof.wrong_root");
}

/** Refuse unless the tree of the second size and root continues the first (§2.1.4.2). */
export async function verifyConsistency(firstSize, secondSize, path, firstRoot, secondRoot) {
  demandHashes(firstRoot, secondRoot, ...path);
  const [first, second] = [BigInt(firstSize), BigInt(secondSize)];
  demand(0n < first && first <= second && second <= MAX_SIZE, "proof.no_such_sizes");
  // Between equal trees nothing stands, so their proof is empty.
  let [position, last] = first < second ? [first - 1n, second - 1n] : [0n, 0n];
  while (position % 2n === 1n) [position, last] = [position / 2n, last / 2n];
  // The proof starts from the largest subtree at the old tree's end; where that is the old tree
  // itself, its root is known and left out.
  const [seed, siblings] = position === 0n ? [firstRoot, path] : [path[0], path.slice(1)];
  demand(seed !== undefined, "proof.wrong_length");
  let [older, newer] = [seed, seed];
  for (const [at, isLeft] of sides(position, last, siblings.length).entries()) {
    if (isLeft) older = await parent(siblings[at], older);
    newer = await (isLeft ? parent(siblings[at], newer) : parent(newer, siblings[at]));
  }
  demand(equal(older, firstRoot) && equal(newer, secondRoot), "proof.wrong_root");
}
