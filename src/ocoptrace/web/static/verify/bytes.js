// Bytes and their spellings. Each value has one; another one of the same bytes is refused.

import { demand } from "./refused.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Return the UTF-8 of a text that has one: no half of a character. */
export const utf8 = (text) => encoder.encode(text);

/** Return the text of UTF-8 bytes. Throws where they are none. */
export const fromUtf8 = (bytes) => decoder.decode(bytes);

/** Tell whether a text has bytes: JSON can escape half a character. */
export const isUnicode = (text) => !/\p{Surrogate}/u.test(text);

/** Return the number of Unicode characters of a text, which is what limits count. */
export const lengthOf = (text) => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export const equal = (one, other) =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Return the SHA-256 of some bytes, one part after the other. */
export async function sha256(...parts) {
  const bytes = parts.length === 1 ? parts[0] : concat(...parts);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Return bytes in lower-case hexadecimal. */
export function hex(bytes) {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** Return the bytes of lower-case hexadecimal that was checked to be that. */
export const fromHex = (text) =>
  Uint8Array.from({ length: text.length / 2 }, (_, at) =>
    parseInt(text.slice(2 * at, 2 * at + 2), 16),
  );

/** Return bytes as a whole number, the highest byte first. */
export const toNumber = (bytes) => (bytes.length ? BigInt(`0x${hex(bytes)}`) : 0n);

/** Return bytes in base64 with padding (RFC 4648 §4). */
export function base64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Return the bytes of base64 in its one spelling. */
export function fromBase64(text, code = "signing.not_base64") {
  let binary;
  try {
    binary = atob(text);
  } catch {
    binary = null;
  }
  demand(binary !== null, code);
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  demand(base64(bytes) === text, code);
  return bytes;
}

/** Return bytes in base64url without padding (RFC 4648 §5). */
export const base64url = (bytes) =>
  base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** Return the bytes of base64url without padding, in its one spelling. */
export function fromBase64url(text) {
  const code = "signing.not_base64url";
  demand(!/[^A-Za-z0-9_-]/.test(text), code);
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  return fromBase64(standard + "=".repeat((4 - (text.length % 4)) % 4), code);
}

/** Order two texts by their Unicode characters, as UTF-8 does and UTF-16 does not. */
export function byCharacter(one, other) {
  if (one === other) return 0;
  const [a, b] = [[...one], [...other]];
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const difference = a[at].codePointAt(0) - b[at].codePointAt(0);
    if (difference) return difference;
  }
  return a.length - b.length;
}

/** Unicode's White_Space, for a class of a regular expression: \s is another set. */
export const WHITE_SPACE =
  "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const ANY_BLANK = new RegExp(`[${WHITE_SPACE}\\x1c-\\x1f]`);

/** Tell whether a text has a blank anywhere, one of Python's `str.isspace`. */
export const hasBlank = (text) => ANY_BLANK.test(text);

/** Return a text without blanks at its ends, those of Python's `str.strip`. */
export function strip(text) {
  // By hand: a regular expression would look at every run of blanks from each of its places.
  let [start, end] = [0, text.length];
  while (start < end && hasBlank(text[start])) start += 1;
  while (start < end && hasBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}
