// Names of things: GS1 Digital Links and plain names, as far as they have to be read and compared.

import { fromUtf8, utf8 } from "./bytes.js";
import { arePlaced, identifier, isPrimaryKey } from "./identifiers.js";
import { Refused, demand } from "./refused.js";

const CANONICAL_HOST = "id.gs1.org";
const MAX_LENGTH = 4096;

const CHARACTERS = "A-Za-z0-9._~:@!$&'()*+,;=%\\-";
const HOST = "(?:[A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\])(?::[0-9]{1,5})?";
const BEHIND = `[${CHARACTERS}/?\\[\\]]*`;
const URI = new RegExp(
  `^(https?|HTTPS?)://(${HOST})((?:/[${CHARACTERS}]*)*)(?:\\?(${BEHIND}))?(?:#(${BEHIND}))?$`,
);
const LOWER_HOST = new RegExp(`^${HOST}$`);
const SEGMENT = /^[A-Z0-9][A-Z0-9._-]{0,31}$/;
const SHORT_GTIN_LENGTHS = [8, 12, 13];

const LEVELS = {
  "00": "logistic_unit",
  "01": "product",
  "01/10": "batch",
  "01/10/21": "item",
  "01/21": "item",
  414: "place",
  "414/254": "place",
  "414/7040": "place",
  417: "party",
  "417/7040": "party",
};
const PLAIN_LEVELS = { 2: "product", 3: "batch", 4: "item" };

/** Levels of names that belong to a product. */
export const GOODS = new Set(["product", "batch", "item"]);

/** Tell whether a text is a host in lower case, with or without a port. */
export const isHost = (text) => LOWER_HOST.test(text) && text === text.toLowerCase();

/** Return host, path, query and fragment of a URI; the host in lower case, the others raw. */
function split(uri) {
  const match = uri.length <= MAX_LENGTH ? URI.exec(uri) : null;
  demand(match, "gs1.uri_part");
  const [, , host, path, query = "", fragment = ""] = match;
  return { host: host.toLowerCase(), path, query, fragment };
}

/** Return what a percent-encoded text stands for: UTF-8, else one character a byte. */
function unescaped(text) {
  if (!text.includes("%")) return text;
  const bytes = [];
  for (let at = 0; at < text.length; at++) {
    const escaped = /^%([0-9A-Fa-f]{2})/.exec(text.slice(at, at + 3));
    bytes.push(escaped ? parseInt(escaped[1], 16) : text.charCodeAt(at));
    if (escaped) at += 2;
  }
  try {
    return fromUtf8(Uint8Array.from(bytes));
  } catch {
    return String.fromCharCode(...bytes);
  }
}

