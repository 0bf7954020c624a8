// What is asked of every statement, summed up over all of them: one check, one line of words.

import { covers } from "./entitlement.js";
import { byCharacter } from "./bytes.js";
import { GOODS, named } from "./names.js";
import { CLOCK_TOLERANCE, civilDate } from "./time.js";
import { check } from "./verdict.js";

const ATTESTED = new Set([...GOODS, "logistic_unit"]);

/** Return the checks of statements, at the time to go by. */
export const statementChecks = (examined, at) => [
  ...conflicts(examined),
  content(examined),
  tally("issuer", examined, (e) => e.signer === null),
  ofKnown("signature", examined, (e) => !e.signatureHolds),
  ...certificateCheck(
    examined.filter((e) => e.signer !== null && e.signatureHolds).map(({ signer }) => signer),
  ),
  ...corrections(examined),
  entitlement(examined),
  ...attestation(examined),
  ofKnown("revocation", examined, (e) => e.revocation !== null),
  tally("logged", examined, (e) => !e.isLogged),
  tally("proof", examined, (e) => e.proofFault !== ""),
  ...witnessed(examined),
  ...dates(examined, at),
];

/** Return whom a CA names as the holder of a key that signed, as its office has noted. */
export function certificateCheck(signers) {
  const noted = signers.filter(({ certificate }) => certificate !== null);
  if (!noted.length) return [];
  const { subject, issuer: ca, serial, checked_at: at } = noted[0].certificate;
  const count = new Set(noted.map(({ key }) => key.thumbprint)).size;
  return [check("certificate", "pass", "named", { count, subject, ca, serial, at: civilDate(at) })];
}

/** Return whether what is shown can be read, and is about what its header says. */
export function formatCheck(examined) {
  const faulty = examined.find((e) => e.contentHolds && e.payloadFault);
  if (!faulty) return check("format", "pass", "", { count: examined.length });
  return check("format", "fail", "payload", { ...saidOf(faulty), error: faulty.payloadFault });
}

/** Return what words say of a statement. */
function saidOf({ statement: { kind, subject, issuer, kid } }) {
  return { kind, subject, issuer, kid };
}

/** Return one check over all statements: it passes if it fails for none. */
function tally(code, examined, fails) {
  const failed = examined.filter(fails);
  if (failed.length) return found(code, "fail", failed, examined.length);
  return check(code, examined.length ? "pass" : "unknown", "", { count: examined.length });
}

/** Return one check over the statements whose keys are known; of others nothing can be said. */
function ofKnown(code, examined, fails) {
  const unjudged = examined.filter((e) => e.signer === null).length;
  const tallied = tally(code, examined, (e) => e.signer !== null && fails(e));
  if (tallied.outcome !== "pass" || !unjudged) return tallied;
  return check(code, "unknown", "no_key", { count: examined.length, unjudged });
}

/** Return a check that names the first of the statements that it is about, and lists all. */
function found(code, outcome, failed, count) {
  const [first] = failed;
  const statements = failed.map(({ statement }) => statement.id).join(" ");
  const facts = { count, failed: failed.length, ...saidOf(first), statements };
  let reason = "";
  if (code === "entitlement") [reason, facts.what] = first.refused;
  if (code === "revocation") {
    Object.assign(facts, { reason: first.revocation.reason, at: civilDate(first.revocation.at) });
  }
  return check(code, outcome, reason, facts);
}

function content(examined) {
  if (examined.length && examined.every((e) => e.isWithheld)) {
    return check("content", "unknown", "withheld", { count: examined.length });
  }
  return tally("content", examined, (e) => !e.contentHolds);
}

// Whose event it is, and its eventID.
const identity = ({ statement }) => `${statement.issuer} ${statement.subject}`;
const isCorrection = (e) => e.step !== null && e.step.isCorrection;
const isOriginal = (e) => e.statement.kind === "event" && !isCorrection(e);

function entitlement(examined) {
  const judged = ofKnown("entitlement", examined, (e) => e.refused !== null);
  if (judged.outcome !== "pass") return judged;
  const count = examined.length;
  const withheld = examined.filter((e) => e.hidesWhatItCreates).length;
  if (withheld) return check("entitlement", "unknown", "withheld", { count, withheld });
  const originals = new Set(examined.filter(isOriginal).map(({ statement }) => statement.subject));
  const lone = examined.filter((e) => isCorrection(e) && !originals.has(e.statement.subject));
  if (!lone.length) return judged;
  const { subject: what, issuer } = lone[0].statement;
  return check("entitlement", "unknown", "original_missing", { count: lone.length, what, issuer });
}

