// Is a record about what it says it is about, about nothing else, and is it all there is?

import { isObject, readCanonical } from "./json.js";
import { newestLast } from "./examination.js";
import { goods, scope, withOtherNames } from "./lineage.js";
import { goodsOf } from "./names.js";
import { listOf } from "./record.js";
import { civilDate } from "./time.js";
import { check, datedCheck } from "./verdict.js";

/** Return the canonical name of the batch of goods, or of the product; undefined of all else. */
const batchName = (about) => goodsOf(about).at(-1);

/** Tell whether a statement says what a batch is; that serials were issued says it not. */
const statesBatch = ({ statement, entry }, batch) =>
  statement.kind === "batch" && statement.subject === batch && entry?.type !== "issuance";

/** Return the pairs of names that statements which hold say are one product's. */
const aliasesIn = (examined) =>
  examined.filter((e) => e.entry?.type === "alias" && e.isSound).map(({ entry }) => entry.names);

/** Return who states a batch, by signatures that hold. */
const ownersIn = (examined, batch) =>
  new Set(
    examined
      .filter((e) => e.signatureHolds && statesBatch(e, batch))
      .map(({ statement }) => statement.issuer),
  );

/** Return whether what is shown is about the record's subject, and about nothing else. */
export function aboutCheck(record, examined) {
  const { about } = record;
  const batch = batchName(about);
  if (batch === undefined) return check("about", "fail", "not_a_name", { about });
  const stated = examined.filter((e) => statesBatch(e, batch));
  const events = examined.filter(({ statement }) => statement.kind === "event");
  const { unrelated, belonging } = toldApart(about, examined);
  const ids = new Set(examined.map(({ statement }) => statement.id));
  const missing = new Set(belonging.flatMap(({ basedOn }) => basedOn).filter((id) => !ids.has(id)));
  const withheld = events.filter((e) => e.isWithheld).length;
  const facts = {
    about,
    batch,
    events: events.length - unrelated.filter(({ step }) => step !== null).length,
    withheld,
    missing: missing.size,
  };
  if (stated.every((e) => e.isWithheld)) return check("about", "fail", "nothing_signed", facts);
  if (unrelated.length) {
    const { kind, subject } = unrelated[0].statement;
    return check("about", "fail", "unrelated", {
      ...facts,
      kind,
      subject,
      failed: unrelated.length,
    });
  }
  if (!events.length) return check("about", "warn", "no_events", facts);
  if (withheld || missing.size) return check("about", "warn", "lineage_incomplete", facts);
  const owners = ownersIn(examined, batch);
  const isNamed = examined.some(
    ({ statement }) => statement.subject === about && owners.has(statement.issuer),
  );
  // Nobody signs the record's own members unless its list of statements is there.
  if (about === batch || isNamed) return check("about", "pass", "", facts);
  return check("about", "warn", "item_not_named", facts);
}

/** Return the statements that have nothing to do with a name, and the events that do. */
function toldApart(about, examined) {
  const steps = examined.map(({ step }) => step).filter((step) => step !== null);
  const names = scope(about, steps);
  const belonging = steps.filter((step) => step.belongs(names));
  // What leads to what may stand in an event that is withheld: then nothing is foreign.
  if (examined.some((e) => e.statement.kind === "event" && e.step === null)) {
    return { unrelated: [], belonging };
  }
  const ofGoods = withOtherNames(goods(names), aliasesIn(examined));
  // Who names a place in an event says what it is; what others say of it concerns no one.
  const places = new Set(
    belonging.flatMap(({ issuer, places: at }) => at.map((id) => `${issuer} ${id}`)),
  );
  const known = new Set([
    ...names,
    ...ofGoods,
    ...belonging.flatMap(({ places: at, event }) => [...at, event.eventID]),
  ]);
  const issuers = new Set(examined.map(({ statement }) => statement.issuer));
  const isForeign = ({ statement: { kind, subject, issuer }, step, entry }) => {
    if (entry?.type === "place") return !places.has(`${issuer} ${entry.id}`);
    if (entry?.type === "producer")
      return !issuers.has(`https://${hostOf(issuer)}/ocop/${entry.id}`);
    if (entry?.type === "alias") return !entry.names.some((name) => ofGoods.has(name));
    if (entry?.type === "evidence") return !entry.about.some((name) => known.has(name));
    if (step !== null) return !step.belongs(names);
    return ["product", "grade", "batch"].includes(kind) && !ofGoods.has(subject);
  };
  return { unrelated: examined.filter(isForeign), belonging };
}