/** Return a text with all but unreserved characters as upper-case `%XX` of UTF-8. */
function escaped(text) {
  let written = "";
  for (const byte of utf8(text)) {
    const character = String.fromCharCode(byte);
    const isPlain = /[A-Za-z0-9._~-]/.test(character);
    written += isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return written;
}

/** Return the parameters of a query: raw name, decoded value, empty where there is none. */
function readQuery(query) {
  const parameters = [];
  for (const parameter of query ? query.split("&") : []) {
    const [name, ...rest] = parameter.split("=");
    const value = unescaped(rest.join("=").replaceAll("+", " "));
    demand(!value.includes("\0"), "gs1.nul");
    if (name || value) parameters.push([name, value]);
  }
  return parameters;
}

const isNumber = (name) => /^[0-9]+$/.test(name);

/** A GS1 Digital Link whose elements are right. */
class DigitalLink {
  constructor(path, attributes = [], other = [], fragment = "") {
    this.path = path;
    this.attributes = attributes;
    this.other = other;
    this.fragment = fragment;
  }

  static parse(uri, { shortGtin = false } = {}) {
    const { path, query, fragment } = split(uri);
    const segments = path.split("/");
    let at = segments.length - 2;
    while (at > 0 && !isPrimaryKey(segments[at])) at -= 2;
    demand(at > 0 && segments.at(-1) !== "", "gs1.no_key");
    const whole = ([code, value]) =>
      shortGtin && code === "01" && SHORT_GTIN_LENGTHS.includes([...value].length)
        ? [code, "0".repeat(14 - [...value].length) + value]
        : [code, value];
    const elements = [];
    for (; at < segments.length; at += 2)
      elements.push(whole([segments[at], unescaped(segments[at + 1])]));
    const parameters = readQuery(query);
    const attributes = parameters.filter(([name]) => isNumber(name)).map(whole);
    const codes = attributes.map(([code]) => code);
    demand(
      arePlaced(
        elements.map(([code]) => code),
        codes,
      ),
      "gs1.path",
    );
    for (const [code, value] of [...elements, ...attributes]) {
      demand(identifier(code).accepts(value), "gs1.value", { place: `(${code})` });
    }
    const other = parameters.filter(([name]) => !isNumber(name));
    return new DigitalLink(elements, attributes, other, fragment);
  }

  /** AI and value of the primary key. */
  get key() {
    return this.path[0];
  }

  get isPlain() {
    return false;
  }

  get gtin() {
    return this.key[0] === "01" ? this.key[1] : null;
  }

  get lot() {
    return this.#qualifier("10");
  }

  get serial() {
    return this.#qualifier("21");
  }

  /** What kind of thing it names; a consumer product variant does not change it. */
  get level() {
    const codes = this.path.map(([code]) => code);
    return LEVELS[codes.filter((code, at) => at === 0 || code !== "22").join("/")] ?? "other";
  }

  /** The one name of the thing. */
  canonical() {
    const path = this.path.map(([code, value]) => `/${code}/${escaped(value)}`).join("");
    return `https://${CANONICAL_HOST}${path}`;
  }

  /** The canonical name with every GS1 attribute, sorted by AI as text: what a seal signs. */
  canonicalWithAttributes() {
    const parameters = [...this.attributes].sort(([one], [other]) => (one < other ? -1 : 1));
    const query = parameters.map(([name, value]) =>
      value ? `${name}=${escaped(value).replaceAll("%20", "+")}` : name,
    );
    return this.canonical() + (query.length ? `?${query.join("&")}` : "");
  }

  /** The product alone. */
  product() {
    return new DigitalLink([this.key]);
  }

  /** The batch alone; null without a lot. */
  batch() {
    return this.lot === null ? null : new DigitalLink([this.key, ["10", this.lot]]);
  }

  #qualifier(wanted) {
    const found = this.path.slice(1).find(([code]) => code === wanted);
    return found ? found[1] : null;
  }
}

/** A plain name: what a producer without GS1 membership calls products, batches and items. */
export class PlainName {
  constructor(host, segments, other = [], fragment = "") {
    this.host = host;
    this.segments = segments;
    this.other = other;
    this.fragment = fragment;
  }

  static parse(uri) {
    const { host, path, query, fragment } = split(uri);
    const [root, literal = "", ...segments] = path.split("/");
    const isForm =
      root === "" && literal.toLowerCase() === "ocop" && segments.length in PLAIN_LEVELS;
    demand(isForm, "gs1.plain_name");
    for (const segment of segments) {
      demand(SEGMENT.test(segment), "gs1.plain_segment");
      demand(!isPrimaryKey(segment), "gs1.plain_segment_is_key");
    }
    return new PlainName(host, segments, readQuery(query), fragment);
  }

  get isPlain() {
    return true;
  }

  get gtin() {
    return null;
  }

  get attributes() {
    return [];
  }

  get lot() {
    return this.segments[2] ?? null;
  }

  get serial() {
    return this.segments[3] ?? null;
  }

  get level() {
    return PLAIN_LEVELS[this.segments.length];
  }

  canonical() {
    return `https://${this.host}/ocop/${this.segments.join("/")}`;
  }

  canonicalWithAttributes() {
    return this.canonical();
  }

  product() {
    return new PlainName(this.host, this.segments.slice(0, 2));
  }

  batch() {
    return this.lot === null ? null : new PlainName(this.host, this.segments.slice(0, 3));
  }
}

/** Tell whether a URI can only be a plain name: its path starts with `/ocop/`. */
function looksPlain(uri) {
  const host = uri.indexOf("://") + "://".length;
  const path = uri.indexOf("/", host);
  return path >= 0 && uri.slice(path, path + "/ocop/".length).toLowerCase() === "/ocop/";
}

/** Return the name that a URI is. */
export function parseName(uri, options) {
  return looksPlain(uri) ? PlainName.parse(uri) : DigitalLink.parse(uri, options);
}

const MOST_KEPT = 4096;
const kept = new Map();

/** Return the name that a text is; null where it is none of ours, as in many an event. */
export function named(text) {
  if (!kept.has(text)) {
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(text, parsedOrNull(text));
  }
  return kept.get(text);
}

function parsedOrNull(text) {
  try {
    return parseName(text);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/** Return the canonical names of the product and, where it has one, the batch of a name. */
export function goodsOf(text) {
  const name = named(text);
  if (name === null || !GOODS.has(name.level)) return [];
  const batch = name.batch();
  return [name.product().canonical(), ...(batch === null ? [] : [batch.canonical()])];
}
