// The root of trust: which keys may make bundles and new roots. It is pinned, never found.

import { hex, sha256, utf8 } from "./bytes.js";
import { positive, shape, time } from "./members.js";
import { demand } from "./refused.js";
import {
  bytesOf,
  checkThreshold,
  countSigners,
  ofText,
  readRole,
  readSignedFile,
} from "./signed_file.js";

const MAX_ROOT_BYTES = 256 * 1024;

const readMembers = shape({
  version: positive,
  expires: time,
  roles: shape({ root: readRole, bundle: readRole }),
});

/** Return what a root's text says. */
export const readRootText = (text) => ofText(text, readMembers);

async function read(given) {
  const file = await readSignedFile(bytesOf(given), MAX_ROOT_BYTES);
  const root = await readRootText(file.signed);
  const counts = await countSigners(file, root.roles.root, "root");
  checkThreshold(counts.get(`root:${root.version}`) ?? 0, root.roles.root);
  return [root, file];
}

/**
 * Return the root of a file that a person chose to pin: `version`, `expires`, `roles`.
 *
 * @param {Uint8Array | ArrayBuffer | string} file
 * @throws {Refused} not a root file, or not signed by the keys that it names
 */
export async function loadRoot(file) {
  const [root] = await read(file);
  return root;
}

/**
 * Return the next root, which takes the place of a pinned one.
 *
 * @param {object} root the pinned one
 * @param {Uint8Array | ArrayBuffer | string} file a root file of the next version
 * @throws {Refused} another version, or not signed by the thresholds of both
 */
export async function followRoot(root, file) {
  const [following, signed] = await read(file);
  demand(following.version === root.version + 1, "signing.root_step");
  const counts = await countSigners(signed, root.roles.root, "root");
  const count = counts.get(`root:${following.version}`) ?? 0;
  demand(count >= root.roles.root.threshold, "signing.root_not_followed");
  return following;
}

/** Return the SHA-256 of a root's text in groups of 4, for people to compare. */
export async function fingerprintOf(root) {
  return hex(await sha256(utf8(root.text)))
    .match(/.{4}/g)
    .join(" ");
}
