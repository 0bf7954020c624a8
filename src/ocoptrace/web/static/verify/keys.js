// Public keys: COSE_Keys in their one form, named by their thumbprint, that verify signatures.

import { base64url, concat, hex, sha256, toNumber } from "./bytes.js";
import { decode, encode } from "./cbor.js";
import { isSound, verifies as verifiesEd25519 } from "./ed25519.js";
import { demand } from "./refused.js";

const { subtle } = globalThis.crypto;

const P256 = {
  prime: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  halfOrder: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n / 2n,
};
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const ED25519 = { name: "Ed25519" };

/** COSE algorithm numbers by kind of key (RFC 9053, RFC 9864). */
export const ALGORITHMS = { ES256: [-7, -9], Ed25519: [-8, -19] };

function isOnP256(x, y) {
  const { prime, b } = P256;
  return x < prime && y < prime && (y * y - (x * x * x - 3n * x + b)) % prime === 0n;
}

/** A public key whose point is on its curve. */
class PublicKey {
  #loaded;

  /** @private made by `readKey` alone */
  constructor(algorithm, raw, thumbprint) {
    this.algorithm = algorithm;
    this.raw = raw;
    /** RFC 9679 COSE Key thumbprint in hexadecimal: this names the key. */
    this.thumbprint = hex(thumbprint);
    /** What a statement's header carries: 8 bytes in hexadecimal. */
    this.kid = this.thumbprint.slice(0, 16);
    /** What a seal carries: 4 bytes in hexadecimal. */
    this.hint = this.kid.slice(0, 8);
    this.thumbprintUri = `urn:ietf:params:oauth:ckt:sha-256:${base64url(thumbprint)}`;
  }

  /**
   * Tell whether a raw signature of 64 bytes over a message is this key's.
   *
   * An ES256 signature with a high s does not verify: each signature has one form.
   */
  async verifies(signature, message) {
    if (signature.length !== 64) return false;
    if (this.algorithm === "ES256") {
      if (toNumber(signature.subarray(32)) > P256.halfOrder) return false;
      this.#loaded ??= subtle.importKey("raw", concat(Uint8Array.of(4), this.raw), ECDSA, false, [
        "verify",
      ]);
      return subtle.verify(ECDSA, await this.#loaded, signature, message);
    }
    this.#loaded ??= subtle
      .importKey("raw", this.raw, ED25519, false, ["verify"])
      .catch(() => null);
    const loaded = await this.#loaded;
    return loaded === null
      ? verifiesEd25519(this.raw, signature, message)
      : subtle.verify(ED25519, loaded, signature, message);
  }
}

const MOST_KEPT = 1024;
const kept = new Map();

/** Return the key of a deterministic COSE_Key with exactly the members that RFC 9679 names. */
export async function readKey(bytes) {
  const name = hex(bytes);
  const known = kept.get(name);
  if (known) return known;
  const members = decode(bytes);
  const [kind, curve, x, y] = [1, -1, -2, -3].map(
    (label) => members instanceof Map && members.get(label),
  );
  const isCoordinate = (value) => value instanceof Uint8Array && value.length === 32;
  const isP256 =
    kind === 2 && curve === 1 && isCoordinate(x) && isCoordinate(y) && members.size === 4;
  const isEd25519 = kind === 1 && curve === 6 && isCoordinate(x) && members.size === 3;
  demand(isP256 || isEd25519, "signing.unknown_key_type");
  const isPoint = isP256 ? isOnP256(toNumber(x), toNumber(y)) : isSound(x);
  demand(isPoint, "signing.bad_point");
  const key = isP256
    ? new PublicKey("ES256", concat(x, y), await sha256(bytes))
    : new PublicKey("Ed25519", x.slice(), await sha256(bytes));
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(name, key);
  return key;
}

/** Return the key of 32 raw Ed25519 bytes. */
export const readEd25519 = (raw) =>
  readKey(
    encode(
      new Map([
        [1, 1],
        [-1, 6],
        [-2, raw],
      ]),
    ),
  );
