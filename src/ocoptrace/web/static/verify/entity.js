// What registry entries are made of: readers of members, each of which returns what it took.
//
// A member may stand under its name in JSON, or under its name with underscores; never under both.

import { lengthOf } from "./bytes.js";
import { isObject } from "./json.js";
import { parseName } from "./names.js";
import { at, demand } from "./refused.js";
import { isDay } from "./time.js";

export const that = (test, code) => (value) => {
  demand(test(value), code);
  return value;
};
export const textOf = (pattern) =>
  that((value) => typeof value === "string" && pattern.test(value), "fields.form");
export const oneOf = (...words) => that((value) => words.includes(value), "fields.not_one_of");
export const whole = (least, most) =>
  that(
    (value) => Number.isSafeInteger(value) && value >= least && value <= most,
    "fields.not_whole",
  );
export const numberFrom = (least, most) =>
  that(
    (value) => typeof value === "number" && value >= least && value <= most,
    "fields.not_number",
  );

/** Words for people on one line; that they are in NFC was asked of the whole entry. */
export const text = that(
  (value) =>
    typeof value === "string" &&
    value !== "" &&
    lengthOf(value) <= 2000 &&
    !/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u.test(value),
  "fields.blank",
);
export const date = that((value) => typeof value === "string" && isDay(value), "registry.date");

export const canonicalName = (test, code) => (value) => {
  text(value);
  const name = parseName(value);
  demand(name.canonical() === value, "registry.not_canonical");
  demand(test(name), code);
  return value;
};

export const list = (reader) => (value) => {
  demand(Array.isArray(value), "fields.not_list");
  return value.map((item, place) => at(`/${place}`, () => reader(item)));
};

/** Mark a member that may be absent, or null. */
export const optional = (reader) => ({
  reader: (value) => (value === null ? null : reader(value)),
  isOptional: true,
});

/** Mark a member that may be absent, but not null. */
export const orElse = (initial, reader) => ({ reader, isOptional: true, initial });

/** Return the name of a member with underscores. */
const underscored = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Return a reader of an object: of its members by name, all of them unless marked. */
export function entity(members) {
  const fields = Object.entries(members).map(([name, given]) => ({
    name,
    names: [...new Set([name, underscored(name)])],
    ...(typeof given === "function" ? { reader: given, isOptional: false } : given),
  }));
  return (value) => {
    demand(isObject(value), "fields.not_object");
    const read = {};
    let taken = 0;
    for (const { name, names, reader, isOptional, initial = null } of fields) {
      const found = names.filter((each) => Object.hasOwn(value, each));
      demand(found.length <= 1, "fields.unknown");
      demand(found.length || isOptional, "fields.missing", { place: `/${name}` });
      taken += found.length;
      read[name] = found.length ? at(`/${found[0]}`, () => reader(value[found[0]])) : initial;
    }
    demand(taken === Object.keys(value).length, "fields.unknown");
    return read;
  };
}
