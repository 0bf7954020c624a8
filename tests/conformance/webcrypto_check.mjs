// Verify the signatures of the trust vectors with WebCrypto, from the pages of docs/spec alone.
//
//   node webcrypto_check.mjs FOLDER
//
// Reads the cases in FOLDER and says for each signature whether it verifies, sharing no code with
// the library. Prints JSON: how many of each kind verified and failed, and the cases in which the
// outcome is another than the one expected.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const { subtle } = globalThis.crypto;
const folder = process.argv[2];
const text = new TextEncoder();
const file = (path) => readFileSync(join(folder, path));
const unpadded = (value) => new Uint8Array(Buffer.from(value, "base64url"));
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const sha256 = async (...parts) => new Uint8Array(await subtle.digest("SHA-256", joined(parts)));

function joined(parts) {
  return new Uint8Array(Buffer.concat(parts));
}

// CBOR (RFC 8949): what statements and seals are made of, and no more.

function head(major, number) {
  if (number < 24) return Uint8Array.of((major << 5) | number);
  for (const [width, more] of [[1, 24], [2, 25], [4, 26]]) {
    if (number < 256 ** width) {
      const bytes = [];
      for (let at = width - 1; at >= 0; at--) bytes.push(Math.floor(number / 256 ** at) % 256);
      return Uint8Array.of((major << 5) | more, ...bytes);
    }
  }
  throw new RangeError(`${number} is too large`);
}

function encode(value) {
  if (value instanceof Uint8Array) return joined([head(2, value.length), value]);
  if (value instanceof Map) {
    const members = [...value].map(([label, each]) => joined([encode(label), encode(each)]));
    return joined([head(5, value.size), ...members]);
  }
  if (Array.isArray(value)) return joined([head(4, value.length), ...value.map(encode)]);
  if (typeof value === "string") {
    const bytes = text.encode(value);
    return joined([head(3, bytes.length), bytes]);
  }
  return value < 0 ? head(1, -1 - value) : head(0, value);
}

function decode(bytes) {
  let at = 0;
  const take = (length) => bytes.subarray(at, (at += length));
  const read = () => {
    const first = bytes[at++];
    const [major, low] = [first >> 5, first & 31];
    const number =
      low < 24 ? low : take(2 ** (low - 24)).reduce((total, byte) => total * 256 + byte, 0);
    if (major === 0) return number;
    if (major === 1) return -1 - number;
    if (major === 2) return take(number);
    if (major === 3) return new TextDecoder().decode(take(number));
    if (major === 4) return Array.from({ length: number }, read);
    if (major === 5) return new Map(Array.from({ length: number }, () => [read(), read()]));
    if (major === 6) return { tag: number, value: read() };
    throw new TypeError(`CBOR of major type ${major}`);
  };
  return read();
}

// Keys: COSE_Key to WebCrypto.

const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const ED25519 = { name: "Ed25519" };
const HALF_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n / 2n;
const NUMBERS = new Map([[ES256, [-7, -9]], [ED25519, [-8, -19]]]);
const keys = new Map();

async function keyOf(coseKey) {
  if (!keys.has(coseKey)) {
    const bytes = unpadded(coseKey);
    const members = decode(bytes);
    const algorithm = members.get(1) === 2 ? ES256 : ED25519;
    const raw =
      algorithm === ES256
        ? joined([Uint8Array.of(4), members.get(-2), members.get(-3)])
        : members.get(-2);
    const loaded = await subtle.importKey("raw", raw, algorithm, true, ["verify"]);
    keys.set(coseKey, { algorithm, loaded, thumbprint: await sha256(bytes) });
  }
  return keys.get(coseKey);
}

const verified = { ES256: 0, Ed25519: 0 };
const failed = { ES256: 0, Ed25519: 0 };

/** Tell whether a key signed a Sig_structure. */
function signs(key, signature, protectedHeader, payload) {
  return signsBytes(key, signature, encode(["Signature1", protectedHeader, new Uint8Array(), payload]));
}

