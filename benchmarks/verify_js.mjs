// How long the second verifier takes for a record, in Node or in a page.
//
//   node verify_js.mjs VERIFIER < given.json

/** Return milliseconds: `first` from files to a verdict, `again` for another record. */
export async function measured(address, { root, bundle, record, now, repeats }) {
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const [rootFile, bundleFile, file] = [root, bundle, record].map(bytes);
  const { loadBundle, loadRoot, verifyRecord } = await import(address);
  const started = performance.now();
  const trust = await loadBundle(bundleFile, { root: await loadRoot(rootFile) });
  const { overall } = await verifyRecord(file, { trust, now });
  const first = performance.now() - started;
  let again = Infinity;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const begun = performance.now();
    await verifyRecord(file, { trust, now });
    again = Math.min(again, performance.now() - begun);
  }
  return { overall, first, again };
}

/** Let WebCrypto know no Ed25519, as in browsers before 2025. */
export function forgetEd25519() {
  const { subtle } = globalThis.crypto;
  const importKey = subtle.importKey.bind(subtle);
  subtle.importKey = (format, data, algorithm, ...rest) =>
    algorithm.name === "Ed25519"
      ? Promise.reject(new DOMException("no such algorithm", "NotSupportedError"))
      : importKey(format, data, algorithm, ...rest);
}

if (globalThis.process?.argv[2]) {
  const { text } = await import("node:stream/consumers");
  const { pathToFileURL } = await import("node:url");
  const { argv, stdin, stdout } = globalThis.process;
  const given = JSON.parse(await text(stdin));
  if (given.forget) forgetEd25519();
  stdout.write(JSON.stringify(await measured(pathToFileURL(argv[2]).href, given)));
}
