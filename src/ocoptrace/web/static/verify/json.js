// JSON in its one spelling (RFC 8785): read by writing it again, and comparing.
//
// So no member stands twice, no number has a digit that a double does not keep, and two readers
// never see two values in one text.

import { isUnicode, lengthOf } from "./bytes.js";
import { Refused, demand } from "./refused.js";

const MAX_DEPTH = 32;
const SIGNIFICANT_DIGITS = 15;

/** Return the RFC 8785 text of a JSON value, nested no deeper than 32. */
export const write = (value) => written(value, MAX_DEPTH);

function written(value, depth) {
  demand(depth >= 0, "json.too_deep");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return number(value);
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map((item) => written(item, depth - 1)).join(",")}]`;
  // UTF-16 order, which is that of JavaScript's own sort.
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${quoted(name)}:${written(value[name], depth - 1)}`).join(",")}}`;
}

function quoted(text) {
  demand(isUnicode(text), "json.not_unicode");
  return JSON.stringify(text);
}

function number(value) {
  const text = String(value);
  if (/^-?[0-9]+$/.test(text)) {
    demand(Number.isSafeInteger(value), "json.inexact_number");
    return text;
  }
  const digits = text
    .replace(/e.*/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+|0+$/g, "");
  demand(digits.length <= SIGNIFICANT_DIGITS, "json.inexact_number");
  return text;
}

/**
 * Return the value of JSON text in its one spelling.
 *
 * @param {string} text
 * @param {number} [limit] most characters
 */
export function readCanonical(text, limit = 16 * 2 ** 20) {
  demand(text.length <= limit || lengthOf(text) <= limit, "json.too_large");
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Refused("json.syntax", { facts: { reason: error.message } });
  }
  demand(write(value) === text, "json.not_canonical");
  return value;
}

/** Tell whether a JSON value is an object: neither null nor a list. */
export const isObject = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Tell whether an object has exactly these members. */
export const hasExactly = (value, names) =>
  isObject(value) &&
  Object.keys(value).length === names.length &&
  names.every((name) => Object.hasOwn(value, name));

/** Tell whether two JSON values are the same. */
export const same = (one, other) => write(one) === write(other);
