// A second verifier of ocoptrace's records, statements and labels, for web pages and Node.
//
//   import { verifyRecord } from "./verify.js";
//   const { overall, checks } = await verifyRecord(file, { root, bundle, now: new Date() });
//
// It is written from docs/spec, shares no code with the Python library, and comes to the same
// checks with the same outcomes. It needs WebCrypto and nothing else: it reads no clock, fetches
// nothing, and shows nothing. What a code means stands in docs/spec/verdict.md.

import { loadBundle } from "./verify/bundle.js";
import { hex } from "./verify/bytes.js";
import { formatCheck, statementChecks } from "./verify/checks.js";
import { examine, tieOfProof } from "./verify/examination.js";
import { readLabel, verdictOnLabel } from "./verify/label.js";
import { verifyConsistency } from "./verify/merkle.js";
import { named } from "./verify/names.js";
import { readCheckpoint } from "./verify/note.js";
import { readRecord } from "./verify/record.js";
import { Refused } from "./verify/refused.js";
import { loadRoot } from "./verify/root.js";
import { textOf } from "./verify/signed_file.js";
import { readStatement, recorded } from "./verify/statement.js";
import { aboutCheck, completeCheck, datedFacts } from "./verify/subject.js";
import { civilDate, clockOf } from "./verify/time.js";
import {
  bestWord,
  bundleChecks,
  check,
  effectiveNow,
  malformed,
  namespaceChecks,
  verdict,
} from "./verify/verdict.js";

export { loadBundle } from "./verify/bundle.js";
export { loadRequest } from "./verify/request.js";
export { followRoot, fingerprintOf, loadRoot } from "./verify/root.js";
export { Refused } from "./verify/refused.js";

/**
 * @typedef {object} Verdict
 * @property {string} about canonical name of what was checked; empty where it cannot be read
 * @property {string} overall the word for the whole, the worst that applies
 * @property {{code: string, outcome: string, reason: string, facts: object}[]} checks all of them
 */

/**
 * @typedef {object} Asked
 * @property {Uint8Array | ArrayBuffer | string} root the file of the root that was pinned
 * @property {Uint8Array | ArrayBuffer | string} bundle the file of the trust bundle
 * @property {number} [previousVersion] of the newest bundle seen before
 * @property {string} [previousSha256] SHA-256 of the text of that bundle, hexadecimal
 * @property {number} [previousRootVersion] version of the root that it was made under
 * @property {object} [trust] the bundle from `loadBundle`, in the place of these five: who verifies
 *   more than one thing loads it once
 * @property {Date | string | number} now the device's clock: a Date, an ISO 8601 time with its
 *   zone, or milliseconds since 1970
 * @property {{maxBundleAgeDays?: number}} [policy] how old a bundle may be for `ok`; 30 days
 * @property {object[]} [consistency] proofs from `consistencyProof` that tie checkpoints to one
 *   that an office saw before a key was lost
 */

/**
 * Return a proof that one state of a log continues another, after checking that it holds.
 *
 * @param {{origin: string, firstSize: number, firstRoot: Uint8Array, secondSize: number,
 *   secondRoot: Uint8Array, path: Uint8Array[]}} proof
 * @throws {Refused} it does not hold
 */
export async function consistencyProof({
  origin,
  firstSize,
  firstRoot,
  secondSize,
  secondRoot,
  path,
}) {
  await verifyConsistency(firstSize, secondSize, path, firstRoot, secondRoot);
  return { origin, firstSize, firstRoot: hex(firstRoot), secondSize, secondRoot: hex(secondRoot) };
}

/** Return what to go by: the bundle, the device's clock, checkpoints that are one history. */
async function basisOf({ now, consistency = [], ...asked }) {
  const clock = clockOf(now);
  const { root, bundle, previousVersion, previousSha256, previousRootVersion } = asked;
  const previous = { previousVersion, previousSha256, previousRootVersion };
  const trust =
    asked.trust ??
    (await loadBundle(bundle, { root: await loadRoot(root), ...previous }));
  return { trust, clock, ties: new Set(consistency.map(tieOfProof)) };
}

