// What can be said of each statement: whose it is, whether it may be, and since when.
//
// Nothing here decides; it gathers, and the checks sum up.

import { verifierKeys } from "./bundle.js";
import { hex } from "./bytes.js";
import { refusal } from "./entitlement.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { named } from "./names.js";
import { PAYLOAD_FAULT, createsWhatItShows, isSubject, readPayload } from "./payload.js";
import { Refused } from "./refused.js";
import { written } from "./time.js";

/** Return what a reader comes to, or the code of what it refused. */
async function orFault(read) {
  try {
    return { value: await read(), fault: "" };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { value: undefined, fault: error.code };
  }
}

/** Return a state of a log, whoever signed it, as one text. */
const treeOf = (origin, size, root) => `${size} ${root} ${origin}`;

/** Return two states of a log that are one history, as one text for either order. */
const tieOf = (one, other) => [one, other].sort().join("\n");

/** Return the tie of a proof of consistency that holds. */
export const tieOfProof = ({ origin, firstSize, firstRoot, secondSize, secondRoot }) =>
  tieOf(treeOf(origin, firstSize, firstRoot), treeOf(origin, secondSize, secondRoot));

/**
 * Return what the bundle's logs say of a checkpoint.
 *
 * `log` is null where the bundle lists none of this origin; `fault` says why it does not hold;
 * `time` is by when the quorum had seen it, `newest` when the last of its witnesses signed it.
 */
async function checkCheckpoint(checkpoint, trust) {
  const log = trust.byOrigin.get(checkpoint.origin) ?? null;
  const tree = treeOf(checkpoint.origin, checkpoint.size, hex(checkpoint.root));
  const found = { checkpoint, tree, log, fault: "", time: null, newest: null };
  if (log === null) return found;
  const keys = verifierKeys(log, checkpoint.size);
  const { value: times, fault } = await orFault(() => checkpoint.cosignedAt(keys));
  if (fault) return { ...found, fault };
  if (log.final !== null && !isBefore(checkpoint, log.final)) {
    return { ...found, fault: "proof.log_closed" };
  }
  // Too few witnesses are no fault of the checkpoint: it only shows no time.
  const hasQuorum = log.quorum > 0 && log.quorum <= times.length;
  return { ...found, time: hasQuorum ? times[log.quorum - 1] : null, newest: times.at(-1) ?? null };
}

/** Tell whether a log that has ended can have had this state. */
function isBefore({ size, root }, final) {
  return size < final.size || (size === BigInt(final.size) && hex(root) === final.root);
}

/** What was found out about a statement; a field that is empty or null found no fault. */
class Examined {
  constructor(members) {
    Object.assign(this, members);
  }

  get statement() {
    return this.recorded.statement;
  }

  get isWithheld() {
    return this.recorded.payload === undefined;
  }

  /** Whether at least one proof leads into a log of the bundle. */
  get isLogged() {
    return this.logs.length > 0;
  }

  /** Whether such a log's quorum has seen it. */
  get isWitnessed() {
    return this.logTime !== null;
  }

  /** The log time; where there is none, what its signer claims. */
  get time() {
    return this.logTime ?? this.statement.issuedAt;
  }

  /** Whether it is signed by who may sign it, and shows what was signed. */
  get isSound() {
    return (
      this.signatureHolds &&
      this.contentHolds &&
      !this.payloadFault &&
      this.refused === null &&
      this.revocation === null
    );
  }

  /** Whether it is withheld which names it creates, so that nobody can tell who may. */
  get hidesWhatItCreates() {
    return this.isWithheld && createsWhatItShows(this.statement.kind);
  }
}

/**
 * Return what can be said of statements under a trust bundle, in their order: `statements`, and
 * `newest`, the newest witness time in sight.
 *
 * @param {object[]} statements as a record holds them
 * @param {object[]} checkpoints those that their proofs point to by number
 * @param {object} trust the bundle
 * @param {Set<string>} ties of checkpoints that are one history
 */
export async function examine(statements, checkpoints, trust, ties) {
  const checked = [];
  for (const checkpoint of checkpoints) checked.push(await checkCheckpoint(checkpoint, trust));
  const found = await Promise.all(statements.map((each) => examined(each, checked, trust, ties)));
  const times = checked.map(({ newest }) => newest).filter((time) => time !== null);
  return { statements: found, newest: times.length ? Math.max(...times) : null };
}

