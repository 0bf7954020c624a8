// The trust bundle: which keys may state what, until when, and which logs count.

import { hex, sha256, utf8 } from "./bytes.js";
import { covers } from "./entitlement.js";
import * as members from "./members.js";
import { many, optional, shape } from "./members.js";
import { named } from "./names.js";
import { COSIGNATURE_V1, ED25519 } from "./note.js";
import { demand } from "./refused.js";
import { bytesOf, checkThreshold, countSigners, ofText, readSignedFile } from "./signed_file.js";
import { KINDS } from "./statement.js";

const MAX_KEYS_PER_HINT = 16;

const demandPeriod = (start, end) => demand(start < end, "signing.period");

const readDuty = shape({
  product: members.productName,
  due: members.oneOf("none", "batch", "item"),
  since: members.day,
});

const readGrantMembers = shape({
  kinds: many(members.oneOf(...KINDS, "seal")),
  from: members.time,
  until: members.time,
  gtin_prefixes: many(members.gtinPrefix),
  gtins: many(members.gtin),
  name_prefixes: many(members.namePrefix),
  labels: many(readDuty),
});

async function readGrant(value) {
  const grant = await readGrantMembers(value);
  demandPeriod(grant.from, grant.until);
  const { gtin_prefixes: gtinPrefixes, name_prefixes: namePrefixes, ...rest } = grant;
  return { ...rest, gtinPrefixes, namePrefixes };
}

const readCertificate = shape({
  subject: members.certifiedName,
  issuer: members.certifiedName,
  serial: members.certificateSerial,
  checked_at: members.time,
});

const readEntryMembers = shape(
  {
    key: members.coseKey,
    issuer: members.issuer,
    name: members.holderNames,
    role: members.oneOf("producer", "authority", "log"),
    sign_from: members.time,
    sign_until: members.time,
    seal_until: members.time,
    grants: many(readGrant),
  },
  { certificate: readCertificate },
);

async function readKeyEntry(value) {
  const entry = await readEntryMembers(value);
  demandPeriod(entry.sign_from, entry.sign_until);
  demand(entry.seal_until >= entry.sign_until, "signing.seal_period");
  demand(!entry.grants.length || entry.role !== "log", "signing.grant_of_role");
  demand(entry.certificate === null || entry.role !== "log", "certificate.of_log");
  const { sign_from: signFrom, sign_until: signUntil, seal_until: sealUntil, ...rest } = entry;
  return { ...rest, signFrom, signUntil, sealUntil };
}

const readState = shape({
  origin: members.text,
  size: members.natural,
  root: members.thumbprint,
});

const readRevocationMembers = shape({
  key: members.thumbprint,
  reason: members.oneOf("superseded", "ceased", "compromised"),
  at: members.time,
  checkpoint: optional(readState),
  batches: many(members.batchDigest),
});

async function readRevocation(value) {
  const revocation = await readRevocationMembers(value);
  const saysMore = revocation.checkpoint !== null || revocation.batches.length > 0;
  demand(revocation.reason === "compromised" || !saysMore, "signing.revocation_facts");
  return revocation;
}

const readLogKeyMembers = shape({
  vkey: members.verifierKey,
  from_size: members.natural,
  to_size: optional(members.positive),
});

async function readLogKey(value) {
  const { vkey, from_size: fromSize, to_size: toSize } = await readLogKeyMembers(value);
  demand(toSize === null || fromSize < toSize, "signing.log_key_sizes");
  return { vkey, fromSize, toSize };
}

const readLog = shape({
  origin: members.text,
  witnesses: many(members.verifierKey),
  quorum: members.natural,
  keys: many(readLogKey, { least: 1 }),
  operator: members.issuer,
  final: optional(readState),
});

const readBundleMembers = shape({
  version: members.positive,
  root_version: members.positive,
  issued: members.time,
  expires: members.time,
  namespaces: many(members.host),
  keys: many(readKeyEntry),
  revocations: many(readRevocation),
  logs: many(readLog),
});

/** Return what a key's text says: whose it is, and what it is good for. */
export const readKeyText = (text) => ofText(text, readKeyEntry);

/** Return what a revocation's text says. */
export const readRevocationText = (text) => ofText(text, readRevocation);

/** Return what a bundle's text says; whether it holds together is another matter. */
export function readBundleText(text) {
  return ofText(text, async (value) => {
    const { root_version: rootVersion, ...bundle } = await readBundleMembers(value);
    demandPeriod(bundle.issued, bundle.expires);
    return { ...bundle, rootVersion };
  });
}

function grouped(items, by) {
  const groups = new Map();
  for (const item of items) {
    if (!groups.has(by(item))) groups.set(by(item), []);
    groups.get(by(item)).push(item);
  }
  return groups;
}

/** A bundle that the pinned root's bundle keys have signed. */
class TrustBundle {
  constructor(bundle, sha256) {
    Object.assign(this, bundle, { sha256 });
    // By what they are asked for: a bundle of a province is asked thousands of times.
    this.byKid = new Map(this.keys.map((entry) => [entry.key.kid, entry]));
    this.byOrigin = new Map(this.logs.map((log) => [log.origin, log]));
    this.hinted = grouped(this.keys, ({ key }) => key.hint);
    this.revoked = grouped(this.revocations, ({ key }) => key);
  }

