// Deterministic CBOR (RFC 8949 §4.2.1), the little of it that statements, keys and seals need:
// integers, byte strings, texts, arrays and maps. Nothing else is written or read.

import { concat, fromUtf8, hex, utf8 } from "./bytes.js";
import { Refused, demand } from "./refused.js";

const MAX_BYTES = 8 * 1024;
const MAX_DEPTH = 6;
const [UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP] = [0, 1, 2, 3, 4, 5];

/** Return the head of an item: its major type, and a number in the shortest form. */
function head(major, number) {
  const width = [24, 2 ** 8, 2 ** 16, 2 ** 32, Infinity].findIndex((limit) => number < limit);
  if (width === 0) return Uint8Array.of((major << 5) | number);
  const bytes = new Uint8Array(1 + 2 ** (width - 1));
  bytes[0] = (major << 5) | (23 + width);
  for (let at = bytes.length - 1, rest = BigInt(number); at > 0; at--, rest >>= 8n) {
    bytes[at] = Number(rest & 0xffn);
  }
  return bytes;
}

/** Return the encoding of an integer, a byte string, a text, an array or a map in its order. */
export function encode(value) {
  if (typeof value === "number") {
    return value < 0 ? head(NEGATIVE, -1 - value) : head(UNSIGNED, value);
  }
  if (value instanceof Uint8Array) return concat(head(BYTES, value.length), value);
  if (typeof value === "string") {
    const bytes = utf8(value);
    return concat(head(TEXT, bytes.length), bytes);
  }
  if (Array.isArray(value)) return concat(head(ARRAY, value.length), ...value.map(encode));
  return concat(head(MAP, value.size), ...[...value].flat().map(encode));
}

/**
 * Reads items from bytes, in their one form only.
 *
 * A map comes out as a Map; an integer beyond 2^53 as a BigInt, which nothing here takes.
 */
export class Reader {
  constructor(bytes) {
    demand(bytes.length <= MAX_BYTES, "signing.too_large");
    this.bytes = bytes;
    this.at = 0;
  }

  take(length) {
    demand(length <= this.bytes.length - this.at, "signing.not_cbor");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Step over bytes that must stand next. */
  expect(...wanted) {
    const found = this.take(wanted.length);
    demand(
      wanted.every((byte, at) => byte === found[at]),
      "signing.not_sign1",
    );
  }

  /** Refuse what is left. */
  end() {
    demand(this.at === this.bytes.length, "signing.not_deterministic");
  }

  head() {
    const [first] = this.take(1);
    const [major, low] = [first >> 5, first & 31];
    if (low < 24) return [major, low];
    demand(low < 28, "signing.not_deterministic");
    const long = BigInt(`0x${hex(this.take(2 ** (low - 24)))}`);
    const number = long <= Number.MAX_SAFE_INTEGER ? Number(long) : long;
    const least = [24, 2 ** 8, 2 ** 16, 2 ** 32][low - 24];
    demand(number >= least, "signing.not_deterministic");
    return [major, number];
  }

  /** Return a byte string. */
  byteString() {
    const value = this.item(0);
    demand(value instanceof Uint8Array, "signing.not_sign1");
    return value;
  }

  /** Return the item that stands next. */
  item(depth = MAX_DEPTH) {
    demand(depth >= 0, "signing.not_cbor");
    const [major, number] = this.head();
    switch (major) {
      case UNSIGNED:
        return number;
      case NEGATIVE:
        return typeof number === "number" ? -1 - number : -1n - number;
      case BYTES:
        return this.take(number);
      case TEXT:
        return this.text(number);
      case ARRAY:
        return this.items(number, depth);
      case MAP:
        return this.map(number, depth);
      default:
        throw new Refused("signing.cbor_type");
    }
  }

  text(length) {
    const bytes = this.take(length);
    try {
      return fromUtf8(bytes);
    } catch {
      throw new Refused("signing.not_cbor");
    }
  }

  items(count, depth) {
    demand(count <= this.bytes.length, "signing.not_cbor");
    return Array.from({ length: count }, () => this.item(depth - 1));
  }

  map(count, depth) {
    demand(count <= this.bytes.length, "signing.not_cbor");
    const found = new Map();
    let last = "";
    for (let member = 0; member < count; member++) {
      const start = this.at;
      const label = this.item(0);
      // Bytes in order are hexadecimal in order; a label that stands twice is not above itself.
      const written = hex(this.bytes.subarray(start, this.at));
      demand(last < written, "signing.not_deterministic");
      demand(typeof label !== "object" || label instanceof Uint8Array, "signing.cbor_type");
      last = written;
      found.set(label, this.item(depth - 1));
    }
    return found;
  }
}

/** Return the value of CBOR bytes in their one deterministic form. */
export function decode(bytes) {
  const reader = new Reader(bytes);
  const value = reader.item();
  reader.end();
  return value;
}
