// Times and days. A time is a number of milliseconds since 1970 in UTC, a day is `YYYY-MM-DD`.

import { demand } from "./refused.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
export const DAY = 24 * 60 * MINUTE;

/** How far an honest clock may be ahead of a witness's. */
export const CLOCK_TOLERANCE = 10 * MINUTE;

/** How long after its expiry a bundle still proves anything. */
export const GRACE = 90 * DAY;

/** The times that anything signed may bear, from 1970 to before this. */
const END = Date.UTC(9000, 0, 1);

/** Vietnam keeps +07:00 all year; dates on labels and grades are civil dates there. */
const VIETNAM = 7 * 60 * MINUTE;

/** Tell whether POSIX seconds are a time that anything signed may bear. */
export const isSeconds = (seconds) => seconds >= 0 && seconds < END / SECOND;

/** Return a time as facts have it, in UTC and to the second. */
export const written = (time) => `${new Date(time).toISOString().slice(0, 19)}+00:00`;

/** Return the civil date in Vietnam at a time, an event's wild one at the ends of the calendar. */
export function civilDate(time) {
  const local = time + VIETNAM;
  if (local >= Date.UTC(10000, 0, 1)) return "9999-12-31";
  return local < Date.parse("0001-01-01T00:00:00Z")
    ? "0001-01-01"
    : new Date(local).toISOString().slice(0, 10);
}

/** Tell whether a text is a day of the calendar, `YYYY-MM-DD`, from year 1 on. */
export function isDay(text) {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const [year, month, day] = text.split("-").map(Number);
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= lastOf(year, month);
}

/** Return the number of days of a month, 1 to 12. */
export function lastOf(year, month) {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}

/** Return the time of `YYYY-MM-DDThh:mm:ssZ` from 1970 to before 9000. */
export function readTime(text) {
  const isForm =
    typeof text === "string" &&
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(text);
  const time = isForm ? clockTime(text.slice(0, 19)) : NaN;
  demand(time >= 0 && time < END, "signing.time");
  return time;
}

/** Return the time of `YYYY-MM-DDThh:mm:ss` in UTC; NaN where no calendar or clock has it. */
function clockTime(text) {
  const [hour, minute, second] = text.slice(11).split(":").map(Number);
  const isTime = isDay(text.slice(0, 10)) && hour < 24 && minute < 60 && second < 60;
  return isTime ? Date.parse(`${text}Z`) : NaN;
}

const EVENT_TIME =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,12}))?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/**
 * Return the time of an EPCIS time with its offset.
 *
 * What it has beyond the millisecond, to the microsecond, counts as half of one: it is only
 * compared with times in whole milliseconds.
 */
export function readEventTime(text) {
  const match = typeof text === "string" && EVENT_TIME.exec(text);
  demand(match, "epcis.time");
  const [, seconds, fraction = "", zone] = match;
  const [hours, minutes] = zone === "Z" ? [0, 0] : zone.slice(1).split(":").map(Number);
  const offset = (hours * 60 + minutes) * MINUTE;
  const digits = fraction.slice(0, 6).padEnd(6, "0");
  const time = clockTime(seconds) - (zone[0] === "-" ? -offset : offset);
  demand(offset < DAY && !Number.isNaN(time), "epcis.time");
  return time + Number(digits.slice(0, 3)) + (digits.slice(3) === "000" ? 0 : 0.5);
}

/**
 * Return the time of a device's clock that a caller gives.
 *
 * @param {Date | string | number} now a Date, an ISO 8601 time with its zone, or milliseconds
 * @throws {RangeError} no such time, one without a zone, or one before 1970 or from 9000 on
 */
export function clockOf(now) {
  const isZoned = typeof now !== "string" || /(Z|[+-][0-9]{2}:?[0-9]{2})$/.test(now);
  const time = isZoned ? new Date(now).getTime() : NaN;
  if (!(time >= 0 && time < END)) throw new RangeError(`${now} is no time of a device's clock`);
  return time;
}
