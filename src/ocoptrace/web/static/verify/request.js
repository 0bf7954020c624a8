// Registration requests: a producer asks an office to list its key, and proves that it holds it.

import { checkLogKey, checkWitnesses } from "./bundle.js";
import { fromBase64url, utf8 } from "./bytes.js";
import { hasExactly, isObject, readCanonical } from "./json.js";
import * as members from "./members.js";
import { many, optional, shape } from "./members.js";
import { demand } from "./refused.js";
import { bytesOf, ofText, textOf } from "./signed_file.js";

const MAX_BYTES = 8 * 1024;
const CONTEXT = "ocoptrace-registration/1\n";

const readLogMembers = shape({
  origin: members.text,
  witnesses: many(members.verifierKey),
  quorum: members.natural,
  vkey: members.verifierKey,
});

async function readLog(value) {
  const log = await readLogMembers(value);
  checkLogKey(log.vkey, log.origin);
  checkWitnesses(log, [log.vkey]);
  return log;
}

const readMembers = shape({
  address: optional(members.object),
  gtin_prefixes: many(members.gtinPrefix),
  gtins: many(members.gtin),
  key: members.coseKey,
  follows: optional(members.thumbprint),
  log: optional(readLog),
  made: members.time,
  name: members.holderNames,
  office: optional(members.thumbprint),
});

/**
 * Return the request of a file, after its signatures have been verified.
 *
 * @param {Uint8Array | ArrayBuffer | string} file
 * @throws {Refused} over 8 KiB, not a request, or not signed by its key and its log's
 */
export async function loadRequest(file) {
  const bytes = bytesOf(file);
  demand(bytes.length <= MAX_BYTES, "signing.too_large");
  const value = readCanonical(textOf(bytes));
  const byLog = isObject(value) && Object.hasOwn(value, "log_signature");
  const names = ["signature", "signed", ...(byLog ? ["log_signature"] : [])];
  demand(hasExactly(value, names), "signing.request");
  demand(
    names.every((name) => typeof value[name] === "string"),
    "signing.request",
  );
  const { signed, signature, log_signature: logSignature } = value;
  const request = await ofText(signed, readMembers);
  const languages = Object.keys(request.name);
  const isVietnamese =
    languages.includes("vi") && languages.every((each) => ["vi", "en"].includes(each));
  demand(isVietnamese && (request.log !== null) === byLog, "signing.request");
  const message = utf8(CONTEXT + signed);
  const holds = await request.key.verifies(fromBase64url(signature), message);
  demand(holds, "signing.request_signature");
  if (byLog) {
    const { publicKey } = request.log.vkey;
    const isLogs = await publicKey.verifies(fromBase64url(logSignature), message);
    demand(isLogs, "signing.request_log_signature");
  }
  return request;
}