/** Tell whether a key signed bytes; WebCrypto takes a high s, and our formats do not. */
async function signsBytes(key, signature, message) {
  const s = BigInt(`0x${hex(signature.subarray(32))}`);
  const isLow = key.algorithm !== ES256 || s <= HALF_ORDER;
  const holds = isLow && (await subtle.verify(key.algorithm, key.loaded, signature, message));
  (holds ? verified : failed)[key.algorithm === ES256 ? "ES256" : "Ed25519"]++;
  return holds;
}

/** Tell whether a key made the signature of a statement, under a number of its algorithm. */
async function signsStatement(key, cose) {
  const [protectedHeader, , payload, signature] = decode(cose).value;
  const number = decode(protectedHeader).get(1);
  if (!NUMBERS.get(key.algorithm).includes(number)) return false;
  return signs(key, signature, protectedHeader, payload);
}

const signedText = (path) => JSON.parse(JSON.parse(file(path)).signed);

async function listed(bundle, length, wanted) {
  const found = [];
  for (const entry of signedText(bundle).keys) {
    const key = await keyOf(entry.key);
    if (hex(key.thumbprint.subarray(0, length)) === hex(wanted)) found.push(key);
  }
  return found;
}

// What the kinds of cases come to: check to outcome, as far as signatures and hashes go.

const record = (entry) => stated(JSON.parse(file(entry.record)).statements, entry.bundle);
const statement = (entry) => stated([entry.statement], entry.bundle);

async function stated(statements, bundle) {
  if (statements.length === 0) return { content: "unknown", issuer: "unknown", signature: "unknown" };
  const isHidden = statements.every(({ payload }) => payload === undefined);
  const found = { content: isHidden ? "unknown" : "pass", issuer: "pass", signature: "pass" };
  for (const { id, cose, payload, salt } of statements) {
    const bytes = unpadded(cose);
    const [protectedHeader, , digest] = decode(bytes).value;
    const structure = encode(["Signature1", protectedHeader, new Uint8Array(), digest]);
    if (id !== undefined && hex(await sha256(structure)) !== id) found.content = "wrong id";
    if (payload !== undefined) {
      const stated = await sha256(unpadded(salt), text.encode(payload));
      if (unpadded(salt).length !== 16 || hex(stated) !== hex(digest)) found.content = "fail";
    }
    const [key] = await listed(bundle, 8, decode(protectedHeader).get(4));
    if (key === undefined) {
      found.issuer = "fail";
      if (found.signature !== "fail") found.signature = "unknown";
    } else if (!(await signsStatement(key, bytes))) found.signature = "fail";
  }
  return found;
}

async function label(entry) {
  const number = BigInt(entry.label.split("#")[1]).toString(16).padStart(144, "0");
  const seal = new Uint8Array(Buffer.from(number, "hex"));
  const [version, hint, signature] = [seal[1], seal.subarray(2, 6), seal.subarray(8)];
  const payload = encode([entry.signed_form, seal[6] * 256 + seal[7]]);
  const candidates = await listed(entry.bundle, 4, hint);
  if (candidates.length === 0) return { issuer: "fail" };
  for (const key of candidates) {
    const protectedHeader = encode(
      new Map([
        [1, version === 1 ? -7 : -8],
        [4, key.thumbprint.subarray(0, 8)],
        [16, "application/vnd.ocoptrace.seal+cose"],
      ]),
    );
    const fits = (key.algorithm === ES256) === (version === 1);
    if (fits && (await signs(key, signature, protectedHeader, payload))) {
      return { issuer: "pass", signature: "pass" };
    }
  }
  return { signature: "fail" };
}

/** Tell whether enough distinct keys of a role signed a root or a bundle. */
async function isSigned(path, kind, role) {
  const { signed, signatures } = JSON.parse(file(path));
  const stated = hex(await sha256(new Uint8Array(16), text.encode(signed)));
  const signers = new Set();
  for (const signature of signatures) {
    const cose = unpadded(signature);
    const [protectedHeader, , digest] = decode(cose).value;
    const headers = decode(protectedHeader);
    const fits =
      headers.get(16) === `application/vnd.ocoptrace.${kind}+cose` &&
      headers.get(15).get(2) === `${kind}:${JSON.parse(signed).version}` &&
      hex(digest) === stated;
    for (const coseKey of role.keys) {
      const key = await keyOf(coseKey);
      const isNamed = hex(key.thumbprint.subarray(0, 8)) === hex(headers.get(4));
      if (fits && isNamed && (await signsStatement(key, cose))) signers.add(coseKey);
    }
  }
  return signers.size >= Math.max(1, role.threshold);
}

