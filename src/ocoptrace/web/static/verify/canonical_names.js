// Names in events and registry entries: each in its one form, or no name of ours at all.

import { isPrimaryKey } from "./identifiers.js";
import { named } from "./names.js";
import { demand } from "./refused.js";

const GS1_HOST = "id.gs1.org";
const PRODUCER = /^(?:[0-9A-Z]{8}|(?=.*[0-9])[0-9A-Za-z]{8})$/;

/** What the value of a key looks like, right or wrong. */
const KEY_FORMS = {
  "00": /^[0-9]{18}$/,
  "01": /^(?:[0-9]{8}|[0-9]{12,14})$/,
  253: /^[0-9]{13}[^/]{0,17}$/u,
  255: /^[0-9]{13,25}$/,
  402: /^[0-9]{17}$/,
  414: /^[0-9]{13}$/,
  415: /^[0-9]{13}$/,
  417: /^[0-9]{13}$/,
  8003: /^[0-9]{14}[^/]{0,16}$/u,
  8006: /^[0-9]{18}$/,
  8017: /^[0-9]{18}$/,
  8018: /^[0-9]{18}$/,
};
/** The other keys begin with a GS1 Company Prefix. */
const ANY_KEY = /^[0-9]{4}[^/]{0,26}$/u;

/**
 * Refuse a name in an event or a registry entry that is not in its canonical form.
 *
 * A web address of another kind, and a URI of any other scheme, stands as it is.
 */
export function demandCanonical(uri) {
  // What an EPC URN names has a Digital Link for its canonical name.
  demand(!uri.startsWith("urn:epc:"), "registry.not_canonical");
  if (!/^https?:\/\//i.test(uri)) return;
  const name = named(uri);
  if (name !== null) demand(name.canonical() === uri, "registry.not_canonical");
  else demand(!meansToBeAName(uri), "gs1.path");
}

/** Tell whether a web address is written as a GS1 or plain name, whatever is wrong with it. */
function meansToBeAName(uri) {
  const [, , host, ...segments] = uri.split(/[?#]/, 1)[0].split("/");
  if (host.toLowerCase() === GS1_HOST) return segments.slice(0, -1).some(isPrimaryKey);
  if (segments[0]?.toLowerCase() === "ocop") return PRODUCER.test(segments[1] ?? "");
  return segments
    .slice(0, -1)
    .some((code, at) => isPrimaryKey(code) && (KEY_FORMS[code] ?? ANY_KEY).test(segments[at + 1]));
}
