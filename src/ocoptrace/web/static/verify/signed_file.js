// The form that root and bundle files share: a text, and statements of the keys that sign it.

import { fromBase64url, fromUtf8, hex, isUnicode, lengthOf, sha256, utf8 } from "./bytes.js";
import { hasExactly, readCanonical } from "./json.js";
import { coseKey, many, shape } from "./members.js";
import { Refused, demand } from "./refused.js";
import { SALT_BYTES, readStatement } from "./statement.js";

const MAX_FILE_BYTES = 4 * 2 ** 20;
const MAX_SIGNATURES = 64;

/** The salt of a root or bundle, whose text is public. */
export const PUBLIC_SALT = new Uint8Array(SALT_BYTES);

/** Return what a signed text says, as a reader of its value has it; a `text` member keeps it. */
export async function ofText(text, reader) {
  demand(lengthOf(text) <= MAX_FILE_BYTES, "signing.too_large");
  return { ...(await reader(readCanonical(text))), text };
}

/** Some keys, and how many of them must sign. */
export async function readRole(value) {
  const read = shape({
    keys: many(coseKey, { most: MAX_SIGNATURES }),
    threshold: (threshold) => threshold,
  });
  const { keys, threshold } = await read(value);
  const distinct = new Map(keys.map((key) => [key.thumbprint, key]));
  const canBeReached =
    Number.isSafeInteger(threshold) && threshold > 0 && threshold <= distinct.size;
  demand(canBeReached, "signing.bad_threshold");
  return { keys: [...distinct.values()], threshold };
}

/** Return the bytes of a file that a caller gives, as bytes or as text. */
export function bytesOf(given) {
  if (typeof given === "string") {
    demand(isUnicode(given), "json.not_unicode");
    return utf8(given);
  }
  return given instanceof ArrayBuffer ? new Uint8Array(given) : given;
}

/** Return the text of bytes, which must be UTF-8. */
export function textOf(bytes) {
  try {
    return fromUtf8(bytes);
  } catch {
    throw new Refused("json.not_utf8");
  }
}

/** Return the parts of a file, not yet checked against any role. */
export async function readSignedFile(bytes, most = MAX_FILE_BYTES) {
  demand(bytes.length <= most, "signing.too_large");
  const value = readCanonical(textOf(bytes), most);
  demand(hasExactly(value, ["signed", "signatures"]), "signing.signed_file");
  const { signed, signatures } = value;
  demand(typeof signed === "string" && Array.isArray(signatures), "signing.signed_file");
  demand(signatures.length <= MAX_SIGNATURES, "signing.signed_file");
  demand(
    signatures.every((each) => typeof each === "string"),
    "signing.signed_file",
  );
  demand(new Set(signatures).size === signatures.length, "signing.signed_file");
  const statements = [];
  for (const each of signatures) statements.push(await readStatement(fromBase64url(each)));
  return { signed, statements };
}

/**
 * Return how many distinct keys of a role signed the text as a kind, by `sub`.
 *
 * Nothing of the text is read for that: it is nobody's before enough have signed it.
 */
export async function countSigners({ signed, statements }, role, kind) {
  const digest = hex(await sha256(PUBLIC_SALT, utf8(signed)));
  const signers = new Map();
  for (const statement of statements) {
    if (statement.kind !== kind || hex(statement.digest) !== digest) continue;
    for (const key of role.keys) {
      if (!(await statement.isSignedBy(key))) continue;
      const known = signers.get(statement.subject) ?? new Set();
      signers.set(statement.subject, known.add(key.thumbprint));
    }
  }
  return new Map([...signers].map(([subject, keys]) => [subject, keys.size]));
}

/** Refuse fewer keys than the threshold of a role. */
export function checkThreshold(count, role) {
  demand(count >= role.threshold, "signing.threshold", {
    facts: { count, threshold: role.threshold },
  });
}
