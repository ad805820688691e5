// Content of a release: its entries, the digest over them, and how they come to lie in a folder.

import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { archiveEntries } from "./archive.mjs";
import { Failure } from "./transport.mjs";

export const WASM = "application/wasm";
export const TAR = "application/x-tar";
const ALGORITHMS = ["sha256", "sha512"];

/** Digest over the index of the content: of each entry its own digest, the length of its path, and the path. */
export function digest(content, mediaType, algorithm) {
  const hash = (octets) => createHash(algorithm).update(octets).digest();
  const index = entries(content, mediaType)
    // Sorted by the octets of the paths, so that the order in an archive does not matter.
    .sort((left, right) => (left.path < right.path ? -1 : 1))
    .map(({ path, octets }) => {
      const length = Buffer.alloc(2);
      length.writeUInt16LE(path.length);
      return Buffer.concat([hash(octets), length, Buffer.from(path, "latin1")]);
    });
  return hash(Buffer.concat(index)).toString("hex");
}

/** Every digest of a known algorithm has to match; one alone would be as weak as the weakest of them. */
export function verify(content, mediaType, digests) {
  const known = ALGORITHMS.filter((algorithm) => Object.hasOwn(digests, algorithm));
  if (known.length === 0) throw new Failure("the manifest has no digest by a known algorithm");
  for (const algorithm of known) {
    if (digest(content, mediaType, algorithm) !== digests[algorithm]) {
      throw new Failure(`the ${algorithm} digest is another than the manifest's`);
    }
  }
}

/** `{ path, octets }` of each entry. Paths are octets and need not be text: a character stands for each (latin1). */
export function entries(content, mediaType) {
  if (mediaType === WASM) return [{ path: "component.wasm", octets: content }];
  if (mediaType !== TAR) throw new Failure(`media type ${mediaType} is not known`);
  const all = archiveEntries(content);
  const paths = new Set();
  for (const { path } of all) {
    if (path.length > 65535 || path.includes("\0") || path.split("/").some((segment) => ["", ".", ".."].includes(segment))) {
      throw new Failure(`${JSON.stringify(path.slice(0, 100))} is not a path that may be unpacked`);
    }
    if (paths.has(path)) throw new Failure(`${JSON.stringify(path)} stands twice in the archive`);
    paths.add(path);
  }
  for (const path of paths) {
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      if (paths.has(path.slice(0, end))) throw new Failure(`${JSON.stringify(path.slice(0, end))} is both file and folder`);
    }
  }
  return all;
}

/** Writes the entries of an archive below a new folder. POSIX only: elsewhere more names are dangerous. */
export async function unpack(archive, folder) {
  await mkdir(folder);
  for (const { path, octets } of entries(archive, TAR)) {
    const at = (name) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
    await mkdir(at(path.slice(0, path.lastIndexOf("/") + 1)), { recursive: true });
    await writeFile(at(path), octets, { flag: "wx" });
  }
}
