// Ed25519 (RFC 8032 §5.1): which keys are sound, and verification where WebCrypto has none.
//
// Verifying needs no secret, so nothing here has to take the same time for every input.

import { concat, equal, toNumber } from "./bytes.js";

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (number) => ((number % P) + P) % P;

function power(base, exponent) {
  let [result, factor] = [1n, mod(base)];
  for (let rest = exponent; rest; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % P;
    factor = (factor * factor) % P;
  }
  return result;
}

const inverse = (number) => power(number, P - 2n);
const D = mod(-121665n * inverse(121666n));
const ROOT_OF_MINUS_1 = power(2n, (P - 1n) / 4n);

// A point is [X, Y, Z, T]: x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 §5.1.4).

const NEUTRAL = [0n, 1n, 1n, 0n];

function sum([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = ((y1 - x1) * (y2 - x2)) % P;
  const b = ((y1 + x1) * (y2 + x2)) % P;
  const c = (2n * D * ((t1 * t2) % P)) % P;
  const d = (2n * z1 * z2) % P;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
}

function doubled([x, y, z]) {
  const [a, b, c] = [(x * x) % P, (y * y) % P, (2n * z * z) % P];
  const h = a + b;
  const e = h - (((x + y) * (x + y)) % P);
  const g = a - b;
  const f = c + g;
  return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
}

const negative = ([x, y, z, t]) => [-x, y, z, -t];

function isNeutral([x, y, z]) {
  return mod(x) === 0n && mod(y) === mod(z);
}

/** Return the number of bytes whose lowest comes first. */
const littleEndian = (bytes) => toNumber(Uint8Array.from(bytes).reverse());

function bytesOf(number) {
  const digits = number.toString(16).padStart(64, "0");
  return Uint8Array.from({ length: 32 }, (_, at) =>
    parseInt(digits.slice(62 - 2 * at, 64 - 2 * at), 16),
  );
}

/** Return the point of 32 bytes in its one encoding; null where there is none (§5.1.3). */
function pointOf(bytes) {
  const number = littleEndian(bytes);
  const [y, sign] = [number & (2n ** 255n - 1n), number >> 255n];
  if (bytes.length !== 32 || y >= P) return null;
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  const candidate = power(square, (P + 3n) / 8n);
  const roots = [candidate, (candidate * ROOT_OF_MINUS_1) % P];
  const root = roots.find((each) => (each * each) % P === square);
  if (root === undefined || (root === 0n && sign)) return null;
  const x = (root & 1n) === sign ? root : P - root;
  return [x, y, 1n, (x * y) % P];
}

function encoded([x, y, z]) {
  const inverted = inverse(z);
  const [plainX, plainY] = [mod(x * inverted), mod(y * inverted)];
  return bytesOf(plainY | ((plainX & 1n) << 255n));
}

const BASE = pointOf(bytesOf(mod(4n * inverse(5n))));

/**
 * Tell whether 32 bytes are a point in its one encoding, and of no small order.
 *
 * Under a point of small order one signature holds for many messages.
 */
export function isSound(bytes) {
  const point = pointOf(bytes);
  return point !== null && !isNeutral(doubled(doubled(doubled(point))));
}

/** Return the sum of two points, each so many times. */
function combined(times, point, otherTimes, other) {
  const both = sum(point, other);
  let found = NEUTRAL;
  for (let bit = 255n; bit >= 0n; bit--) {
    found = doubled(found);
    const [one, two] = [(times >> bit) & 1n, (otherTimes >> bit) & 1n];
    if (one && two) found = sum(found, both);
    else if (one) found = sum(found, point);
    else if (two) found = sum(found, other);
  }
  return found;
}

/**
 * Tell whether 64 bytes are a key's signature over a message (§5.1.7, without the cofactor).
 *
 * @param {Uint8Array} key 32 bytes that are sound
 * @param {Uint8Array} signature R and S
 * @param {Uint8Array} message
 */
export async function verifies(key, signature, message) {
  const point = pointOf(key);
  const [r, s] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))];
  if (point === null || signature.length !== 64 || s >= ORDER) return false;
  const digest = await crypto.subtle.digest("SHA-512", concat(r, key, message));
  const challenge = littleEndian(new Uint8Array(digest)) % ORDER;
  return equal(encoded(combined(s, BASE, challenge, negative(point))), r);
}
