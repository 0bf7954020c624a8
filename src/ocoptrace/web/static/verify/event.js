// EPCIS 2.0 events in their canonical form (docs/spec/statement.md, payloads).
//
// Only the canonical form is taken: names canonical, words bare, no recordTime, `@context` exactly
// the two contexts and the prefixes that are used. So nothing is normalised; it is compared.

import { WHITE_SPACE, lengthOf } from "./bytes.js";
import { demandCanonical } from "./canonical_names.js";
import { isObject, same } from "./json.js";
import { at, demand } from "./refused.js";
import { BASED_ON, Step } from "./step.js";
import { CONTEXTS, PREFIX, UNDECLARED_PREFIXES, VOCABULARY, WORD_HEADS } from "./tables.js";
import { readEventTime } from "./time.js";

const MAX_BASED_ON = 100;
const MAX_DEPTH = 27;
const MAX_TERMS = 1000;

const NOT_IN_A_URI = `${WHITE_SPACE}\\x00-\\x1f\\x7f-\\x9f<>"{}|\\\\^\``;
const URI = new RegExp(`^[A-Za-z][A-Za-z0-9+.-]*:[^${NOT_IN_A_URI}]+$`, "u");
const MAX_URI = 4096;
const MEMBER = new RegExp(`^[A-Za-z_][A-Za-z0-9_.+-]*:[^${WHITE_SPACE}]+$`, "u");
const OFFSET = /^(?:[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)$/;

// Readers of members: each refuses what is none of its kind.

const isText = (value, least, most) =>
  typeof value === "string" && lengthOf(value) >= least && lengthOf(value) <= most;

const string = (value) => demand(typeof value === "string", "fields.not_text");
const boolean = (value) => demand(typeof value === "boolean", "fields.not_boolean");
const number = (value) => demand(typeof value === "number", "fields.not_number");
const unit = (value) => demand(isText(value, 1, 16), "fields.blank");
const hexadecimal = (value) =>
  demand(isText(value, 1, Infinity) && /^[0-9A-Fa-f]+$/.test(value), "fields.form");
const offset = (value) => demand(typeof value === "string" && OFFSET.test(value), "epcis.offset");
const time = (value) => void readEventTime(value);
const context = () => {};

/** Tell whether a value is an absolute URI or URN. */
export const isUri = (value) => isText(value, 0, MAX_URI) && URI.test(value);

const uri = (value) => demand(isUri(value), "epcis.not_uri");

/** The name of a thing, a place or a party. */
const name = (value) => {
  uri(value);
  demandCanonical(value);
};

/** A word of a code list: bare, or a URI that is no standard word's. */
const word = (list) => (value) => {
  demand(isText(value, 1, 2048), "fields.blank");
  demand(!WORD_HEADS[list].some((head) => value.startsWith(head)), "verdict.format.payload");
};

const action = (value) => demand(["ADD", "OBSERVE", "DELETE"].includes(value), "fields.not_one_of");

const list =
  (reader, least = 0) =>
  (value) => {
    demand(Array.isArray(value) && value.length >= least, "fields.not_list");
    value.forEach((item, place) => at(`/${place}`, () => reader(item)));
  };

const uriOrUris = (value) => (Array.isArray(value) ? list(uri)(value) : uri(value));

const isExtension = (member) => MEMBER.test(member);

const extensions = (value) => {
  demand(isObject(value), "fields.not_object");
  for (const member of Object.keys(value)) demand(isExtension(member), "fields.unknown");
};

/** Return a reader of an object: of its members by name, of which some must be there. */
function part(readers, required = [], { isClosed = false } = {}) {
  return (value) => {
    demand(isObject(value), "fields.not_object");
    for (const member of required) demand(Object.hasOwn(value, member), "fields.missing");
    for (const [member, inner] of Object.entries(value)) {
      if (Object.hasOwn(readers, member)) at(`/${member}`, () => readers[member](inner));
      else demand(!isClosed && isExtension(member), "fields.unknown");
    }
  };
}

const closed = (readers, required) => part(readers, required, { isClosed: true });

const location = part({ id: name }, ["id"]);
const quantities = list(closed({ epcClass: name, quantity: number, uom: unit }, ["epcClass"]));
const transaction = closed({ type: word("BTT"), bizTransaction: name }, ["bizTransaction"]);
const devices = {
  deviceID: uri,
  deviceMetadata: uri,
  rawData: uri,
  dataProcessingMethod: uri,
  bizRules: uri,
};
const sensorReport = part(
  {
    type: word("Measurement"),
    exception: word("Measurement"),
    component: word("Comp"),
    ...devices,
    time,
    microorganism: uri,
    chemicalSubstance: uri,
    coordinateReferenceSystem: uri,
    value: number,
    minValue: number,
    maxValue: number,
    meanValue: number,
    sDev: number,
    percRank: number,
    percValue: number,
    stringValue: string,
    booleanValue: boolean,
    hexBinaryValue: hexadecimal,
    uriValue: uri,
    uom: string,
  },
  ["type"],
);
const sensorElement = part(
  {
    sensorMetadata: part({ time, startTime: time, endTime: time, ...devices }),
    sensorReport: list(sensorReport, 1),
  },
  ["sensorReport"],
);
const ofAll = {
  type: string,
  "@context": context,
  eventID: uri,
  eventTime: time,
  eventTimeZoneOffset: offset,
  certificationInfo: uriOrUris,
  errorDeclaration: part(
    { declarationTime: time, reason: word("ER"), correctiveEventIDs: list(uri) },
    ["declarationTime"],
  ),
  bizStep: word("BizStep"),
  disposition: word("Disp"),
  persistentDisposition: closed({ set: list(word("Disp"), 1), unset: list(word("Disp"), 1) }),
  readPoint: location,
  bizLocation: location,
  bizTransactionList: list(transaction),
  sourceList: list(closed({ type: word("SDT"), source: name }, ["type", "source"])),
  destinationList: list(closed({ type: word("SDT"), destination: name }, ["type", "destination"])),
  sensorElementList: list(sensorElement),
};
const ALWAYS = ["type", "eventTime", "eventTimeZoneOffset"];

const isFilled = (members) => Array.isArray(members) && members.length > 0;
const children = { action, childEPCs: list(name), childQuantityList: quantities };
const hasChildren = (event) =>
  event.action === "DELETE" || isFilled(event.childEPCs) || isFilled(event.childQuantityList);

/** The five events: their members, and what belongs together. */
const EVENTS = {
  ObjectEvent: {
    read: part(
      { ...ofAll, action, epcList: list(name), quantityList: quantities, ilmd: extensions },
      [...ALWAYS, "action"],
    ),
    isWhole: (event) =>
      (event.epcList ||
        isFilled(event.quantityList) ||
        (isFilled(event.sensorElementList) && event.readPoint)) &&
      (!event.ilmd || event.action === "ADD"),
  },
  AggregationEvent: {
    read: part({ ...ofAll, ...children, parentID: name }, [...ALWAYS, "action"]),
    isWhole: hasChildren,
  },
  AssociationEvent: {
    read: part({ ...ofAll, ...children, parentID: name }, [...ALWAYS, "action", "parentID"]),
    isWhole: hasChildren,
  },
  TransactionEvent: {
    read: part(
      {
        ...ofAll,
        action,
        parentID: name,
        epcList: list(name),
        quantityList: quantities,
        bizTransactionList: list(transaction, 1),
      },
      [...ALWAYS, "action", "bizTransactionList"],
    ),
    isWhole: (event) => event.action === "DELETE" || event.epcList || isFilled(event.quantityList),
  },
  TransformationEvent: {
    read: part(
      {
        ...ofAll,
        transformationID: uri,
        ilmd: extensions,
        inputEPCList: list(name),
        inputQuantityList: quantities,
        outputEPCList: list(name),
        outputQuantityList: quantities,
      },
      ALWAYS,
    ),
    isWhole: (event) => {
      const hasInputs = isFilled(event.inputEPCList) || isFilled(event.inputQuantityList);
      const hasOutputs = isFilled(event.outputEPCList) || isFilled(event.outputQuantityList);
      return (
        (hasInputs && hasOutputs) || ((hasInputs || hasOutputs) && "transformationID" in event)
      );
    },
  },
};

/** Yield every word of a code list in an event, where a prefix may stand. */
function* words(event) {
  yield* Object.values(event.persistentDisposition ?? {}).flat();
  yield* [event.bizStep, event.disposition, event.errorDeclaration?.reason];
  for (const member of ["bizTransactionList", "sourceList", "destinationList"]) {
    for (const item of event[member] ?? []) yield item.type;
  }
  for (const element of event.sensorElementList ?? []) {
    for (const report of element.sensorReport)
      yield* [report.type, report.exception, report.component];
  }
}

/** Yield the name of every member in JSON, however deep. */
function* memberNames(value) {
  if (Array.isArray(value)) for (const item of value) yield* memberNames(item);
  else if (isObject(value)) {
    for (const [member, inner] of Object.entries(value)) {
      yield member;
      yield* memberNames(inner);
    }
  }
}

/** Refuse another `@context` than that of the prefixes which an event uses. */
function checkContext({ "@context": contexts, ...members }) {
  demand(
    Array.isArray(contexts) && contexts.length === 3 && isObject(contexts[2]),
    "epcis.context",
  );
  demand(same(contexts.slice(0, 2), CONTEXTS), "epcis.context");
  const declared = contexts[2];
  const used = new Set();
  for (const each of words(members)) {
    const colon = each === undefined ? -1 : each.indexOf(":");
    const prefix = colon < 0 ? null : each.slice(0, colon);
    if (prefix !== null && (prefix === PREFIX || isDeclared(declared, prefix))) used.add(prefix);
  }
  for (const member of memberNames(members)) {
    // An attribute of XML is called after its name: `@prefix:name`.
    const name = member.startsWith("@") ? member.slice(1) : member;
    const colon = name.indexOf(":");
    const isPrefixed = colon >= 0 && !name.startsWith("//", colon + 1);
    if (isPrefixed && !name.startsWith("urn:")) used.add(name.slice(0, colon));
  }
  for (const prefix of UNDECLARED_PREFIXES) used.delete(prefix);
  demand(Object.keys(declared).length === used.size, "epcis.prefix_undeclared");
  // Each context counts for one, and so does each prefix.
  demand(contexts.length + used.size <= MAX_TERMS, "epcis.context_too_large");
  for (const prefix of used) {
    demand(isDeclared(declared, prefix) && declared[prefix] !== "", "epcis.prefix_undeclared");
    demand(prefix !== PREFIX || declared[prefix] === VOCABULARY, "epcis.prefix_reserved");
  }
}

const isDeclared = (declared, prefix) =>
  Object.hasOwn(declared, prefix) &&
  typeof declared[prefix] === "string" &&
  !prefix.includes(":") &&
  !prefix.startsWith("@");

/**
 * Tell whether JSON is what an event may hold: objects and arrays in each other no deeper than so
 * many levels, itself included, and all texts, names of members too, in NFC and without U+0000.
 */
function isTaken(value, levels = MAX_DEPTH) {
  if (typeof value === "string") return value.normalize("NFC") === value && !value.includes("\0");
  if (!isObject(value) && !Array.isArray(value)) return true;
  const inner = Array.isArray(value) ? value : Object.entries(value).flat();
  return levels > 0 && inner.every((each) => isTaken(each, levels - 1));
}

/**
 * Return the step of a canonical event.
 *
 * @param {unknown} event a JSON value
 * @param {string} issuer of the statement
 */
export function readEvent(event, issuer) {
  const type = isObject(event) ? event.type : undefined;
  demand(typeof type === "string" && Object.hasOwn(EVENTS, type), "epcis.event_type");
  demand(isTaken(event), "verdict.format.payload");
  const { read, isWhole } = EVENTS[type];
  read(event);
  demand(isWhole(event), "epcis.nothing");
  checkContext(event);
  const basedOn = event[BASED_ON] ?? null;
  if (basedOn !== null) {
    const isList = Array.isArray(basedOn) && basedOn.length > 0 && basedOn.length <= MAX_BASED_ON;
    const areIds =
      isList && basedOn.every((id) => typeof id === "string" && /^[0-9a-f]{64}$/.test(id));
    const inOrder = areIds && same(basedOn, [...new Set(basedOn)].sort());
    demand(inOrder, "verdict.format.payload");
  }
  return new Step(event, issuer);
}
