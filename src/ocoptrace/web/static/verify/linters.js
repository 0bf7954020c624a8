// The content rules of GS1 application identifiers, by their names in the GS1 Syntax Dictionary.
//
// Each tells whether the text of one component keeps its rule.

import { COUNTRIES, COUNTRIES_ALPHA_2, CURRENCIES, MEDIA_TYPES, PACKAGE_TYPES } from "./tables.js";
import { lastOf } from "./time.js";

const SET_82 =
  "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const PAIR_MODULUS = 1021;
const PAIR_CHARACTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/** The character sets of components: N digits, X set 82, Y set 39, Z set 64. */
export const CHARACTERS = {
  N: "[0-9]",
  X: '[!"%-?A-Z_a-z]',
  Y: "[#/0-9A-Z-]",
  Z: "[0-9A-Z_a-z=-]",
};

const isAll = (kind) => {
  const pattern = new RegExp(`^${CHARACTERS[kind]}*$`);
  return (text) => pattern.test(text);
};
const isDigits = isAll("N");

/** Tell whether the last of some digits is the check digit of the others. */
function hasCheckDigit(digits) {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, at) => total + digit * (at % 2 ? 3 : 1), 0);
  return sum % 10 === 0;
}

/** Return the first prime numbers: the weights of a check pair, from the right. */
function primes(count) {
  const found = [];
  for (let number = 2; found.length < count; number++) {
    if (found.every((prime) => number % prime)) found.push(number);
  }
  return found;
}

function hasCheckPair(text) {
  if (text.length < 2 || text.length > 99 || !isAll("X")(text)) return false;
  const characters = [...text.slice(0, -2)].reverse();
  const weights = primes(characters.length);
  const sum = characters.reduce((total, each, at) => total + SET_82.indexOf(each) * weights[at], 0);
  const rest = sum % PAIR_MODULUS;
  const pair = PAIR_CHARACTERS[Math.floor(rest / 32)] + PAIR_CHARACTERS[rest % 32];
  return text.endsWith(pair);
}

function isSet64(text) {
  const data = text.replace(/=+$/, "");
  const padding = text.length - data.length;
  const isPadded = padding === 0 || (padding <= 2 && text.length % 3 === 0);
  return /^[0-9A-Z_a-z-]*$/.test(data) && isPadded;
}

const below = (limit) => (text) => /^[0-9]{2}$/.test(text) && Number(text) < limit;
const isCoordinate = (limit) => (text) =>
  text.length === String(limit).length && isDigits(text) && Number(text) <= limit;

const isDate = (yearDigits, leastDay) => (text) => {
  if (text.length !== yearDigits + 4 || !isDigits(text)) return false;
  const [year, month, day] = [text.slice(0, yearDigits), text.slice(-4, -2), text.slice(-2)].map(
    Number,
  );
  return month >= 1 && month <= 12 && day >= leastDay && day <= lastOf(year, month);
};

function isPieceOfTotal(text) {
  const half = text.length / 2;
  if (!text || !Number.isInteger(half) || !isDigits(text)) return false;
  const [piece, total] = [BigInt(text.slice(0, half)), BigInt(text.slice(half))];
  return piece > 0n && total > 0n && piece <= total;
}

function isPlaceInSequence(text) {
  const match = /^([1-9][0-9]*)\/([1-9][0-9]*)$/.exec(text);
  return match !== null && BigInt(match[1]) <= BigInt(match[2]);
}

function isIban(text) {
  if (text.length < 11 || text.length > 34 || !/^[0-9A-Z]*$/.test(text)) return false;
  const digits = [...(text.slice(4) + text.slice(0, 4))].map((each) => parseInt(each, 36)).join("");
  return COUNTRIES_ALPHA_2.has(text.slice(0, 2)) && BigInt(digits) % 97n === 1n;
}

const isListed = (codes) => (text) => codes.has(text);
const isOneOf = (characters) => isListed(new Set(characters));

// Coupon codes are runs of digits in which one digit tells how long the next field is.

class Stop extends Error {}

/** Reads fields from the left; stops at the first that is missing, wrong or cut short. */
class Fields {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  /** Step over the mark of an optional field, where it stands next. */
  option(mark) {
    const found = this.text[this.at] === mark;
    if (found) this.at += 1;
    return found;
  }

