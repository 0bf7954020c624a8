// The members that signed texts are made of, each checked as it is read.
//
// A signed text has every member that its kind has, no other, and each in its one spelling.

import { fromBase64url, lengthOf, strip } from "./bytes.js";
import { identifier } from "./identifiers.js";
import { hasExactly, isObject } from "./json.js";
import { readKey } from "./keys.js";
import { PlainName, isHost, named } from "./names.js";
import { readVerifierKey } from "./note.js";
import { Refused, atAsync, demand } from "./refused.js";
import { isDay, readTime } from "./time.js";

const MAX_ISSUER = 2048;
const [MAX_NAMES, MAX_NAME] = [10, 200];
const MAX_CERTIFIED = 400;

/**
 * Return a reader of an object with exactly these members; each has a reader of its own.
 *
 * @param {object} readers the members that are there
 * @param {object} [rare] members that may be absent, and then are read as null
 */
export function shape(readers, rare = {}) {
  return async (value) => {
    const isThere = ([name]) => isObject(value) && Object.hasOwn(value, name);
    const given = Object.entries(rare).filter(isThere);
    const expected = { ...readers, ...Object.fromEntries(given) };
    demand(hasExactly(value, Object.keys(expected)), "fields.unknown");
    const read = Object.fromEntries(Object.keys(rare).map((name) => [name, null]));
    for (const [name, reader] of Object.entries(expected)) {
      read[name] = await atAsync(`/${name}`, () => reader(value[name]));
    }
    return read;
  };
}

/** Return a reader of a list. */
export function many(reader, { least = 0, most = Infinity } = {}) {
  return async (value) => {
    demand(Array.isArray(value), "fields.not_list");
    demand(value.length >= least && value.length <= most, "fields.too_long");
    const read = [];
    for (const [place, item] of value.entries()) {
      read.push(await atAsync(`/${place}`, () => reader(item)));
    }
    return read;
  };
}

/** Return a reader of what may be null. */
export const optional = (reader) => (value) => (value === null ? null : reader(value));

/** Return a reader of one of some words. */
export const oneOf = (...words) => that((value) => words.includes(value), "fields.not_one_of");

/** Return a reader of what a test is true for. */
function that(test, code) {
  return (value) => {
    demand(test(value), code);
    return value;
  };
}

const textThat = (test, code) => that((value) => typeof value === "string" && test(value), code);

export const text = textThat(() => true, "fields.not_text");
export const natural = that(
  (value) => Number.isSafeInteger(value) && value >= 0,
  "fields.not_whole",
);
export const positive = that(
  (value) => Number.isSafeInteger(value) && value > 0,
  "fields.not_whole",
);
export const object = that(isObject, "fields.not_object");
export const time = readTime;
export const day = textThat(isDay, "fields.invalid");
export const host = textThat(isHost, "gs1.host");

/** 32 bytes in hexadecimal: a key's thumbprint, or a Merkle root. */
export const thumbprint = textThat((value) => /^[0-9a-f]{64}$/.test(value), "signing.thumbprint");

/** 16 bytes in hexadecimal: how a revocation names a batch. */
export const batchDigest = textThat(
  (value) => /^[0-9a-f]{32}$/.test(value),
  "signing.batch_digest",
);

export const issuer = textThat(
  (value) => value.length <= MAX_ISSUER && /^https:\/\/[a-z0-9.[\]:-]+(\/[!-~]*)?$/.test(value),
  "signing.issuer",
);

export const gtinPrefix = textThat((value) => /^[0-9]{4,12}$/.test(value), "signing.gtin_prefix");

export const gtin = textThat(
  (value) =>
    [8, 12, 13, 14].includes(value.length) && identifier("01").accepts(value.padStart(14, "0")),
  "gs1.length",
);

/** The beginning of plain names, through a slash. */
export const namePrefix = textThat((value) => {
  if (!value.endsWith("/")) return false;
  try {
    return PlainName.parse(`${value}A`).canonical() === `${value}A`;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}, "signing.name_prefix");

/** The canonical name of a product. */
export const productName = textThat((value) => {
  const name = named(value);
  return name !== null && name.level === "product" && name.canonical() === value;
}, "signing.label_product");

/** Tell whether Python would print a text as it stands: no control, no blank but the plain one. */
const isPrintable = (value) => !/[\p{C}\p{Zl}\p{Zp}\p{Zs}]/u.test(value.replaceAll(" ", ""));

/** A holder's name per language, each on one line. */
export function holderNames(value) {
  demand(isObject(value), "fields.not_object");
  const languages = Object.keys(value);
  const areFew = languages.length > 0 && languages.length <= MAX_NAMES;
  demand(areFew && languages.every((each) => /^[a-z]{2}$/.test(each)), "signing.holder_language");
  for (const name of Object.values(value)) {
    demand(typeof name === "string", "fields.not_text");
    const isLine = isPrintable(name) && strip(name) !== "" && lengthOf(name) <= MAX_NAME;
    demand(isLine && name.normalize("NFC") === name, "signing.holder_name");
  }
  return value;
}

/** Whom a certificate names, or who issued it. */
export const certifiedName = textThat(
  (value) =>
    isPrintable(value) &&
    value !== "" &&
    strip(value) === value &&
    lengthOf(value) <= MAX_CERTIFIED &&
    value.normalize("NFC") === value,
  "certificate.name",
);

/** The serial number of a certificate, in hexadecimal. */
export const certificateSerial = textThat(
  (value) => /^[1-9a-f][0-9a-f]{0,39}$/.test(value),
  "certificate.serial",
);

/** A COSE_Key in base64url. */
export async function coseKey(value) {
  demand(typeof value === "string", "fields.not_text");
  return readKey(fromBase64url(value));
}

/** A note key as it is published. */
export async function verifierKey(value) {
  demand(typeof value === "string", "fields.not_text");
  return readVerifierKey(value);
}
