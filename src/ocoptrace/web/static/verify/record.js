// The origin record: one file that carries all that a verifier needs, save the trust.

import { byCharacter, fromBase64url } from "./bytes.js";
import { hasExactly, isObject, readCanonical, write } from "./json.js";
import { parseName } from "./names.js";
import { readCheckpoint } from "./note.js";
import { at, atAsync, demand } from "./refused.js";
import { bytesOf, textOf } from "./signed_file.js";
import { readStatement, recorded } from "./statement.js";

const FORMAT = "ocop-record/1";
const MAX_BYTES = 16 * 2 ** 20;
const MAX_STATEMENTS = 10_000;
const MAX_CHECKPOINTS = 1_000;
const MAX_PATH = 63;

const isNatural = (value) => Number.isSafeInteger(value) && value >= 0;

function member(holds, place) {
  demand(holds, "record.bad_member", { place });
}

/**
 * Return the record of a file: `about`, `bundle`, `checkpoints`, `statements`.
 *
 * @param {Uint8Array | ArrayBuffer | string} file
 * @throws {Refused} anything but exactly the form of docs/spec/origin-record.md
 */
export async function readRecord(file) {
  const bytes = bytesOf(file);
  demand(bytes.length <= MAX_BYTES, "json.too_large");
  const value = readCanonical(textOf(bytes), MAX_BYTES);
  const isRecord = hasExactly(value, ["format", "about", "bundle", "checkpoints", "statements"]);
  demand(isRecord && value.format === FORMAT, "record.not_a_record");
  const { about, bundle } = value;
  member(hasExactly(bundle, ["version", "sha256"]), "/bundle");
  member(isNatural(bundle.version) && bundle.version > 0, "/bundle");
  member(typeof bundle.sha256 === "string" && /^[0-9a-f]{64}$/.test(bundle.sha256), "/bundle");
  member(typeof about === "string" && parseName(about).canonical() === about, "/about");
  const notes = value.checkpoints;
  member(Array.isArray(notes) && notes.length <= MAX_CHECKPOINTS, "/checkpoints");
  member(
    Array.isArray(value.statements) && value.statements.length <= MAX_STATEMENTS,
    "/statements",
  );
  const checkpoints = notes.map((note, place) =>
    at(`/checkpoints/${place}`, () => {
      member(typeof note === "string", "");
      return readCheckpoint(note);
    }),
  );
  const statements = [];
  for (const [place, each] of value.statements.entries()) {
    const read = () => readMember(each, checkpoints.length);
    statements.push(await atAsync(`/statements/${place}`, read));
  }
  checkOrder(statements, checkpoints);
  const used = new Set(
    statements.flatMap(({ proofs }) => proofs.map(({ checkpoint }) => checkpoint)),
  );
  demand(used.size === checkpoints.length, "record.unused_checkpoint", { place: "/checkpoints" });
  return { about, bundle, checkpoints, statements };
}

async function readMember(value, checkpoints) {
  const isShown = isObject(value) && Object.hasOwn(value, "payload");
  const hasSalt = isObject(value) && Object.hasOwn(value, "salt");
  demand(isShown === hasSalt, "record.payload_without_salt");
  const names = ["id", "cose", "proofs", ...(isShown ? ["payload", "salt"] : [])];
  member(hasExactly(value, names), "");
  const { id, cose, payload, salt, proofs } = value;
  const texts = [id, cose, ...(isShown ? [payload, salt] : [])];
  member(
    texts.every((text) => typeof text === "string"),
    "",
  );
  member(Array.isArray(proofs), "/proofs");
  const statement = await readStatement(fromBase64url(cose));
  const read = recorded(
    statement,
    payload,
    isShown ? fromBase64url(salt) : undefined,
    proofs.map((proof, place) => at(`/proofs/${place}`, () => readProof(proof, checkpoints))),
  );
  demand(statement.id === id, "record.wrong_id", { place: "/id" });
  return read;
}

function readProof(value, checkpoints) {
  member(hasExactly(value, ["checkpoint", "index", "path"]), "");
  const { checkpoint, index, path } = value;
  member(isNatural(checkpoint) && checkpoint < checkpoints && isNatural(index), "");
  member(Array.isArray(path) && path.length <= MAX_PATH, "");
  member(
    path.every((node) => typeof node === "string"),
    "/path",
  );
  return { checkpoint, index, path: path.map(fromBase64url) };
}

/** Refuse a statement that stands twice, or that stands before another which goes before it. */
function checkOrder(statements, checkpoints) {
  const isSorted = statements.every((each, place) => {
    return place === 0 || byPosition(statements[place - 1], each, checkpoints) <= 0;
  });
  const ids = new Set(statements.map(({ statement }) => statement.id));
  demand(isSorted && ids.size === statements.length, "record.not_sorted", {
    place: "/statements",
  });
}

function byPosition(one, other, checkpoints) {
  const [first, second] = [one, other].map(({ statement, proofs }) => {
    const [proof] = proofs;
    const place = proof ? [checkpoints[proof.checkpoint].origin, proof.index] : ["", 0];
    return [...place, statement.id];
  });
  const byOrigin = byCharacter(first[0], second[0]);
  return byOrigin || first[1] - second[1] || byCharacter(first[2], second[2]);
}

/**
 * Return what tells whether a payload is the list which says that this is all there is, in a log of
 * a size (docs/spec/origin-record.md). It is asked of many lists, so all but the size is made once.
 */
export function listOf(about, bundle, ids) {
  const head = `{"about":${write(about)},"bundle":${write(bundle)},"size":`;
  const tail = `,"statements":${write([...ids].sort())}}`;
  return (payload, size) =>
    payload.length === head.length + String(size).length + tail.length &&
    payload.startsWith(head + String(size)) &&
    payload.endsWith(tail);
}