/** Return the host of an issuer (RFC 3986, 3.2); a stranger's may hold anything. */
const hostOf = (issuer) => /^(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/([^/?#]*)/.exec(issuer)?.[1] ?? "";

/** Return whether the owner of the batch states that this is all there is. */
export function completeCheck(record, examined) {
  const batch = batchName(record.about);
  if (batch === undefined) return check("complete", "unknown", "", { count: examined.length });
  const listed = examined.filter(({ statement }) => statement.kind !== "record");
  const facts = { count: listed.length };
  const lists = examined.filter((e) => e.statement.kind === "record" && !e.isWithheld);
  if (lists.some(({ statement }) => statement.subject !== record.about)) {
    return check("complete", "fail", "", facts);
  }
  // What anyone else states of it proves nothing, and changes nothing.
  const owners = ownersIn(examined, batch);
  const stated = lists.filter(({ statement }) => owners.has(statement.issuer));
  if (!stated.length) return check("complete", "unknown", "", facts);
  const ids = listed.map(({ statement }) => statement.id);
  const isList = listOf(record.about, record.bundle, ids);
  const highest = highestIn(record, listed);
  for (const e of newestLast(stated).reverse()) {
    if (e.payloadFault) continue;
    const said = readCanonical(e.recorded.payload);
    const size = isObject(said) ? said.size : undefined;
    if (!Number.isSafeInteger(size)) continue;
    if (isList(e.recorded.payload, size) && isSize(size, e, record, highest)) {
      return check("complete", "pass", "", { ...facts, size, at: civilDate(e.time) });
    }
  }
  return check("complete", "fail", "", facts);
}

/** Return the highest index that listed statements have in each log. */
function highestIn(record, listed) {
  const highest = new Map();
  for (const { checkpoint, index } of listed.flatMap(({ recorded }) => recorded.proofs)) {
    const { origin } = record.checkpoints[checkpoint];
    highest.set(origin, Math.max(index, highest.get(origin) ?? 0));
  }
  return highest;
}

/** Tell whether a log can have had this size: all that is listed is in it, the list is not. */
function isSize(size, { recorded: { proofs } }, record, highest) {
  const fits = ({ checkpoint, index }) =>
    (highest.get(record.checkpoints[checkpoint].origin) ?? -1) < size && size <= index;
  return size >= 0 && (proofs.length === 0 || proofs.some(fits));
}

/** Return what is true only for a time: the grade, the shelf life. */
export function datedFacts(record, examined, today) {
  const batch = batchName(record.about);
  // Where it is no name of goods, the check of the subject has said so.
  if (batch === undefined) return [];
  const [own] = goodsOf(batch);
  const names = withOtherNames([own], aliasesIn(examined));
  // What is stated of the goods by their own name goes before what an alias brings in.
  const ofOwn = soundNewestLast(examined, "grade", new Set([own]));
  const grades = ofOwn.length ? ofOwn : soundNewestLast(examined, "grade", names);
  const newest = soundNewestLast(examined, "batch", new Set([batch])).at(-1);
  const checks = grades.length ? [gradeCheck(grades, own, today)] : [];
  if (newest?.expiryDate) {
    const facts = { until: newest.expiryDate };
    checks.push(datedCheck("shelf_life", facts, today > newest.expiryDate));
  }
  return checks;
}

/** Return what sound statements show of some subjects, the newest last. */
function soundNewestLast(examined, kind, subjects) {
  return newestLast(examined)
    .filter((e) => e.isSound && e.statement.kind === kind && subjects.has(e.statement.subject))
    .filter(({ entry }) => entry?.type === kind)
    .map(({ entry }) => entry);
}

function gradeCheck(grades, own, today) {
  const current = grades.filter(({ validFrom, validTo }) => validFrom <= today && today <= validTo);
  const latest = grades.reduce((most, each) => (each.validTo > most.validTo ? each : most));
  const grade = current.at(-1) ?? latest;
  const facts = { stars: grade.stars, decision: grade.decisionNo, until: grade.validTo };
  if (current.length && grade.product !== own) {
    return check("grade", "warn", "graded_as", { ...facts, name: grade.product });
  }
  return datedCheck("grade", facts, !current.length);
}
