// Verify a record and a label with no network, in Node, by the second verifier.
//
//   node verify_offline.mjs VERIFIER root.json bundle.json record.ocop [LABEL]
//
// VERIFIER is verify.js, LABEL the text of a QR code.

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [verifier, rootFile, bundleFile, recordFile, label] = process.argv.slice(2);
const { verifyLabel, verifyRecord } = await import(pathToFileURL(verifier));

const root = await readFile(rootFile); // pinned before, never found with the record
const asked = { root, bundle: await readFile(bundleFile), now: new Date() };

const verdicts = [await verifyRecord(await readFile(recordFile), asked)];
if (label) verdicts.push(await verifyLabel(label, asked));
for (const { overall, about, checks } of verdicts) {
  console.log(overall, about);
  for (const { code, outcome, reason } of checks) console.log(" ", code, outcome, reason);
}
