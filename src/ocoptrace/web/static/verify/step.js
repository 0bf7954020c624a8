// What an event touched: what it brought into the world, what it used, what it speaks of.

import { readEventTime } from "./time.js";

/** The member that lists the statements which an event's maker had seen of others' goods. */
export const BASED_ON = "ocop:basedOn";

const distinct = (names) => [...new Set(names)];
const classesOf = (elements) => (elements ?? []).map(({ epcClass }) => epcClass);
const namesOf = (instances, elements) => distinct([...(instances ?? []), ...classesOf(elements)]);

/** Return what an event brings into the world, which takes a right to its name. */
function created(event) {
  const { type, action: acted } = event;
  if (type === "ObjectEvent" && acted === "ADD") return namesOf(event.epcList, event.quantityList);
  if (type === "TransformationEvent") return namesOf(event.outputEPCList, event.outputQuantityList);
  return type === "AggregationEvent" && acted === "ADD" && event.parentID ? [event.parentID] : [];
}

/** Return what came to be, or came to hold what was used. */
const made = (event) =>
  event.type === "AssociationEvent" && event.action === "ADD" ? [event.parentID] : created(event);

/** Return what the outputs of an event come from. */
function used(event) {
  if (event.type === "TransformationEvent")
    return namesOf(event.inputEPCList, event.inputQuantityList);
  const isJoined = ["AggregationEvent", "AssociationEvent"].includes(event.type);
  return isJoined && event.action === "ADD"
    ? namesOf(event.childEPCs, event.childQuantityList)
    : [];
}

/** Return every thing that an event is about, whatever happened to it. */
function mentioned(event) {
  const instances = ["epcList", "childEPCs", "inputEPCList", "outputEPCList"];
  const classes = ["quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"];
  const parent = event.parentID === undefined ? [] : [event.parentID];
  return distinct([
    ...parent,
    ...instances.flatMap((member) => event[member] ?? []),
    ...classes.flatMap((member) => classesOf(event[member])),
  ]);
}

/** An event and what it touched, its names canonical. */
export class Step {
  constructor(event, issuer) {
    this.event = event;
    this.issuer = issuer;
    this.when = readEventTime(event.eventTime);
    this.isCorrection = event.errorDeclaration !== undefined;
    this.created = created(event);
    this.used = used(event);
    this.made = made(event);
    this.mentioned = mentioned(event);
    this.places = [event.readPoint, event.bizLocation].filter(Boolean).map(({ id }) => id);
    this.basedOn = event[BASED_ON] ?? [];
  }

  /**
   * Tell whether the event is part of the lineage of some names.
   *
   * One that makes something of something has its part in that of what it makes: goods that it
   * shares with others did not bring it along.
   */
  belongs(names) {
    const touched = this.made.length && this.used.length ? this.made : this.mentioned;
    return touched.some((each) => names.has(each));
  }
}
