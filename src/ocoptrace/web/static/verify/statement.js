// Statements: who says what about whom, as COSE_Sign1 hash envelopes (docs/spec/statement.md).

import { equal, hex, isUnicode, sha256, utf8 } from "./bytes.js";
import { Reader, decode, encode } from "./cbor.js";
import { ALGORITHMS } from "./keys.js";
import { Refused, demand } from "./refused.js";
import { isSeconds } from "./time.js";

export const KINDS = [
  "key",
  "producer",
  "place",
  "product",
  "grade",
  "batch",
  "event",
  "evidence",
  "record",
  "alias",
  "revocation",
  "policy",
  "root",
  "bundle",
];

/** What only an authority may state. */
export const AUTHORITY_KINDS = new Set(["grade", "producer", "key", "revocation", "bundle"]);

export const SALT_BYTES = 16;

const [ALG, KID, CLAIMS, TYP, HASH_ALG, PREIMAGE] = [1, 4, 15, 16, 258, 259];
const [ISS, SUB, IAT] = [1, 2, 6];
const SHA_256 = -16;

const THUMBPRINT = /^urn:ietf:params:oauth:ckt:sha-256:[A-Za-z0-9_-]{43}$/;
const UUID4 = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NAME = /^https:\/\/[!"$-~]+$/;
const ID = /^[!-~]+$/;
const SUBJECTS = {
  key: THUMBPRINT,
  revocation: THUMBPRINT,
  producer: UUID4,
  place: UUID4,
  evidence: UUID4,
  product: NAME,
  grade: NAME,
  batch: NAME,
  alias: NAME,
  record: NAME,
  event: ID,
  policy: ID,
  root: /^root:[1-9][0-9]*$/,
  bundle: /^bundle:[1-9][0-9]*$/,
};

/** Return what is signed (RFC 9052 §4.4), without external data. */
export const sigStructure = (protectedHeader, payload) =>
  encode(["Signature1", protectedHeader, new Uint8Array(), payload]);

/** A statement in its one form; that its signature holds is asked of a key. */
class Statement {
  constructor(members) {
    Object.assign(this, members);
  }

  /** Tell whether a key made the signature, under an algorithm that belongs to it. */
  async isSignedBy(key) {
    if (key.kid !== this.kid || !ALGORITHMS[key.algorithm].includes(this.algorithm)) return false;
    return key.verifies(this.signature, this.structure);
  }

  /** Tell whether a payload and its salt are what was stated. */
  async binds(payload, salt) {
    return salt.length === SALT_BYTES && equal(await sha256(salt, utf8(payload)), this.digest);
  }
}

/**
 * Return the statement of tagged COSE_Sign1 bytes.
 *
 * Its members: `cose`, `kind`, `issuer`, `subject`, `issuedAt` (a time, as its issuer claims),
 * `algorithm`, `kid` and `id` (hexadecimal), `digest` (of salt and payload).
 */
export async function readStatement(cose) {
  const reader = new Reader(cose);
  reader.expect(0xd2, 0x84); // tag 18, four parts
  const protectedHeader = reader.byteString();
  reader.expect(0xa0); // an empty unprotected map
  const digest = reader.byteString();
  const signature = reader.byteString();
  reader.end();
  demand(signature.length === 64, "signing.not_sign1");
  demand(digest.length === 32, "signing.bad_header");
  const structure = sigStructure(protectedHeader, digest);
  const id = hex(await sha256(structure));
  return new Statement({ cose, digest, signature, structure, id, ...readHeader(protectedHeader) });
}

function readHeader(bytes) {
  const headers = decode(bytes);
  demand(isMapOf(headers, [ALG, KID, CLAIMS, TYP, HASH_ALG, PREIMAGE]), "signing.header_labels");
  const claims = headers.get(CLAIMS);
  const algorithm = headers.get(ALG);
  const kind = kindOf(headers.get(TYP));
  demand(Object.values(ALGORITHMS).flat().includes(algorithm), "signing.unknown_algorithm");
  demand(kind !== undefined, "signing.unknown_kind");
  const kid = headers.get(KID);
  const envelope = `application/vnd.ocoptrace.salted+${kind}`;
  demand(kid instanceof Uint8Array && kid.length === 8, "signing.bad_header");
  demand(headers.get(HASH_ALG) === SHA_256, "signing.bad_header");
  demand(headers.get(PREIMAGE) === envelope, "signing.bad_header");
  demand(isMapOf(claims, [ISS, SUB, IAT]), "signing.bad_header");
  const [issuer, subject, seconds] = [ISS, SUB, IAT].map((label) => claims.get(label));
  demand(typeof issuer === "string" && ID.test(issuer), "signing.bad_header");
  demand(typeof subject === "string" && typeof seconds === "number", "signing.bad_header");
  demand(isSeconds(seconds), "signing.bad_header");
  demand(SUBJECTS[kind].test(subject), "signing.bad_subject");
  return { kind, algorithm, kid: hex(kid), issuer, subject, issuedAt: seconds * 1000 };
}

const isMapOf = (value, labels) =>
  value instanceof Map && value.size === labels.length && labels.every((label) => value.has(label));

const kindOf = (typ) => KINDS.find((kind) => typ === `application/vnd.ocoptrace.${kind}+cose`);

/** Return a statement as a record holds it, after looking at what belongs together. */
export function recorded(statement, payload, salt, proofs) {
  demand((payload === undefined) === (salt === undefined), "record.payload_without_salt");
  demand(salt === undefined || salt.length === SALT_BYTES, "record.bad_member", {
    place: "/salt",
  });
  demand(proofs.length <= 8, "record.bad_member", { place: "/proofs" });
  if (payload !== undefined && !isUnicode(payload)) {
    throw new Refused("json.not_unicode", { place: "/payload" });
  }
  return { statement, payload, salt, proofs };
}
