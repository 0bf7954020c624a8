// The seal: a signature over a label's link, as 172 digits behind its `#` (docs/spec/seal.md).

import { fromHex, hex } from "./bytes.js";
import { encode } from "./cbor.js";
import { ALGORITHMS } from "./keys.js";
import { demand } from "./refused.js";
import { sigStructure } from "./statement.js";
import { DAY } from "./time.js";

const DIGITS = 172;
const SEAL_BYTES = 72;
const GUARD = 0x02;
const VERSIONS = { 1: "ES256", 2: "Ed25519" };
const DAY_ZERO = Date.UTC(2020, 0, 1);
const TYP = "application/vnd.ocoptrace.seal+cose";

/** Return the seal of 172 digits: `algorithm`, `hint`, `shelfDay`, `shelfDate`, `signature`. */
export function readSeal(digits) {
  demand(digits.length === DIGITS && /^[0-9]+$/.test(digits), "signing.seal_digits");
  const written = BigInt(digits)
    .toString(16)
    .padStart(2 * SEAL_BYTES, "0");
  demand(written.length === 2 * SEAL_BYTES, "signing.seal_guard");
  const bytes = fromHex(written);
  demand(bytes[0] === GUARD, "signing.seal_guard");
  const algorithm = VERSIONS[bytes[1]];
  demand(algorithm !== undefined, "signing.seal_version");
  const shelfDay = bytes[6] * 256 + bytes[7];
  const shelfDate = shelfDay
    ? new Date(DAY_ZERO + shelfDay * DAY).toISOString().slice(0, 10)
    : null;
  return {
    algorithm,
    hint: hex(bytes.slice(2, 6)),
    shelfDay,
    shelfDate,
    signature: bytes.slice(8),
  };
}

/** Tell whether a key sealed a signed form; another hint or algorithm never matches. */
export async function isSealedBy(seal, key, signedForm) {
  if (key.hint !== seal.hint || key.algorithm !== seal.algorithm) return false;
  const [algorithm] = ALGORITHMS[seal.algorithm];
  const header = encode(
    new Map([
      [1, algorithm],
      [4, fromHex(key.kid)],
      [16, TYP],
    ]),
  );
  return key.verifies(seal.signature, sigStructure(header, encode([signedForm, seal.shelfDay])));
}
