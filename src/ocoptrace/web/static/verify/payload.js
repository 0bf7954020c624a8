// What a payload has to be, so that it may stand under its statement's header.
//
// Entitlement is judged by the header, and people read the payload: both must speak of the same.

import { base64url, equal, fromHex, strip } from "./bytes.js";
import { readBundleText, readKeyText, readRevocationText } from "./bundle.js";
import { readEvent } from "./event.js";
import { hasExactly, isObject, readCanonical } from "./json.js";
import { GOODS, named } from "./names.js";
import { demand } from "./refused.js";
import { readEntry } from "./registry.js";
import { readRootText } from "./root.js";
import { PUBLIC_SALT } from "./signed_file.js";
import { KINDS } from "./statement.js";

export const PAYLOAD_FAULT = "verdict.format.payload";

const THUMBPRINT_URI = "urn:ietf:params:oauth:ckt:sha-256:";
const PRODUCT = new Set(["product"]);
const LEVELS = {
  product: PRODUCT,
  grade: PRODUCT,
  alias: PRODUCT,
  batch: new Set(["batch"]),
  record: GOODS,
};

/** Tell whether only the payload says which names a statement creates, or all of them. */
export const createsWhatItShows = (kind) => ["event", "alias", "place"].includes(kind);

/** Tell whether a statement of a kind may be about this: a name in its one form, or no name. */
export function isSubject(kind, subject) {
  const levels = LEVELS[kind];
  if (levels === undefined) return true;
  const name = named(subject);
  if (name === null || !levels.has(name.level) || name.canonical() !== subject) return false;
  return kind !== "alias" || name.isPlain;
}

const agree = (holds) => demand(holds, PAYLOAD_FAULT);

/** Kinds whose payload is a text that the trust bundle's own reader checks. */
const TEXTS = {
  async key({ subject }, payload) {
    const { key } = await readKeyText(payload);
    agree(key.thumbprintUri === subject);
  },
  async revocation({ subject }, payload) {
    const { key } = await readRevocationText(payload);
    agree(subject === THUMBPRINT_URI + base64url(fromHex(key)));
  },
  async root({ subject }, payload, salt) {
    const { version } = await readRootText(payload);
    agree(equal(salt, PUBLIC_SALT) && subject === `root:${version}`);
  },
  async bundle({ subject }, payload, salt) {
    const { version } = await readBundleText(payload);
    agree(equal(salt, PUBLIC_SALT) && subject === `bundle:${version}`);
  },
};

/**
 * Return what a payload states: `{step}` of an event, `{entry}` of the registry, or neither.
 *
 * Refused where it is not RFC 8785, not well formed for its kind, or about something else than
 * its header says.
 */
export async function readPayload(statement, payload, salt) {
  const { kind, subject, issuer } = statement;
  if (Object.hasOwn(TEXTS, kind)) {
    await TEXTS[kind](statement, payload, salt);
    return {};
  }
  const value = readCanonical(payload);
  if (kind === "event") {
    agree(isObject(value) && value.eventID === subject);
    return { step: readEvent(value, issuer) };
  }
  if (kind === "policy") checkPolicy(value, subject);
  if (kind === "policy" || kind === "record") return {};
  agree(isAsRead(value));
  const entry = readEntry(value);
  // What is stated of a batch is the batch itself, or that serials were issued for it.
  const states = entry.type === "issuance" ? "batch" : entry.type;
  demand(states === kind, "registry.entry_type");
  const own = kind === "grade" ? entry.product : entry.id;
  agree(kind === "place" || kind === "producer" || own === subject);
  return { entry };
}

function checkPolicy(value, subject) {
  agree(hasExactly(value, ["accepts", "origin"]) && value.origin === subject);
  const { accepts } = value;
  agree(Array.isArray(accepts) && accepts.every((kind) => KINDS.includes(kind)));
  agree(new Set(accepts).size === accepts.length);
}

/** Tell whether a reader of registry entries takes every text in a value as it stands. */
function isAsRead(value) {
  if (typeof value === "string") return value === strip(value.normalize("NFC"));
  if (Array.isArray(value)) return value.every(isAsRead);
  return !isObject(value) || Object.values(value).every(isAsRead);
}
