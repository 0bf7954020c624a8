// Signed notes (C2SP signed-note), and the checkpoints that are such notes (tlog-checkpoint).

import {
  base64,
  fromBase64,
  hasBlank,
  hex,
  isUnicode,
  lengthOf,
  sha256,
  toNumber,
  utf8,
} from "./bytes.js";
import { readEd25519 } from "./keys.js";
import { demand } from "./refused.js";
import { isSeconds } from "./time.js";

/** Signature type: Ed25519 over the note's text. */
export const ED25519 = 0x01;

/** Signature type: a witness's Ed25519 over a time and the text (C2SP tlog-cosignature). */
export const COSIGNATURE_V1 = 0x04;

const MAX_CHARACTERS = 64 * 1024;
const MAX_SIGNATURES = 64;
const SIGNATURE_BYTES = { [ED25519]: 64, [COSIGNATURE_V1]: 8 + 64 };
const DASH = "\u2014 ";

const isName = (name) => name !== "" && !name.includes("+") && !hasBlank(name) && isUnicode(name);

/** Return two texts: what stands before a separator, and what stands behind it. */
function parted(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/**
 * Return the key of its published text, `name+key id+type and key`.
 *
 * Its members: `name`, `type`, `publicKey`, `keyId` (hexadecimal).
 */
export async function readVerifierKey(vkey) {
  const code = "signing.vkey_syntax";
  const [name, rest] = parted(vkey, "+");
  const [keyId, key64] = parted(rest, "+");
  const data = fromBase64(key64, code);
  const type = data[0];
  demand(data.length === 33 && Object.hasOwn(SIGNATURE_BYTES, type) && isName(name), code);
  const publicKey = await readEd25519(data.slice(1));
  const digest = await sha256(utf8(`${name}\n`), data);
  demand(hex(digest.subarray(0, 4)) === keyId, code);
  return { name, type, publicKey, keyId };
}

/** Return the note of its text form, `text` and `signatures`. None of them is verified. */
function readNote(written) {
  const code = "signing.note_syntax";
  const isShort = written.length <= MAX_CHARACTERS || lengthOf(written) <= MAX_CHARACTERS;
  demand(isShort && isUnicode(written), code);
  const blank = written.lastIndexOf("\n\n");
  demand(blank > 0 && written.endsWith("\n"), code);
  const [text, lines] = [written.slice(0, blank + 1), written.slice(blank + 2)];
  // The one control character that a note has is the end of a line.
  demand(lines.endsWith("\n") && !/[\0-\x09\x0b-\x1f]/.test(text), code);
  const signed = lines.slice(0, -1).split("\n");
  demand(signed.length <= MAX_SIGNATURES && new Set(signed).size === signed.length, code);
  return { text, signatures: signed.map(readSignature) };
}

function readSignature(line) {
  const code = "signing.note_syntax";
  demand(line.startsWith(DASH), code);
  const [name, data64] = parted(line.slice(DASH.length), " ");
  const data = fromBase64(data64, code);
  demand(isName(name) && data.length > 4, code);
  return { name, keyId: hex(data.subarray(0, 4)), data: data.subarray(4) };
}

/** Return the POSIX seconds of a valid signature, 0 where its type has none; null otherwise. */
async function timeIfValid(signature, key, text) {
  if (signature.data.length !== SIGNATURE_BYTES[key.type]) return null;
  let [time, message] = [0, text];
  if (key.type === COSIGNATURE_V1) {
    time = Number(toNumber(signature.data.subarray(0, 8)));
    if (time === 0 || !isSeconds(time)) return null;
    message = `cosignature/v1\ntime ${time}\n${text}`;
  }
  const holds = await key.publicKey.verifies(signature.data.slice(-64), utf8(message));
  return holds ? time : null;
}

/** A checkpoint in its one written form; whether it is signed is asked of keys. */
class Checkpoint {
  constructor(members) {
    Object.assign(this, members);
  }

  /**
   * Return when witnesses signed, as times, the earliest first; each key counts once.
   *
   * Refused where no key of the log has signed, or where a line names a key and is not its.
   */
  async cosignedAt(keys) {
    const logs = keys.filter((key) => key.type === ED25519 && key.name === this.origin);
    const witnesses = keys.filter((key) => key.type === COSIGNATURE_V1);
    let isLogged = false;
    for (const key of logs) isLogged = (await this.#timeOf(key)) !== undefined || isLogged;
    const times = new Map();
    for (const key of witnesses) {
      const time = await this.#timeOf(key);
      if (time !== undefined) times.set(key.publicKey.thumbprint, time);
    }
    demand(isLogged, "proof.not_signed_by_log");
    return [...times.values()].sort((one, other) => one - other).map((seconds) => seconds * 1000);
  }

  async #timeOf(key) {
    const { text, signatures } = this.note;
    const named = signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId);
    const times = [];
    for (const signature of named) times.push(await timeIfValid(signature, key, text));
    demand(!times.includes(null), "signing.note_signature", { facts: { name: key.name } });
    return times[0];
  }
}

/**
 * Return the checkpoint of a signed note; extension lines are kept and not read.
 *
 * Its members: `origin`, `size` (a BigInt), `root` (bytes), `note`, and `written`, the whole text.
 */
export function readCheckpoint(written) {
  const code = "proof.not_a_checkpoint";
  demand(typeof written === "string", code);
  const note = readNote(written);
  const [origin, digits, root64 = ""] = note.text.split("\n");
  demand(/^[0-9]{1,19}$/.test(digits ?? ""), code);
  const size = BigInt(digits);
  const root = fromBase64(root64, code);
  demand(origin !== "" && root.length === 32, code);
  demand(note.text.startsWith(`${origin}\n${size}\n${base64(root)}\n`), code);
  return new Checkpoint({ origin, size, root, note, written });
}
