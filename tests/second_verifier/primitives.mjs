// Ask the parts of the second verifier that others have vectors for, in Node or in a page.
//
// A question names its part and has its arguments. Bytes are hexadecimal; numbers beyond 2^53 texts.

const bytes = (text) =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

async function holds(prove) {
  await prove();
  return true;
}

/**
 * Return what answers questions: true, false, or "refused".
 *
 * @param {(name: string) => Promise<object>} load returns a module of the verifier
 */
export async function asker(load) {
  const { readEd25519, readKey } = await load("keys.js");
  const { verifies } = await load("ed25519.js");
  const { verifyConsistency, verifyInclusion } = await load("merkle.js");
  const { arePlaced, identifier } = await load("identifiers.js");
  const { Refused } = await load("refused.js");

  const parts = {
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

  return async ({ part, ...given }) => {
    try {
      return await parts[part](given);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return "refused";
    }
  };
}
