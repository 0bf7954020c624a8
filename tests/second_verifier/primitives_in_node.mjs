// Ask the parts of the second verifier that others have vectors for, in Node.
//
//   node primitives_in_node.mjs VERIFIER_FOLDER
//
// Reads questions from its standard input, one a line: which part, and its arguments. Writes what
// it answers to each, or "refused". Bytes are hexadecimal; numbers beyond 2^53 are texts.

import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const part = (name) => import(pathToFileURL(join(process.argv[2], name)));
const { readEd25519, readKey } = await part("keys.js");
const { verifies } = await part("ed25519.js");
const { verifyConsistency, verifyInclusion } = await part("merkle.js");
const { arePlaced, identifier } = await part("identifiers.js");
const { Refused } = await part("refused.js");

const bytes = (text) => new Uint8Array(Buffer.from(text, "hex"));

async function holds(prove) {
  await prove();
  return true;
}

const PARTS = {
  accepts: ({ code, value }) => Boolean(identifier(code)?.accepts(value)),
  arePlaced: ({ path, attributes }) => arePlaced(path, attributes),
  ownEd25519: ({ key, signature, message }) =>
    verifies(bytes(key), bytes(signature), bytes(message)),
  ed25519: async ({ key, signature, message }) =>
    (await readEd25519(bytes(key))).verifies(bytes(signature), bytes(message)),
  coseKey: async ({ key, signature, message }) =>
    (await readKey(bytes(key))).verifies(bytes(signature), bytes(message)),
  inclusion: ({ leaf, index, size, path, root }) =>
    holds(() => verifyInclusion(bytes(leaf), index, size, path.map(bytes), bytes(root))),
  consistency: ({ sizes, path, roots }) =>
    holds(() => verifyConsistency(...sizes, path.map(bytes), ...roots.map(bytes))),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { part: name, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = await PARTS[name](given);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    answer = "refused";
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
