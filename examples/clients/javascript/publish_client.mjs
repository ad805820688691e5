#!/usr/bin/env node
// A client of the Publish API: `publish_client.mjs publish` and `publish_client.mjs fetch`, input from CONFORMANCE_* variables.
// Needs Node 20 and no package. Exit 0: done; 89: not implemented; else failed, the reason on stderr.

import { readFile } from "node:fs/promises";
import { fetchRelease } from "./fetch.mjs";
import { publish } from "./publish.mjs";
import { Unsupported } from "./signature.mjs";
import { Failure, Session } from "./transport.mjs";

const NOT_IMPLEMENTED = 89;
const token = process.env.CONFORMANCE_TOKEN ?? "";

async function main([operation]) {
  const session = new Session(variable("URL"), token, Number(process.env.CONFORMANCE_DEADLINE || 60));
  const release = { name: variable("NAME"), version: variable("VERSION") };
  if (operation === "publish") {
    const sources = (process.env.CONFORMANCE_SOURCES ?? "").split(/\s+/).filter(Boolean);
    await publish(session, { ...release, path: variable("CONTENT"), sources, key: await readJson(variable("KEY")) });
  } else if (operation === "fetch") {
    const trusted = await readJson(variable("TRUSTED_KEYS"));
    await fetchRelease(session, { ...release, trusted, output: variable("OUTPUT") });
  } else {
    throw new Failure("usage: publish_client.mjs publish | fetch");
  }
}

function variable(name) {
  const value = process.env[`CONFORMANCE_${name}`];
  if (value === undefined) throw new Failure(`CONFORMANCE_${name} is not set`);
  return value;
}

async function readJson(path) {
  return JSON.parse(await readFile(path));
}

function complain(error) {
  // A registry may quote what it was sent; a log is no place for a token, nor for control characters.
  const reason = token ? error.message.replaceAll(token, "[token]") : error.message;
  console.error(reason.replace(/\p{Cc}/gu, " "));
  return error instanceof Unsupported ? NOT_IMPLEMENTED : 1;
}

process.exit(await main(process.argv.slice(2)).then(() => 0, complain));