/** Fail where an issuer tells two stories under one eventID, and neither corrects the other. */
function conflicts(examined) {
  const first = new Map();
  for (const e of examined) {
    if (e.step === null || e.step.isCorrection) continue;
    const { payload, statement } = e.recorded;
    const known = first.get(identity(e)) ?? payload;
    first.set(identity(e), known);
    if (known !== payload) {
      const facts = { what: statement.subject, issuer: statement.issuer };
      return [check("content", "fail", "event_id_conflict", facts)];
    }
  }
  return [];
}

/** Fail where someone else than who stated an event declares it wrong. */
function corrections(examined) {
  const issuers = new Map();
  for (const e of examined.filter((each) => each.step !== null && !each.step.isCorrection)) {
    const { subject, issuer } = e.statement;
    issuers.set(subject, (issuers.get(subject) ?? new Set()).add(issuer));
  }
  for (const e of examined.filter(isCorrection)) {
    const { subject: what, issuer } = e.statement;
    if (issuers.has(what) && !issuers.get(what).has(issuer)) {
      return [check("entitlement", "fail", "not_original_issuer", { what, issuer })];
    }
  }
  return [];
}

/** Tell where events and evidence speak of goods that their signers have no grant for. */
function attestation(examined) {
  const items = new Set();
  const issuers = [];
  for (const e of examined.filter((each) => each.isSound)) {
    const others = ofOthers(e);
    if (others.length) issuers.push(e.statement.issuer);
    for (const each of others) items.add(each);
  }
  if (!issuers.length) return [];
  const sorted = [...items].sort(byCharacter);
  const facts = {
    count: issuers.length,
    first: sorted[0],
    items: sorted.join(" "),
    issuers: [...new Set(issuers)].sort().join(", "),
  };
  return [check("attestation", "pass", "attested_by_other", facts)];
}

function ofOthers({ step, entry, signer }) {
  if (signer === null) return [];
  let spokenOf = [];
  if (step !== null) {
    const created = new Set(step.created);
    spokenOf = step.mentioned.filter((name) => !created.has(name));
  } else if (entry?.type === "evidence") spokenOf = entry.about;
  return spokenOf.filter((text) => {
    const name = named(text);
    const isGoods = name !== null && ATTESTED.has(name.level);
    return isGoods && !signer.grants.some((grant) => covers(grant, name));
  });
}

/** Tell of each statement whether a quorum has seen it; what is worst comes first. */
function witnessed(examined) {
  const count = examined.length;
  const unseen = examined.filter((e) => !e.isWitnessed);
  if (!unseen.length) return [check("witnessed", count ? "pass" : "unknown", "", { count })];
  // Where no log asks for witnesses, nothing failed; how much that is worth is another matter.
  const asksForNone = (e) => e.isLogged && !e.logs.some(({ quorum }) => quorum);
  const checks = [];
  const short = unseen.filter((e) => !asksForNone(e));
  if (short.length) checks.push(found("witnessed", "fail", short, count));
  const ownLogs = (e) => e.logs.filter(({ operator }) => operator === e.statement.issuer);
  const unasked = unseen.filter(asksForNone);
  const byItself = unasked.filter((e) => ownLogs(e).length);
  const byOthers = unasked.filter((e) => !ownLogs(e).length);
  if (byItself.length) {
    checks.push(withoutWitness("warn", "log_self_operated", byItself, ownLogs, count));
  }
  if (byOthers.length) {
    checks.push(withoutWitness("unknown", "no_witness", byOthers, (e) => e.logs, count));
  }
  return checks;
}

function withoutWitness(outcome, reason, statements, logsOf, count) {
  const origins = new Set(statements.map((e) => logsOf(e)[0].origin));
  return check("witnessed", outcome, reason, {
    count,
    failed: statements.length,
    origin: [...origins].sort(byCharacter).join(", "),
    statements: statements.map(({ statement }) => statement.id).join(" "),
  });
}

/** Return the latest time that a statement claims: its own, or that of its event. */
const claimed = ({ statement, step }) =>
  step === null ? statement.issuedAt : Math.max(statement.issuedAt, step.when);

/** Warn where a statement claims to be younger than the log that holds it, or than now. */
function dates(examined, at) {
  const ahead = examined.filter(
    (e) => claimed(e) - Math.min(e.logTime ?? at, at) > CLOCK_TOLERANCE,
  );
  if (!ahead.length) return [];
  const facts = { ...saidOf(ahead[0]), count: ahead.length, claimed: civilDate(claimed(ahead[0])) };
  return [check("clock", "warn", "dated_ahead", facts)];
}
