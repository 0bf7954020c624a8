// Ask parts of the second verifier, in Node.
//
//   node primitives_in_node.mjs VERIFIER_FOLDER
//
// Reads questions from its standard input, one a line, and writes the answers likewise.

import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

import { asker } from "./primitives.mjs";

const answer = await asker((name) => import(pathToFileURL(join(process.argv[2], name))));
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
