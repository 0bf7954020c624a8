// What has to do with a batch or item: rebuilt from the events that are shown, and from no one.

import { goodsOf, named } from "./names.js";

const isAt = (text, level) => named(text)?.level === level;

/** Return all names that steps, of `[from any of these, to all of those]`, lead to. */
function reached(seeds, steps) {
  const leading = new Map();
  for (const [number, [origins]] of steps.entries()) {
    for (const name of origins) {
      if (!leading.has(name)) leading.set(name, []);
      leading.get(name).push(number);
    }
  }
  const found = new Set(seeds);
  const taken = new Set();
  for (const name of found) {
    // which grows meanwhile
    for (const number of leading.get(name) ?? []) {
      // Each step is taken once, so that many names cost no more than their number.
      if (taken.has(number)) continue;
      taken.add(number);
      for (const goal of steps[number][1]) found.add(goal);
    }
  }
  return found;
}

/** Return what went into what: of one event, or of all of an issuer with one transformationID. */
function flowsOf(steps) {
  const flows = new Map();
  for (const [number, step] of steps.entries()) {
    const { type, transformationID } = step.event;
    // Two issuers who use one transformationID tell of two flows, as with eventIDs.
    const isShared = type === "TransformationEvent" && transformationID;
    const key = isShared ? `${step.issuer} ${transformationID}` : number;
    if (!flows.has(key)) flows.set(key, { sources: new Set(), made: new Set() });
    const flow = flows.get(key);
    for (const name of step.used) flow.sources.add(name);
    for (const name of step.made) flow.made.add(name);
  }
  return [...flows.values()];
}

/**
 * Return the names that a record is about, as far as the shown events tell.
 *
 * The name itself and its batch, where it is a batch its items; all that these were made from,
 * however far back; and the logistic units that they were packed into.
 */
export function scope(about, steps) {
  const seeds = new Set([about, ...goodsOf(about).slice(1)]);
  if (isAt(about, "batch")) {
    const things = steps.flatMap((step) => step.mentioned).filter((thing) => isAt(thing, "item"));
    for (const thing of things) {
      const [, batch] = goodsOf(thing);
      if (batch === about) seeds.add(thing);
    }
  }
  const flows = flowsOf(steps);
  const back = reached(
    seeds,
    flows.map(({ sources, made }) => [made, sources]),
  );
  const units = flows.map(({ sources, made }) => [
    sources,
    [...made].filter((name) => isAt(name, "logistic_unit")),
  ]);
  return new Set([...back, ...reached(seeds, units)]);
}

/** Return the products and batches of names that are names of goods. */
export const goods = (names) => new Set([...names].flatMap(goodsOf));

/** Return names of products, and all other names that aliases, pairs of names, give them. */
export function withOtherNames(names, aliases) {
  return reached(
    names,
    aliases.flatMap(([one, other]) => [
      [[one], [other]],
      [[other], [one]],
    ]),
  );
}
