// Signatures over manifests: JWS (RFC 7515) in the general JSON serialization, with ES256 and Ed25519.

import * as crypto from "node:crypto";
import { Failure } from "./transport.mjs";

/** A kind of key that is not implemented here. */
export class Unsupported extends Error {}

/** JWS document over exactly these octets. */
export function sign(payload, jwk) {
  if (!algorithms(jwk).includes(jwk.alg)) throw new Unsupported(`keys for ${jwk.alg}`);
  // Both in the protected header: what decides how to verify has to be signed itself.
  const header = encode(JSON.stringify({ alg: jwk.alg, kid: jwk.kid }));
  const key = crypto.createPrivateKey({ key: jwk, format: "jwk" });
  const signature = crypto.sign(hashOf(jwk), `${header}.${encode(payload)}`, { key, dsaEncoding: "ieee-p1363" });
  return { payload: encode(payload), signatures: [{ protected: header, signature: encode(signature) }] };
}

/** The signed octets, if a key of the JWKS `trusted` vouches for them. */
export function verify(document, trusted) {
  const keys = new Map(trusted.keys.map((key) => [key.kid, key]));
  const { payload, signatures } = document;
  if ("signature" in document || !Array.isArray(signatures) || signatures.length === 0) {
    throw new Failure("the signature is not a JWS in the general form");
  }
  // One good signature is needed, and none may be bad: a bad one by a trusted key is an attack or a defect.
  const good = signatures.filter((entry) => verifyEntry(entry, payload, keys));
  if (good.length === 0) throw new Failure("no signature is by a trusted key");
  return decode(payload);
}

/** Whether a trusted key signed; false for keys that are not known. */
function verifyEntry(entry, payload, keys) {
  const header = JSON.parse(decode(entry.protected));
  checkHeader(header, entry.header ?? {});
  const key = keys.get(header.kid);
  if (!key) return false; // keys in the document itself (jwk, x5c, jku) prove nothing
  if (!algorithms(key).includes(header.alg)) throw new Failure(`key ${key.kid} is not one for ${header.alg}`);
  const signature = decode(entry.signature);
  const publicKey = crypto.createPublicKey({ key, format: "jwk" });
  const signed = Buffer.from(`${entry.protected}.${payload}`);
  if (!crypto.verify(hashOf(key), signed, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature)) {
    throw new Failure(`the signature by ${key.kid} is not valid`);
  }
  return true;
}

function checkHeader(header, unprotected) {
  if (typeof header.alg !== "string" || typeof header.kid !== "string") {
    throw new Failure("alg or kid is not in the protected header");
  }
  if (header.alg.toLowerCase() === "none" || header.alg.startsWith("HS")) {
    throw new Failure(`algorithm ${header.alg} proves nothing`);
  }
  if ("crit" in header || "crit" in unprotected) {
    throw new Failure("the signature demands an extension (crit), and none is known here");
  }
  if (Object.keys(header).some((name) => Object.hasOwn(unprotected, name))) {
    throw new Failure("a header parameter is both protected and not");
  }
}

/** The names of the one algorithm of a key. The key decides, not the document: whoever may choose can choose badly. */
function algorithms({ kty, crv, alg }) {
  const names = { "EC P-256": ["ES256"], "OKP Ed25519": ["EdDSA", "Ed25519"] }[`${kty} ${crv}`] ?? [];
  return alg === undefined || names.includes(alg) ? names : [];
}

function hashOf(key) {
  return key.kty === "EC" ? "sha256" : null; // Ed25519 brings its own
}

function encode(octets) {
  return Buffer.from(octets).toString("base64url");
}

function decode(text) {
  // Node's decoder passes over what is not base64url; a signature has to be refused for that.
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new Failure("not base64url");
  return Buffer.from(text, "base64url");
}
