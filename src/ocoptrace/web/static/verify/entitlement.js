// Entitlement: may this key state this, about these names, at this time?

import { GOODS, named } from "./names.js";
import { AUTHORITY_KINDS } from "./statement.js";
import { written } from "./time.js";

/** Keys that begin with a GTIN-14; an ITIP (8006) has the piece's number behind it. */
const GTIN_KEYS = ["01", "8006"];

/** Keys with an indicator, extension or filler digit before the company prefix. */
const PREFIX_AT_SECOND = [...GTIN_KEYS, "00", "8003"];

const GTIN8_PADDING = "000000";
const STRICTNESS = ["none", "batch", "item"];

/**
 * Return why a key may not state this, as [reason, name or word]; null if it may.
 *
 * @param {object} entry the key, as the trust bundle has it
 * @param {string} kind what is stated, or `seal`
 * @param {string[]} names canonical names that the statement creates; of a grade, its product
 * @param {{issuer: string, at: number}} said the `iss`, and when it was stated; for a seal, when it
 *   is looked at
 */
export function refusal(entry, kind, names, { issuer, at }) {
  if (issuer !== entry.issuer) return ["issuer", issuer];
  const until = kind === "seal" ? entry.sealUntil : entry.signUntil;
  if (!(entry.signFrom <= at && at < until)) return ["period", written(at)];
  if (!roleAllows(entry.role, kind)) return ["role", kind];
  // An authority may say all that is an authority's, but grade the products of its grants alone.
  const isBound = entry.role === "producer" || (entry.grants.length > 0 && kind === "grade");
  return isBound ? grantsRefusal(entry.grants, kind, names, at) : null;
}

function roleAllows(role, kind) {
  if (role === "authority") return AUTHORITY_KINDS.has(kind);
  if (role === "log") return kind === "policy";
  return !AUTHORITY_KINDS.has(kind) && kind !== "policy" && kind !== "root";
}

function grantsRefusal(grants, kind, names, at) {
  const ofKind = grants.filter((grant) => grant.kinds.includes(kind));
  if (!ofKind.length) return ["kind", kind];
  const current = ofKind.filter(({ from, until }) => from <= at && (kind === "seal" || at < until));
  if (!current.length) return ["period", written(at)];
  const foreign = names.find((name) => !isCovered(name, current));
  return foreign === undefined ? null : ["name", foreign];
}

function isCovered(text, grants) {
  const name = named(text);
  // Nobody is granted what is neither a GS1 nor a plain name.
  return name !== null && grants.some((grant) => covers(grant, name));
}

/** Tell whether a grant's prefixes and GTINs cover a name. */
export function covers(grant, name) {
  if (name.isPlain) return grant.namePrefixes.some((prefix) => name.canonical().startsWith(prefix));
  const [code, value] = name.key;
  if (GTIN_KEYS.includes(code)) {
    if (grant.gtins.some((gtin) => gtin.padStart(14, "0") === value.slice(0, 14))) return true;
    if (value.startsWith(GTIN8_PADDING)) return false;
  }
  const start = PREFIX_AT_SECOND.includes(code) ? 1 : 0;
  return grant.gtinPrefixes.some((prefix) => value.startsWith(prefix, start));
}

/** Return the strictest duty to seal a product's labels that has begun on a day; or undefined. */
export function labelDuty(entries, name, day) {
  if (!GOODS.has(name.level)) return undefined;
  const product = name.product().canonical();
  const begun = entries
    .flatMap((entry) => entry.grants)
    .flatMap((grant) => grant.labels)
    .filter((duty) => duty.product === product && duty.since <= day && duty.due !== "none");
  const weight = (duty) => STRICTNESS.indexOf(duty.due);
  return begun.reduce(
    (most, duty) => (most && weight(most) >= weight(duty) ? most : duty),
    undefined,
  );
}
