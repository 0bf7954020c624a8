// Registry entries in their public form: producer, place, product, grade, batch, issuance, alias,
// evidence.

import { byCharacter } from "./bytes.js";
import { demandCanonical } from "./canonical_names.js";
import {
  canonicalName,
  date,
  entity,
  list,
  numberFrom,
  oneOf,
  optional,
  orElse,
  text,
  textOf,
  that,
  whole,
} from "./entity.js";
import { isUri } from "./event.js";
import { identifier } from "./identifiers.js";
import { isObject, same } from "./json.js";
import { demand } from "./refused.js";
import { UNITS } from "./tables.js";
import { lastOf } from "./time.js";

const MAX_ABOUT = 64;
const MONTHS_VALID = 36;
const SCORE_BANDS = { 3: [50, 70], 4: [70, 90], 5: [90, 100] };

const bilingual = entity({ vi: text, en: text });
const amount = entity({
  value: that((value) => typeof value === "number" && value > 0, "registry.not_positive"),
  uom: that((value) => UNITS.has(value), "registry.unit"),
});
const partner = entity({
  kind: oneOf("producer", "supplier", "lab", "port", "carrier", "buyer", "authority"),
  name: bilingual,
});
const address = entity({
  detail: bilingual,
  communeCode: textOf(/^[0-9]{5}$/),
  commune: text,
  provinceCode: textOf(/^[0-9]{2}$/),
  province: text,
  country: orElse("VN", textOf(/^[A-Z]{2}$/)),
  asOf: date,
  legacyText: optional(text),
});
const coordinates = entity({ lat: numberFrom(-90, 90), lon: numberFrom(-180, 180) });

const producer = entity({
  type: oneOf("producer"),
  id: textOf(/^[0-9A-HJKMNP-TV-Z]{8}$/),
  names: bilingual,
  subjectType: oneOf("enterprise", "cooperative", "coop_group", "household", "farm"),
  gln: optional(
    that((value) => typeof value === "string" && identifier("414").accepts(value), "gs1.length"),
  ),
  companyPrefixes: orElse([], list(textOf(/^[0-9]{4,12}$/))),
  address,
  website: optional(text),
  story: optional(bilingual),
  taxCode: optional(textOf(/^(?:[0-9]{10}(-?[0-9]{3})?|[0-9]{12})$/)),
  representative: optional(text),
  phone: optional(text),
  email: optional(text),
});

const place = entity({
  type: oneOf("place"),
  id: canonicalName(
    (name) => name.level === (name.isPlain ? "product" : "place"),
    "registry.not_a_place",
  ),
  names: bilingual,
  kind: oneOf(
    "growing_area",
    "landing_site",
    "salt_field",
    "plant",
    "household_workshop",
    "warehouse",
    "laboratory",
    "port",
    "shop",
  ),
  address,
  operator: optional(partner),
  code: optional(text),
  coordinates: optional(coordinates),
});

const product = entity({
  type: oneOf("product"),
  id: canonicalName((name) => name.level === "product", "registry.not_a_product"),
  names: bilingual,
  kind: oneOf(
    "food",
    "drink",
    "herbal",
    "craft",
    "food_contact",
    "ornamental",
    "tourism",
    "material",
  ),
  ocopGroup: optional(text),
  netContent: optional(amount),
  drainedWeight: optional(amount),
  ingredients: optional(bilingual),
  allergens: orElse(
    [],
    list(
      oneOf(
        "gluten",
        "crustaceans",
        "eggs",
        "fish",
        "peanuts",
        "soybeans",
        "milk",
        "nuts",
        "celery",
        "mustard",
        "sesame",
        "sulphites",
        "lupin",
        "molluscs",
        "mango",
      ),
    ),
  ),
  storage: optional(bilingual),
  usage: optional(bilingual),
  warnings: optional(bilingual),
  shelfLifeMonths: optional(whole(1, 600)),
  standards: orElse([], list(text)),
  hs: optional(textOf(/^[0-9]{4,10}$/)),
  description: optional(bilingual),
});

const readGrade = entity({
  type: oneOf("grade"),
  product: canonicalName(() => true),
  stars: whole(3, 5),
  score: that((value) => typeof value === "number", "fields.not_number"),
  decisionNo: text,
  validFrom: date,
  validTo: date,
  level: oneOf("province", "national"),
  authority: bilingual,
  criteriaSet: text,
  action: orElse("recognise", oneOf("recognise", "re_recognise", "upgrade")),
  fileSha256: optional(textOf(/^[0-9a-f]{64}$/)),
});

