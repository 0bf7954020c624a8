// What a reader says of bytes that it does not take.

/** Something is not in its one form, or does not hold. `code` says what, `place` where. */
export class Refused extends Error {
  /**
   * @param {string} code as in the Python library: `record.bad_member`, `signing.seal_digits`, …
   * @param {{place?: string, facts?: object}} [more] a JSON pointer, and what else is known
   */
  constructor(code, { place = "", facts = {} } = {}) {
    super(place ? `${place}: ${code}` : code);
    this.name = "Refused";
    this.code = code;
    this.place = place;
    this.facts = facts;
  }
}

/** Refuse unless something holds. */
export function demand(holds, code, more) {
  if (!holds) throw new Refused(code, more);
}

/** Return what a reader returns; where it refuses, say that it was at a place. */
export function at(place, read) {
  try {
    return read();
  } catch (error) {
    throw placed(error, place);
  }
}

/** As `at`, for a reader that has to wait. */
export async function atAsync(place, read) {
  try {
    return await read();
  } catch (error) {
    throw placed(error, place);
  }
}

function placed(error, place) {
  if (!(error instanceof Refused)) return error;
  return new Refused(error.code, { place: place + error.place, facts: error.facts });
}
