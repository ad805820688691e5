// Fetching a release: trust is in the keys and the digest, not in the registry or in who serves the content.

import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { TAR, WASM, unpack, verify as verifyContent } from "./content.mjs";
import { sameJson } from "./json.mjs";
import { verify as verifySignature } from "./signature.mjs";
import { Failure, LostAnswer, RETRIED, expect, follow, pause, request, retryAfter, short } from "./transport.mjs";

const LARGEST_CONTENT = 256 << 20; // octets, in memory
const ROUNDS = 5; // through the sources that may still come to serve

export async function fetchRelease(session, { name, version, trusted, output }) {
  const answer = await request(session, "GET", session.url("components", name, `v${version}`));
  const document = expect(answer, 200).document();
  const manifest = JSON.parse(verifySignature(document.releaseSignature, trusted));
  if (!sameJson(manifest, document.release)) {
    throw new Failure("the signature is for another manifest than the release shows");
  }
  // A good signature over another release would lead us to other content, an old and vulnerable version for example.
  if (manifest.name !== name || manifest.version !== version) {
    throw new Failure(`asked for ${name} ${version}, the release is ${manifest.name} ${manifest.version}`);
  }
  // A source with `path` serves a single entry, which this client leaves out.
  const sources = document.contentSources.filter((source) => !("path" in source)).map((source) => source.url);
  await keep(await download(session, answer, sources, manifest), manifest, output);
}

/** Content from the first source that serves what the digest says. */
async function download(session, release, sources, manifest) {
  let asked;
  let reason = "the release has no source of its whole content";
  for (let attempt = 0; attempt < ROUNDS && sources.length > 0; attempt++) {
    if (attempt > 0) await pause(session, asked, attempt - 1, reason);
    const again = []; // those that may serve later; what serves other bytes is out
    asked = undefined;
    for (const [position, url] of sources.entries()) {
      // A share of the time each: a source that drips or stalls must not use up that of the next one.
      const time = session.remaining() / (sources.length - position + 1);
      try {
        const answer = await follow(session, "GET", release.reference(url), { time, largest: LARGEST_CONTENT });
        if (RETRIED.has(answer.status)) {
          again.push(url);
          asked = Math.max(asked ?? 0, retryAfter(answer.headers) ?? 0) || undefined;
        }
        verifyContent(expect(answer, 200).body, manifest.mediaType ?? WASM, manifest.contentDigest);
        return answer.body;
      } catch (error) {
        if (error instanceof LostAnswer) again.push(url);
        reason = error.message;
        console.error(`${short(url)}: ${reason}`);
      }
    }
    sources = again;
  }
  throw new Failure(`no source serves the content; the last: ${reason}`);
}

/** Puts the content in its place by a rename from beside it: what is there is whole and verified. */
async function keep(content, manifest, output) {
  const folder = await mkdtemp(join(dirname(resolve(output)), ".fetch-"));
  try {
    const kept = join(folder, "content");
    await (manifest.mediaType === TAR ? unpack(content, kept) : writeFile(kept, content));
    await rename(kept, output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