function grade(value) {
  const read = readGrade(value);
  const { stars, score, level, validFrom, validTo } = read;
  const [low, high] = SCORE_BANDS[stars];
  demand((low <= score && score < high) || (score === 100 && high === 100), "registry.score_band");
  demand(stars !== 5 || level === "national", "registry.five_stars_national");
  demand(validFrom <= validTo, "registry.period");
  demand(validTo <= monthsAfter(validFrom, MONTHS_VALID), "registry.grade_too_long");
  return read;
}

/** Return the same day some months later, or the last day of a month that is shorter. */
function monthsAfter(start, months) {
  const [year, month, dayOfMonth] = start.split("-").map(Number);
  const count = year * 12 + month - 1 + months;
  const [later, laterMonth] = [Math.floor(count / 12), (count % 12) + 1];
  demand(later <= 9999, "registry.grade_too_long");
  const last = Math.min(dayOfMonth, lastOf(later, laterMonth));
  return [
    String(later).padStart(4, "0"),
    ...[laterMonth, last].map((each) => String(each).padStart(2, "0")),
  ].join("-");
}

const readBatch = entity({
  type: oneOf("batch"),
  id: canonicalName((name) => name.level === "batch", "registry.not_a_batch"),
  productionDate: date,
  expiryDate: optional(date),
  quantity: amount,
});

function batch(value) {
  const read = readBatch(value);
  demand(read.expiryDate === null || read.productionDate <= read.expiryDate, "registry.period");
  return read;
}

const MAX_ISSUED = 10_000_000;
const MAX_DIGITS = 15;
const runCode = textOf(/^[0-9A-HJKMNP-TV-Z]{12}$/);

const readReplaced = entity({
  run: runCode,
  first: whole(1, MAX_ISSUED),
  last: whole(1, MAX_ISSUED),
});

function replaced(value) {
  const read = readReplaced(value);
  demand(read.first <= read.last, "registry.issuance_range");
  return read;
}

const readIssuance = entity({
  type: oneOf("issuance"),
  id: canonicalName((name) => name.level === "batch", "registry.not_a_batch"),
  run: runCode,
  count: whole(1, MAX_ISSUED),
  root: textOf(/^[0-9a-f]{64}$/),
  serials: oneOf("random", "sequential", "listed"),
  sequence: optional(
    entity({
      prefix: textOf(/^([!-~]{0,30}[!-/:-~])?$/),
      start: whole(0, 10 ** MAX_DIGITS - 1),
      width: whole(1, MAX_DIGITS),
    }),
  ),
  replaces: optional(replaced),
});

/** Serials were issued for stickers of a batch: how many, and a root over their names. */
function issuance(value) {
  const read = readIssuance(value);
  const { sequence, serials, count } = read;
  demand((sequence !== null) === (serials === "sequential"), "registry.issuance_sequence");
  const isRoom = sequence === null || sequence.start + count <= 10 ** sequence.width;
  demand(isRoom, "registry.issuance_range");
  return read;
}

const readAlias = entity({
  type: oneOf("alias"),
  id: canonicalName(
    (name) => name.isPlain && name.level === "product",
    "registry.not_a_plain_product",
  ),
  gtin: canonicalName(
    (name) => name.gtin !== null && name.path.length === 1,
    "registry.not_a_gtin_product",
  ),
});

/** Both names mean one product: who states an alias needs the right to each. */
function alias(value) {
  const read = readAlias(value);
  return { ...read, names: [read.id, read.gtin] };
}

const MEDIA_WORD = "[a-z0-9][a-z0-9!#$&^_.+-]{0,126}";

function aboutNames(value) {
  demand(Array.isArray(value) && value.length >= 1 && value.length <= MAX_ABOUT, "fields.too_long");
  for (const each of value) {
    demand(isUri(each), "epcis.not_uri");
    demandCanonical(each);
  }
  demand(same(value, [...new Set(value)].sort(byCharacter)), "registry.not_in_order");
  return value;
}

const evidence = entity({
  type: oneOf("evidence"),
  id: textOf(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  about: aboutNames,
  mediaType: textOf(new RegExp(`^${MEDIA_WORD}/${MEDIA_WORD}$`)),
  sha256: textOf(/^[0-9a-f]{64}$/),
  size: whole(1, Number.MAX_SAFE_INTEGER),
  title: optional(entity({ vi: text, en: optional(text) })),
});

const ENTRIES = { producer, place, product, grade, batch, issuance, alias, evidence };

/** Return the entry whose public form this is, its members under their names in JSON. */
export function readEntry(value) {
  const type = isObject(value) ? value.type : undefined;
  demand(typeof type === "string" && Object.hasOwn(ENTRIES, type), "registry.entry_type");
  return ENTRIES[type](value);
}
