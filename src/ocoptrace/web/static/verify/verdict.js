// A verdict: checks with their outcomes and facts, and one word that sums them up.

import { DAY, GRACE, civilDate, written } from "./time.js";

/** The words for the whole, worst first. */
const OVERALL = [
  "malformed",
  "altered",
  "revoked",
  "not_entitled",
  "unknown_issuer",
  "unproven",
  "warn",
  "ok_offline",
  "ok",
];

/** What a failing check makes of the whole. */
const IMPLIES = {
  format: "malformed",
  content: "altered",
  signature: "altered",
  proof: "altered",
  revocation: "revoked",
  entitlement: "not_entitled",
  issuer: "unknown_issuer",
  bundle: "unproven",
  about: "unproven",
  logged: "unproven",
  witnessed: "unproven",
  period: "unproven",
  seal: "unproven",
  complete: "altered",
};

/** The checks that must all pass for the word `ok`. */
const OF_EVERY_STATEMENT = new Set([
  "content",
  "issuer",
  "signature",
  "entitlement",
  "revocation",
  "logged",
  "proof",
  "witnessed",
]);

/** How old a trust bundle may be for the verdict `ok`, where nothing else is asked. */
const MAX_BUNDLE_AGE_DAYS = 30;

/**
 * Return one thing that was checked.
 *
 * @param {string} code what was checked (docs/spec/verdict.md)
 * @param {"pass" | "warn" | "fail" | "unknown"} outcome how it came out
 * @param {string} [reason] why, where there is more than one way to this outcome
 * @param {object} [facts] what its words need
 */
export const check = (code, outcome, reason = "", facts = {}) => ({ code, outcome, reason, facts });

function implied({ code, outcome }) {
  if (outcome === "fail") return IMPLIES[code];
  return outcome === "warn" ? "warn" : "ok";
}

/** Return a verdict: its word is the worst that applies, at best the one given. */
export function verdict(about, checks, best = "ok_offline") {
  const words = [best, ...checks.map(implied)];
  const overall = OVERALL.find((word) => words.includes(word));
  return { about, overall, checks };
}

/** Return the verdict on what cannot be read. */
export const malformed = ({ code, place }) =>
  verdict("", [check("format", "fail", "", { place, error: code })]);

/** Return the best word that a verdict with these checks can have. */
export function bestWord(checks, { trust, at, policy = {} }) {
  const days = policy.maxBundleAgeDays ?? MAX_BUNDLE_AGE_DAYS;
  const isFresh = at - trust.issued <= days * DAY;
  const asked = checks.filter(({ code }) => OF_EVERY_STATEMENT.has(code));
  return isFresh && asked.length && asked.every(({ outcome }) => outcome === "pass")
    ? "ok"
    : "ok_offline";
}

/** Return the latest of the device's clock, the bundle's issue and a witnessed time. */
export const effectiveNow = (now, trust, seen) => Math.max(now, trust.issued, seen ?? trust.issued);

/** Return what the trust bundle's age says, and whether the clock is behind. */
export function bundleChecks(now, trust, seen) {
  const at = effectiveNow(now, trust, seen);
  const facts = {
    version: trust.version,
    issued: civilDate(trust.issued),
    expires: civilDate(trust.expires),
  };
  const checks = [];
  if (at - trust.expires >= GRACE) checks.push(check("bundle", "fail", "bundle_too_old", facts));
  else if (at >= trust.expires) checks.push(check("bundle", "warn", "bundle_expired", facts));
  else checks.push(check("bundle", "pass", "", facts));
  if (at > now) {
    checks.push(check("clock", "warn", "clock_behind", { now: written(now), seen: written(at) }));
  }
  return checks;
}

/** Return whether something that is true for a time is over; that only warns. */
export const datedCheck = (code, facts, isOver) =>
  isOver ? check(code, "warn", "expired", facts) : check(code, "pass", "", facts);

/** Return a failure where a plain name stands on a host that is not the bundle's. */
export const namespaceChecks = (name, trust) =>
  name?.isPlain && !trust.namespaces.includes(name.host)
    ? [check("issuer", "fail", "namespace", { host: name.host })]
    : [];
