// Publishing a release: create, supply the content, sign and publish, wait for the end.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { TAR, WASM, digest } from "./content.mjs";
import { sameJson } from "./json.mjs";
import { sign } from "./signature.mjs";
import { Failure, expect, pause, problemText, request, retryAfter } from "./transport.mjs";

const JSON_TYPE = "application/json";

export async function publish(session, { name, version, path, sources, key }) {
  const content = await readFile(path);
  const mediaType = path.endsWith(".tar") ? TAR : WASM;
  const contentDigest = { sha256: digest(content, mediaType, "sha256") };
  const manifest = { packageType: "component", name, version, contentDigest, mediaType };
  // Serialised once: what is signed has to be, octet by octet, what was created.
  const manifestBytes = Buffer.from(JSON.stringify(manifest));
  const releaseUrl = session.url("components", name, `v${version}`);

  const created = await create(session, manifest, manifestBytes, releaseUrl);
  let { statusUrl } = created;
  let asked = retryAfter(created.answer.headers);
  const state = stateOf(created.answer.document());
  if (state === "published") return; // by an earlier try whose answer was lost
  if (state === "pending") {
    await supply(session, created.answer, { releaseUrl, content, mediaType, sources });
    const body = { releaseSignature: sign(manifestBytes, key), releaseDigest: { sha256: sha256(manifestBytes) } };
    const answer = await request(session, "POST", releaseUrl, JSON.stringify(body), JSON_TYPE);
    if ([404, 409].includes(answer.status) && answer.afterLoss) {
      statusUrl = await resolve(session, manifest, releaseUrl, answer);
      asked = 0;
    } else if (expect(answer, 200, 201, 202).status === 202) {
      statusUrl = location(answer) ?? statusUrl;
      asked = retryAfter(answer.headers);
    } else {
      return;
    }
  }
  await wait(session, statusUrl, asked);
}

/** The answer that holds the unpublished release, and the URL of its status. */
async function create(session, manifest, manifestBytes, releaseUrl) {
  const answer = await request(session, "POST", session.url("releases"), manifestBytes, JSON_TYPE);
  if (answer.status === 409 && answer.afterLoss) return existing(session, manifest, releaseUrl);
  const statusUrl = location(expect(answer, 201));
  if (!statusUrl) throw new Failure("the registry did not say where the unpublished release is");
  return { answer, statusUrl };
}

/** What is there already: ours, if the answer to our own create was lost, and otherwise somebody's. */
async function existing(session, manifest, releaseUrl) {
  // The only time that a client builds the URL of the status, as the Location was lost with the answer.
  const statusUrl = `${releaseUrl}/unpublished`;
  let answer = await request(session, "GET", statusUrl);
  if (answer.status === 404) answer = await request(session, "GET", releaseUrl); // forgotten, as it is published
  if (!sameJson(expect(answer, 200).document().release, manifest)) {
    throw new Failure(`${manifest.name} ${manifest.version} exists already, with another manifest`);
  }
  return { answer, statusUrl };
}

async function supply(session, created, { releaseUrl, content, mediaType, sources }) {
  if (sources.length > 0) {
    const body = JSON.stringify({ contentSources: sources.map((url) => ({ url })) });
    accepted(await request(session, "POST", `${releaseUrl}/content-sources`, body, JSON_TYPE));
    return;
  }
  const { uploadUrl } = created.document();
  if (!uploadUrl) throw new Failure("the registry takes no uploads: give it content sources instead");
  accepted(await request(session, "POST", created.reference(uploadUrl), content, mediaType));
}

/** The registry may have taken an earlier try whose answer was lost: what exists says more than this refusal. */
async function resolve(session, manifest, releaseUrl, refused) {
  const { answer, statusUrl } = await existing(session, manifest, releaseUrl);
  if (stateOf(answer.document()) === "pending" && !String(refused.document().type).endsWith("processing")) expect(refused, 200);
  return stateOf(answer.document()) === "published" ? answer.url : statusUrl;
}

/** Polls until the end: success is `published` and nothing else. */
async function wait(session, statusUrl, asked) {
  for (let attempt = 0; ; attempt++) {
    await pause(session, asked, attempt);
    const answer = expect(await request(session, "GET", statusUrl), 200);
    const state = stateOf(answer.document());
    if (state === "published") return;
    if (state === "failed" || state === "expired") {
      throw new Failure(`${state}: ${problemText(answer.document().error)}`);
    }
    // Any other state, known here or not, is one that the registry will leave again.
    asked = retryAfter(answer.headers);
  }
}

/** Once published, a registry may redirect from the status to the release, which has no status but a signature. */
function stateOf(document) {
  return document.status ?? ("releaseSignature" in document ? "published" : undefined);
}

function accepted(answer) {
  if (answer.status < 200 || answer.status > 299) expect(answer, 200);
}

function location(answer) {
  const value = answer.headers.get("location");
  return value ? answer.reference(value) : undefined;
}

function sha256(octets) {
  return createHash("sha256").update(octets).digest("hex");
}