  /** Return the keys with 4 bytes; a seal may be any one's. */
  byHint(hint) {
    return this.hinted.get(hint) ?? [];
  }

  /** Return all revocations of a key: what stays good must survive each. */
  revocationsOf(entry) {
    return this.revoked.get(entry.key.thumbprint) ?? [];
  }
}

/**
 * Return the bundle of a file.
 *
 * @param {Uint8Array | ArrayBuffer | string} file
 * @param {{root: object, previousVersion?: number, previousSha256?: string,
 *   previousRootVersion?: number}} against the pinned root; version, hexadecimal SHA-256 and root
 *   version of the newest bundle seen before
 * @throws {Refused} not a bundle file, not signed under this root, older than one seen before,
 *   another of the same version, one that outlives the root, or one that does not hold together
 */
export async function loadBundle(file, { root, ...previous }) {
  const signed = await readSignedFile(bytesOf(file));
  const role = root.roles.bundle;
  const counts = await countSigners(signed, role, "bundle");
  // Nothing of the text is read before enough have signed it, whatever version they meant.
  checkThreshold(Math.max(0, ...counts.values()), role);
  const bundle = await readBundleText(signed.signed);
  checkThreshold(counts.get(`bundle:${bundle.version}`) ?? 0, role);
  demand(bundle.rootVersion === root.version, "signing.root_version");
  demand(bundle.issued < root.expires, "signing.root_expired");
  demand(bundle.expires <= root.expires, "signing.outlives_root");
  const digest = hex(await sha256(utf8(bundle.text)));
  checkNewer(bundle, digest, previous);
  checkKeys(bundle);
  checkLogs(bundle.logs);
  return new TrustBundle(bundle, digest);
}

/** Refuse a bundle that is older than the newest seen; a later root begins its numbers anew. */
function checkNewer(
  { version, rootVersion },
  digest,
  { previousVersion, previousSha256, previousRootVersion },
) {
  const under = previousRootVersion ?? rootVersion;
  demand(under <= rootVersion, "signing.root_version");
  if (under < rootVersion || previousVersion == null) return;
  demand(version >= previousVersion, "signing.rollback");
  const isThat = previousVersion !== version || [undefined, null, digest].includes(previousSha256);
  demand(isThat, "signing.bundle_fork");
}

/** Refuse keys that are alike, and grants that do not fit the bundle. */
function checkKeys({ keys, namespaces }) {
  demand(new Set(keys.map(({ key }) => key.kid)).size === keys.length, "signing.kid_twice");
  const hints = new Map();
  for (const { key } of keys) hints.set(key.hint, (hints.get(key.hint) ?? 0) + 1);
  demand(Math.max(0, ...hints.values()) <= MAX_KEYS_PER_HINT, "signing.hint_shared");
  for (const grant of keys.flatMap((entry) => entry.grants)) {
    for (const prefix of grant.namePrefixes) {
      demand(namespaces.includes(prefix.split("/")[2]), "signing.namespace");
    }
    for (const { product } of grant.labels) {
      demand(covers(grant, named(product)), "signing.label_not_held");
    }
  }
}

function checkLogs(logs) {
  demand(new Set(logs.map(({ origin }) => origin)).size === logs.length, "signing.log_twice");
  for (const log of logs) {
    for (const { vkey } of log.keys) checkLogKey(vkey, log.origin);
    checkWitnesses(
      log,
      log.keys.map(({ vkey }) => vkey),
    );
    demand(log.final === null || log.final.origin === log.origin, "signing.log_final");
  }
}

/** Refuse a key that is none of a log of this origin. */
export function checkLogKey(vkey, origin) {
  demand(vkey.type === ED25519 && vkey.name === origin, "signing.log_key");
}

/** Refuse witnesses that are no witnesses, one of them twice, or the log itself. */
export function checkWitnesses({ witnesses, quorum }, own) {
  const thumbprints = witnesses.map(({ publicKey }) => publicKey.thumbprint);
  const logs = own.map(({ publicKey }) => publicKey.thumbprint);
  demand(
    witnesses.every(({ type }) => type === COSIGNATURE_V1),
    "signing.witness_type",
  );
  demand(new Set(thumbprints).size === witnesses.length, "signing.witness_twice");
  demand(!thumbprints.some((each) => logs.includes(each)), "signing.witness_is_log");
  demand(quorum <= witnesses.length, "signing.quorum");
}

/** Return the keys for a checkpoint of a size: the log's in force, the witnesses'. */
export function verifierKeys(log, size) {
  const current = log.keys.filter(
    ({ fromSize, toSize }) => fromSize <= size && (toSize === null || size <= toSize),
  );
  return [...current.map(({ vkey }) => vkey), ...log.witnesses];
}

/** Return how a revocation names a batch: the first 16 bytes of a SHA-256, hexadecimal. */
export const batchDigest = async (batch) => hex(await sha256(utf8(batch))).slice(0, 32);
