// Make something of trust vectors with the second verifier, in Node.
//
//   node in_node.mjs VERIFIER FOLDER [--own-ed25519]
//
// Reads cases from its standard input, one a line, and writes what came of each, one a line. With
// --own-ed25519 WebCrypto is made to know no Ed25519, as in browsers before 2025.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

import { caseRunner } from "./case_runner.mjs";

const [verifier, folder, option] = process.argv.slice(2);
if (option === "--own-ed25519") {
  const { subtle } = globalThis.crypto;
  const importKey = subtle.importKey.bind(subtle);
  subtle.importKey = (format, data, algorithm, ...rest) =>
    algorithm.name === "Ed25519"
      ? Promise.reject(new DOMException("no such algorithm", "NotSupportedError"))
      : importKey(format, data, algorithm, ...rest);
}
const read = async (path) => new Uint8Array(await readFile(join(folder, path)));
const run = caseRunner(await import(pathToFileURL(verifier)), read);
for await (const line of createInterface({ input: process.stdin })) {
  const found = await run(JSON.parse(line)).catch((error) => ({ thrown: error.stack }));
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