async function examined(recorded, checkpoints, trust, ties) {
  const { statement, payload, salt, proofs } = recorded;
  const signer = trust.byKid.get(statement.kid) ?? null;
  const signatureHolds = signer !== null && (await statement.isSignedBy(signer.key));
  const contentHolds = payload === undefined || (await statement.binds(payload, salt));
  const { places, proofFault } = await placesOf(recorded, checkpoints);
  const logTime = logTimeOf(places);
  const { shown, payloadFault } = await shownIn(recorded);
  const logs = proofs.map(({ checkpoint }) => checkpoints[checkpoint].log);
  return new Examined({
    recorded,
    signer,
    signatureHolds,
    contentHolds,
    payloadFault,
    step: (contentHolds && shown.step) || null,
    entry: (contentHolds && shown.entry) || null,
    refused: refusedFor(statement, signer, shown, logTime),
    revocation:
      signer && reaching(trust.revocationsOf(signer), statement.issuedAt, logTime, places, ties),
    proofFault,
    logs: [...new Set(logs.filter((log) => log !== null))],
    logTime,
  });
}

/** Return under which checkpoints, and where, proofs show a statement; why one does not. */
async function placesOf({ statement, proofs }, checkpoints) {
  const places = [];
  let proofFault = "";
  const leaf = await leafHash(statement.cose);
  for (const { checkpoint: number, index, path } of proofs) {
    const checked = checkpoints[number];
    const { size, root } = checked.checkpoint;
    const { fault } = await orFault(() => verifyInclusion(leaf, index, size, path, root));
    proofFault ||= fault || checked.fault;
    if (!fault) places.push({ checked, index });
  }
  return { places, proofFault };
}

/**
 * Return by when a statement was there; null where no quorum has seen it.
 *
 * In one log the earliest of its checkpoints counts. Another log, which may be in league with the
 * signer, never makes it older.
 */
function logTimeOf(places) {
  const byLog = new Map();
  for (const { checked } of places) {
    const { origin } = checked.checkpoint;
    if (checked.time !== null) {
      byLog.set(origin, Math.min(checked.time, byLog.get(origin) ?? checked.time));
    }
  }
  return byLog.size ? Math.max(...byLog.values()) : null;
}

function refusedFor(statement, signer, { step, entry }, logTime) {
  if (signer === null) return null;
  const { kind, subject, issuer, issuedAt } = statement;
  let names = ["product", "grade", "batch", "alias"].includes(kind) ? [subject] : [];
  if (step) names = step.created;
  else if (entry?.type === "alias") names = entry.names;
  else if (entry?.type === "place" && named(entry.id)?.isPlain) names = [entry.id];
  const refused = refusal(signer, kind, names, { issuer, at: issuedAt });
  // A key that is over can still sign an earlier date; a log that took it cannot.
  const isLate = refused === null && logTime !== null && logTime >= signer.signUntil;
  return isLate ? ["period", written(logTime)] : refused;
}

/** Return the event or entry that a statement shows, and why it cannot be read. */
async function shownIn({ statement, payload, salt }) {
  if (!isSubject(statement.kind, statement.subject))
    return { shown: {}, payloadFault: PAYLOAD_FAULT };
  if (payload === undefined) return { shown: {}, payloadFault: "" };
  const { value = {}, fault } = await orFault(() => readPayload(statement, payload, salt));
  return { shown: value, payloadFault: fault };
}

/**
 * Return the gravest revocation that reaches a statement; null where it survives them all.
 *
 * A thief can sign with any date, and may hold the log's key too. What a thief cannot do is put a
 * statement under a checkpoint that the office holds already.
 */
function reaching(revocations, claimed, logTime, places, ties) {
  // The claim alone is the signer's to choose; a log's time is not.
  const since = Math.max(claimed, logTime ?? claimed);
  const reached = revocations.filter((revocation) =>
    revocation.reason === "compromised"
      ? !wasSeenBefore(revocation.checkpoint, places, ties)
      : since >= revocation.at,
  );
  return reached.find(({ reason }) => reason === "compromised") ?? reached[0] ?? null;
}

/** Tell whether a statement stood in the tree that the office saw before the loss. */
function wasSeenBefore(seen, places, ties) {
  if (seen === null) return false;
  const office = treeOf(seen.origin, seen.size, seen.root);
  return places.some(
    ({ checked: { tree }, index }) =>
      index < seen.size && (tree === office || ties.has(tieOf(tree, office))),
  );
}

/** Return statements by their time, grades of one time by their first day; the newest last. */
export function newestLast(statements) {
  const day = ({ entry }) => (entry?.type === "grade" ? entry.validFrom : "");
  // What is equal in that stays in its order, which is that of the log.
  return [...statements].sort((one, other) => {
    return one.time - other.time || (day(one) < day(other) ? -1 : Number(day(one) > day(other)));
  });
}
