// What the second verifier, src/ocoptrace/web/static/verify.js, makes of one case of the trust
// vectors. Runs in Node and in a browser: whoever calls it hands in the verifier and reads files.

/** What stands before a file that a case brings along itself. */
const INLINE = "base64:";

const bytesOfHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** Return the bytes of base64 or base64url, in whatever spelling a case has them. */
export function unpadded(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/**
 * Makes something of cases; roots and bundles are loaded once.
 *
 * @param {object} verifier the module
 * @param {(path: string) => Promise<Uint8Array>} readFile returns a file of the vectors
 */
export function caseRunner(verifier, readFile) {
  const loaded = new Map();

  const read = async (path) =>
    path.startsWith(INLINE) ? unpadded(path.slice(INLINE.length)) : readFile(path);

  const once = (name, load) => {
    if (name.includes(INLINE)) return load();
    if (!loaded.has(name)) loaded.set(name, load());
    return loaded.get(name);
  };

  async function rootOf({ root, next_root: next }) {
    const pinned = await once(root, async () => verifier.loadRoot(await read(root)));
    if (next === undefined) return pinned;
    return once(`${root} ${next}`, async () => verifier.followRoot(pinned, await read(next)));
  }

  async function trustOf(given) {
    const { root, next_root: next, bundle, previous_version: previousVersion } = given;
    const { previous_sha256: previousSha256, previous_root_version: previousRootVersion } = given;
    const pinned = await rootOf(given);
    const previous = { previousVersion, previousSha256, previousRootVersion };
    const name = [root, next, bundle, ...Object.values(previous)].join(" ");
    return once(name, async () =>
      verifier.loadBundle(await read(bundle), { root: pinned, ...previous }),
    );
  }

  const consistencyOf = ({ consistency = [] }) =>
    Promise.all(
      consistency.map((given) =>
        verifier.consistencyProof({
          origin: given.origin,
          firstSize: given.first_size,
          firstRoot: bytesOfHex(given.first_root),
          secondSize: given.second_size,
          secondRoot: bytesOfHex(given.second_root),
          path: given.path.map(unpadded),
        }),
      ),
    );

  async function loadedFrom(given) {
    if (given.request !== undefined) return verifier.loadRequest(await read(given.request));
    if (given.bundle === undefined) return rootOf(given);
    const trust = await trustOf(given);
    await consistencyOf(given);
    return trust;
  }

  async function accepted(given) {
    try {
      const { version } = await loadedFrom(given);
      return version === undefined ? { accepted: true } : { accepted: true, version };
    } catch (error) {
      if (!(error instanceof verifier.Refused)) throw error;
      return { accepted: false, error: error.code };
    }
  }

  async function verdict(given) {
    const asked = {
      trust: await trustOf(given),
      now: given.now,
      policy: { maxBundleAgeDays: given.policy.max_bundle_age_days },
      consistency: await consistencyOf(given),
    };
    if (given.label !== undefined) return verifier.verifyLabel(given.label, asked);
    if (given.record !== undefined) return verifier.verifyRecord(await read(given.record), asked);
    const { cose, payload, salt, proofs } = given.statement;
    return verifier.verifyStatement(unpadded(cose), {
      ...asked,
      payload,
      salt: salt === undefined ? undefined : unpadded(salt),
      proofs: proofs.map((proof) => ({ ...proof, path: proof.path.map(unpadded) })),
    });
  }

  /** Return a verdict, or whether files are accepted, of a case. */
  return (given) => ("now" in given ? verdict(given) : accepted(given));
}