/** Tell whether a root is the next after another: one more, and signed by the keys of both. */
async function isNext(next, { version, roles }) {
  const following = signedText(next);
  const isStep = following.version === version + 1;
  const isByBoth =
    (await isSigned(next, "root", roles.root)) &&
    (await isSigned(next, "root", following.roles.root));
  return isStep && isByBoth;
}

/** Return the key of a log: `name+key id+base64(type, 32 bytes)`. */
async function logKey(vkey) {
  const raw = new Uint8Array(Buffer.from(vkey.split("+").slice(2).join("+"), "base64")).slice(1);
  return { algorithm: ED25519, loaded: await subtle.importKey("raw", raw, ED25519, true, ["verify"]) };
}

async function isRequested(request) {
  const { signed, signature, log_signature: byLog } = JSON.parse(file(request));
  const { key: coseKey, log } = JSON.parse(signed);
  const message = text.encode(`ocoptrace-registration/1\n${signed}`);
  const holds = async (key, bytes) => bytes.length === 64 && signsBytes(key, bytes, message);
  if (!(await holds(await keyOf(coseKey), unpadded(signature)))) return false;
  return log === null || holds(await logKey(log.vkey), unpadded(byLog));
}

async function load({ root, next_root: next, bundle, request }) {
  if (request !== undefined) return { accepted: await isRequested(request) };
  const pinned = signedText(root);
  const isRoot = await isSigned(root, "root", pinned.roles.root);
  const isFollowed = next === undefined || (await isNext(next, pinned));
  const { roles } = signedText(next ?? root);
  const isBundle = bundle === undefined || (await isSigned(bundle, "bundle", roles.bundle));
  const accepted = isRoot && isFollowed && isBundle;
  return { accepted };
}

const SIGNATURES_DECIDE = new Set([
  "signing.threshold",
  "signing.root_step",
  "signing.root_not_followed",
  "signing.request_signature",
  "signing.request_log_signature",
]);

/** Return what a case expects, as far as its signatures decide it; undefined where they do not. */
function expected({ expect, ...entry }) {
  if ("accepted" in expect) {
    const isDecided = expect.accepted || SIGNATURES_DECIDE.has(expect.error);
    return isDecided ? { accepted: expect.accepted } : undefined;
  }
  const isRead = expect.error === undefined;
  const isElsewhere = expect.checks.some(([, , reason]) => reason === "namespace");
  const isSealed = entry.signed_form !== undefined;
  const isStated = entry.record !== undefined || entry.statement !== undefined;
  if (!isRead || !(isStated || (isSealed && !isElsewhere))) return undefined;
  const checks = expect.checks.filter(([, , reason]) => reason !== "namespace");
  return Object.fromEntries(checks.map(([code, outcome]) => [code, outcome]));
}

const differing = [];
const cases = { record: 0, statement: 0, label: 0, load: 0 };
for (const name of readdirSync(join(folder, "cases")).sort()) {
  for (const entry of JSON.parse(file(join("cases", name)))) {
    const wanted = expected(entry);
    if (wanted === undefined) continue;
    const given = ["record", "statement", "label"].find((kind) => entry[kind] !== undefined);
    const kind = "accepted" in wanted ? "load" : given;
    const found = await { record, statement, label, load }[kind](entry);
    cases[kind]++;
    for (const [code, outcome] of Object.entries(found)) {
      if (wanted[code] !== outcome) differing.push([entry.id, code, wanted[code], outcome]);
    }
  }
}
process.stdout.write(`${JSON.stringify({ cases, verified, failed, differing })}\n`);