/** Return what a reader comes to, or a verdict where what it reads is malformed. */
async function readOr(read, go) {
  let value;
  try {
    value = await read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return malformed(error);
  }
  return go(value);
}

/**
 * Return the verdict on an origin record.
 *
 * @param {Uint8Array | ArrayBuffer | string} file
 * @param {Asked} asked
 * @returns {Promise<Verdict>}
 * @throws {RangeError} `now` is no time of a device's clock
 * @throws {Refused} root or bundle cannot be loaded
 */
export async function verifyRecord(file, asked) {
  const { trust, clock, ties } = await basisOf(asked);
  return readOr(
    () => readRecord(file),
    async (record) => {
      const { checkpoints } = record;
      const { statements, newest } = await examine(record.statements, checkpoints, trust, ties);
      const at = effectiveNow(clock, trust, newest);
      const checks = [
        formatCheck(statements),
        ...bundleChecks(clock, trust, newest),
        ...bundleReference(record, trust),
        ...namespaceChecks(named(record.about), trust),
        ...statementChecks(statements, at),
        aboutCheck(record, statements),
        completeCheck(record, statements),
        ...datedFacts(record, statements, civilDate(at)),
      ];
      return verdict(record.about, checks, bestWord(checks, { trust, at, policy: asked.policy }));
    },
  );
}

function bundleReference({ bundle }, trust) {
  const facts = { named: bundle.version, version: trust.version };
  if (bundle.version === trust.version && bundle.sha256 !== trust.sha256) {
    return [check("bundle", "fail", "bundle_differs", facts)];
  }
  return bundle.version > trust.version ? [check("bundle", "warn", "bundle_behind", facts)] : [];
}

/**
 * Return the verdict on one statement.
 *
 * @param {Uint8Array} cose tagged COSE_Sign1 bytes
 * @param {Asked & {payload?: string | Uint8Array, salt?: Uint8Array, proofs?: {checkpoint: string,
 *   index: number, path: Uint8Array[]}[]}} asked what it states and its salt, both absent where
 *   withheld; where it stands in which log, each under a signed note
 * @returns {Promise<Verdict>}
 * @throws {RangeError} `now` is no time of a device's clock
 * @throws {Refused} root or bundle cannot be loaded
 */
export async function verifyStatement(cose, asked) {
  const { trust, clock, ties } = await basisOf(asked);
  return readOr(
    () => readShown(cose, asked),
    async ({ shown, checkpoints }) => {
      const { statements, newest } = await examine([shown], checkpoints, trust, ties);
      const about = shown.statement.subject;
      const at = effectiveNow(clock, trust, newest);
      const checks = [
        formatCheck(statements),
        ...bundleChecks(clock, trust, newest),
        ...namespaceChecks(named(about), trust),
        ...statementChecks(statements, at),
      ];
      return verdict(about, checks, bestWord(checks, { trust, at, policy: asked.policy }));
    },
  );
}

/** Return a statement as a record holds it, with the checkpoints that its proofs point to. */
async function readShown(cose, { payload, salt, proofs = [] }) {
  const statement = await readStatement(cose);
  const text = payload instanceof Uint8Array ? textOf(payload) : payload;
  const notes = [...new Set(proofs.map(({ checkpoint }) => checkpoint))];
  const pointing = proofs.map(({ checkpoint, ...proof }) => ({
    ...proof,
    checkpoint: notes.indexOf(checkpoint),
  }));
  const shown = recorded(statement, text, salt, pointing);
  return { shown, checkpoints: notes.map(readCheckpoint) };
}

/**
 * Return the verdict on the text of a label's QR code.
 *
 * A seal proves that a key entitled to this name signed exactly this text. It says nothing about
 * copies, so the best verdict is `ok_offline`.
 *
 * @param {string} text the link as scanned, its `#` and what follows included
 * @param {Asked} asked
 * @returns {Promise<Verdict>}
 * @throws {RangeError} `now` is no time of a device's clock
 * @throws {Refused} root or bundle cannot be loaded
 */
export async function verifyLabel(text, asked) {
  const { trust, clock } = await basisOf(asked);
  return readOr(
    () => readLabel(text),
    (label) => verdictOnLabel(label, trust, clock),
  );
}
