// Is a label's text sealed by who may seal it?

import { batchDigest } from "./bundle.js";
import { certificateCheck } from "./checks.js";
import { labelDuty, refusal } from "./entitlement.js";
import { GOODS, parseName } from "./names.js";
import { isSealedBy, readSeal } from "./seal.js";
import { civilDate, isDay } from "./time.js";
import {
  bundleChecks,
  check,
  datedCheck,
  effectiveNow,
  namespaceChecks,
  verdict,
} from "./verdict.js";

/** AIs of the best-before and of the expiry date. */
const SHELF_DATES = ["15", "17"];

/** Return the name on a label, a GTIN in any of its lengths, and the seal behind it, if any. */
export function readLabel(text) {
  const name = parseName(text, { shortGtin: true });
  return { name, seal: name.fragment ? readSeal(name.fragment) : null };
}

/** Return the verdict on a label that could be read. */
export async function verdictOnLabel({ name, seal }, trust, now) {
  const about = name.canonical();
  const at = effectiveNow(now, trust, null);
  const checks = [check("format", "pass", "", { about }), ...bundleChecks(now, trust, null)];
  const strangeHost = namespaceChecks(name, trust);
  if (strangeHost.length) return verdict(about, [...checks, ...strangeHost]);
  const day = civilDate(at);
  if (seal === null) {
    checks.push(check("seal", "fail", "absent", { about }));
    const duty = labelDuty(trust.keys, name, day);
    if (duty) checks.push(check("level", "warn", "seal_missing", { since: duty.since }));
  } else {
    checks.push(...(await sealChecks(name, seal, trust, at)));
  }
  if (name.other.length) {
    const names = name.other.map(([parameter]) => parameter).join(", ");
    checks.push(check("parameters", "warn", "unsigned_parameter", { names }));
  }
  return verdict(about, checks);
}

async function sealChecks(name, seal, trust, at) {
  const hint = { hint: seal.hint };
  const candidates = trust.byHint(seal.hint);
  if (!candidates.length) return [check("issuer", "fail", "no_key", hint)];
  const entry = await signerOf(name, seal, candidates);
  if (entry === null) return [check("signature", "fail", "forged_seal", hint)];
  const day = civilDate(at);
  return [
    check("issuer", "pass", "known", { issuer: entry.issuer, name: holderOf(entry) }),
    check("signature", "pass", "seal", hint),
    ...certificateCheck([entry]),
    entitlement(name, entry, at),
    await revocation(name, entry, trust),
    level(name, trust, day),
    // A day that nobody signed is not told: on a forged label it is the forger's.
    ...shelfLife(name, seal, day),
  ];
}

async function signerOf(name, seal, candidates) {
  const form = name.canonicalWithAttributes();
  for (const entry of candidates) {
    if (await isSealedBy(seal, entry.key, form)) return entry;
  }
  return null;
}

const holderOf = (entry) => (Object.hasOwn(entry.name, "vi") ? entry.name.vi : entry.issuer);

function entitlement(name, entry, at) {
  const about = name.canonical();
  const refused = refusal(entry, "seal", [about], { issuer: entry.issuer, at });
  const facts = { name: holderOf(entry), about };
  if (refused === null) return check("entitlement", "pass", "seal", facts);
  const [why, what] = refused;
  if (why === "period") return check("period", "fail", "", facts);
  return check("entitlement", "fail", why, { ...facts, what });
}

/** Return whether the key was lost; what was superseded or has ceased, sealed while it could. */
async function revocation(name, entry, trust) {
  const losses = trust.revocationsOf(entry).filter(({ reason }) => reason === "compromised");
  if (!losses.length) return check("revocation", "pass", "seal");
  const facts = { at: civilDate(Math.min(...losses.map(({ at }) => at))) };
  const batch = GOODS.has(name.level) ? name.batch() : null;
  const digest = batch === null ? "" : await batchDigest(batch.canonical());
  if (losses.every(({ batches }) => batches.includes(digest))) {
    return check("revocation", "warn", "seal_key_lost_batch_known", facts);
  }
  return check("revocation", "fail", "seal_revoked", facts);
}

function level(name, trust, day) {
  if (name.serial !== null) return check("level", "pass", "item", { serial: name.serial });
  const isMissed = labelDuty(trust.keys, name, day)?.due === "item";
  return check("level", isMissed ? "warn" : "pass", "seal_batch_level", { lot: name.lot ?? "" });
}

/** Return what the earliest of the days says: the seal's own, and those in the signed link. */
function shelfLife(name, seal, day) {
  const days = seal.shelfDate === null ? [] : [seal.shelfDate];
  for (const [code, value] of name.attributes) {
    if (SHELF_DATES.includes(code)) days.push(...dayOf(value, Number(day.slice(0, 4))));
  }
  if (!days.length) return [];
  const until = days.sort()[0];
  return [datedCheck("shelf_life", { until }, day > until)];
}

/**
 * Return the day that YYMMDD means when it is read in a year; none where that year has no such day.
 *
 * Meant is the year nearest to it, from 49 years before to 50 after; a day 00 is the month's last.
 */
function dayOf(value, reference) {
  let year = Number(value.slice(0, 2)) + reference - (reference % 100);
  if (year - reference > 50) year -= 100;
  else if (year - reference <= -50) year += 100;
  const month = value.slice(2, 4);
  const digits = value.slice(4);
  const last = ["31", "30", "29", "28"].find((each) => isDay(`${year}-${month}-${each}`));
  const found = `${year}-${month}-${digits === "00" ? last : digits}`;
  return isDay(found) ? [found] : [];
}