  digit(admitted) {
    const digit = this.text[this.at];
    if (digit === undefined || !admitted.includes(digit)) throw new Stop();
    this.at += 1;
    return digit;
  }

  field(length) {
    const end = this.at + length;
    if (end > this.text.length) throw new Stop();
    const field = this.text.slice(this.at, end);
    this.at = end;
    return field;
  }

  /** Read a field whose length stands before it, less `extra`; `none` means empty. */
  measured(admitted, extra, none = "") {
    const digit = this.digit(admitted + none);
    this.field(digit === none ? 0 : Number(digit) + extra);
  }

  purchase() {
    this.measured("12345", 0);
    this.digit("012349");
    this.field(3);
  }

  date() {
    const date = this.field(6);
    if (!isDate(2, 1)(date)) throw new Stop();
    return date;
  }
}

const isCoupon = (read) => (text) => {
  if (!isDigits(text)) return false;
  const fields = new Fields(text);
  try {
    read(fields);
  } catch (error) {
    if (error instanceof Stop) return false;
    throw error;
  }
  return fields.at === text.length;
};

function readCouponCode(fields) {
  fields.measured("0123456", 6);
  fields.field(6);
  fields.measured("12345", 0);
  fields.purchase();
  if (fields.option("1")) {
    fields.digit("0123");
    fields.purchase();
    fields.measured("0123456", 6, "9");
  }
  if (fields.option("2")) {
    fields.purchase();
    fields.measured("0123456", 6, "9");
  }
  const expiration = fields.option("3") ? fields.date() : "";
  const start = fields.option("4") ? fields.date() : "";
  if (expiration && start > expiration) throw new Stop();
  if (fields.option("5")) fields.measured("0123456789", 6);
  if (fields.option("6")) fields.measured("1234567", 6);
  if (fields.option("9")) {
    for (const admitted of ["01256", "012", "0123456789", "01"]) fields.digit(admitted);
  }
}

function readPositiveOffer(fields) {
  fields.digit("01");
  fields.measured("0123456", 6);
  fields.field(6);
  fields.measured("0123456789", 6);
}

const startsWithPrefix = (text) => /^[0-9]{4}/.test(text);

/** Every linter of the dictionary by its name. */
export const LINTERS = {
  couponcode: isCoupon(readCouponCode),
  couponposoffer: isCoupon(readPositiveOffer),
  cset39: isAll("Y"),
  cset64: isSet64,
  cset82: isAll("X"),
  csetnumeric: isDigits,
  csum: (text) => text !== "" && isDigits(text) && hasCheckDigit(text),
  csumalpha: hasCheckPair,
  gcppos1: startsWithPrefix,
  gcppos2: (text) => startsWithPrefix(text.slice(1)),
  hasnondigit: (text) => !isDigits(text),
  hh: below(24),
  hhmi: (text) => text.length === 4 && below(24)(text.slice(0, 2)) && below(60)(text.slice(2)),
  hyphen: (text) => /^-*$/.test(text),
  iban: isIban,
  importeridx: (text) => /^[0-9A-Z_a-z-]$/.test(text),
  iso3166: isListed(COUNTRIES),
  iso3166999: (text) => text === "999" || COUNTRIES.has(text),
  iso3166alpha2: isListed(COUNTRIES_ALPHA_2),
  iso4217: isListed(CURRENCIES),
  iso5218: isOneOf("0129"),
  latitude: isCoordinate(1_800_000_000),
  longitude: isCoordinate(3_600_000_000),
  mediatype: isListed(MEDIA_TYPES),
  mi: below(60),
  nonzero: (text) => isDigits(text) && /[^0]/.test(text),
  nozeroprefix: (text) => isDigits(text) && !text.startsWith("0"),
  packagetype: isListed(PACKAGE_TYPES),
  pcenc: (text) => !/%(?![0-9A-Fa-f]{2})/.test(text),
  pieceoftotal: isPieceOfTotal,
  posinseqslash: isPlaceInSequence,
  ss: below(60),
  winding: isOneOf("019"),
  yesno: isOneOf("01"),
  yymmd0: isDate(2, 0),
  yymmdd: isDate(2, 1),
  yyyymmd0: isDate(4, 0),
  yyyymmdd: isDate(4, 1),
  zero: (text) => /^0+$/.test(text),
};
