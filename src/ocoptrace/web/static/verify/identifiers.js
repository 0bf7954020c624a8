// GS1 application identifiers (AIs): which values they admit, and where a Digital Link has them.

import { CHARACTERS, LINTERS } from "./linters.js";
import { AI_ROWS } from "./tables.js";

const COMPONENT = /\[?([NXYZ])(\.\.)?([0-9]+)\]?((?:,\w+)*)/;

/** Rows of the dictionary by AI, ranges spread out. */
const ROWS = new Map();
for (const row of AI_ROWS.trim().split("\n")) {
  const [codes] = row.split(";");
  const [first, last = first] = codes.split("-");
  for (let number = Number(first); number <= Number(last); number++) {
    ROWS.set(String(number).padStart(first.length, "0"), row);
  }
}

const kept = new Map();

/** Return what the dictionary says of an AI; undefined where it has none. */
export function identifier(code) {
  if (!kept.has(code) && ROWS.has(code)) kept.set(code, described(ROWS.get(code)));
  return kept.get(code);
}

function described(row) {
  const [, flag, words, rules] = row.split(";");
  const components = words.split(" ").map((word) => {
    const [, kind, isVariable, length, linters] = COMPONENT.exec(word);
    return {
      kind,
      least: isVariable ? 1 : Number(length),
      most: Number(length),
      isOptional: word.startsWith("["),
      linters: linters.split(",").slice(1),
    };
  });
  const excludes = [];
  let paths = null;
  for (const rule of rules.split(" ").filter(Boolean)) {
    const [name, value = ""] = rule.split("=");
    if (name === "ex") excludes.push(...value.split(","));
    else paths = value.split("|").map((order) => order.split(",").filter(Boolean));
  }
  return { isAttribute: flag === "?", components, excludes, paths, accepts: acceptor(components) };
}

/** Return what tells whether a value is one of an AI with these components. */
function acceptor(components) {
  let [pattern, start] = ["", 0];
  for (const { kind, least, most, isOptional } of [...components].reverse()) {
    const part = `${CHARACTERS[kind]}{${least},${most}}`;
    pattern = isOptional ? `(?:${part}${pattern})?` : part + pattern;
  }
  const shape = new RegExp(`^${pattern}$`);
  const rules = [];
  for (const { kind, least, most, linters } of components) {
    const end = least === most ? start + most : undefined;
    for (const name of kind === "Z" ? [...linters, "cset64"] : linters)
      rules.push([start, end, name]);
    start += most;
  }
  return (value) =>
    shape.test(value) &&
    rules.every(
      ([from, to, name]) => (from && from >= value.length) || LINTERS[name](value.slice(from, to)),
    );
}

// Every sequence of AIs that a path may have, and with that the keys.

/** Keys that name nothing without their qualifier. */
const INCOMPLETE = new Set(["415"]);

const PATHS = new Set();
const KEYS = new Set();
const QUALIFIERS = new Map();
for (const [code, row] of ROWS) {
  if (!row.includes("dlpkey")) continue;
  KEYS.add(code);
  const { paths } = identifier(code);
  QUALIFIERS.set(code, new Set(paths.flat()));
  for (const order of paths) {
    for (let chosen = 0; chosen < 2 ** order.length; chosen++) {
      const qualifiers = order.filter((_, at) => (chosen >> at) & 1);
      if (qualifiers.length || !INCOMPLETE.has(code)) PATHS.add([code, ...qualifiers].join("/"));
    }
  }
}

/** Tell whether a text is the AI of a primary key. */
export const isPrimaryKey = (code) => KEYS.has(code);

const isOfKind = (pattern, code) => new RegExp(`^${pattern.replaceAll("n", "[0-9]")}$`).test(code);

function hasExclusivePair(codes) {
  return codes.some((code) =>
    (identifier(code)?.excludes ?? []).some((pattern) =>
      codes.some((other) => other === pattern || (other !== code && isOfKind(pattern, other))),
    ),
  );
}

function belongsInPath(path, code) {
  return (
    QUALIFIERS.get(path[0]).has(code) &&
    path.some((_, at) =>
      PATHS.has([...path.slice(0, at + 1), code, ...path.slice(at + 1)].join("/")),
    )
  );
}

/**
 * Tell whether AIs stand where a Digital Link may have them.
 *
 * @param {string[]} path the key and its qualifiers
 * @param {string[]} attributes of the query
 */
export function arePlaced(path, attributes) {
  if (!PATHS.has(path.join("/"))) return false;
  const seen = new Set(path);
  for (const code of attributes) {
    const ai = identifier(code);
    if (!ai || seen.has(code) || !ai.isAttribute || belongsInPath(path, code)) return false;
    seen.add(code);
  }
  return attributes.length === 0 || !hasExclusivePair([...path, ...attributes]);
}
