"""Signatures over manifests: JWS (RFC 7515) in the general JSON serialization, with ES256 and Ed25519."""

import base64
import json
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256


class Unsupported(Exception):
    """A kind of key that is not implemented here."""


class Refused(Exception):
    """Not a signature to rely on."""


def sign(payload, jwk):
    """JWS document over exactly these octets."""
    # Both in the protected header: what decides how to verify has to be signed itself.
    protected = encode(json.dumps({"alg": jwk["alg"], "kid": jwk["kid"]}).encode())
    signed = f"{protected}.{encode(payload)}".encode()
    return {
        "payload": encode(payload),
        "signatures": [{"protected": protected, "signature": encode(raw_signature(signed, jwk))}],
    }


def raw_signature(signed, jwk):
    secret = decode(jwk["d"])
    if jwk["alg"] == "ES256" and jwk.get("crv") == "P-256":
        key = ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())
        # JWS wants r and s as 32 octets each, not their DER form.
        r, s = utils.decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if jwk["alg"] in ("EdDSA", "Ed25519") and jwk.get("crv") == "Ed25519":
        return ed25519.Ed25519PrivateKey.from_private_bytes(secret).sign(signed)
    raise Unsupported(f"keys for {jwk['alg']!r}")


def verify(document, trusted):
    """The signed octets, if a key of the JWKS `trusted` vouches for them; raises Refused otherwise."""
    keys = {key["kid"]: key for key in trusted["keys"]}
    signatures = document.get("signatures")
    if "signature" in document or not isinstance(signatures, list) or not signatures:
        raise Refused("the signature is not a JWS in the general form")
    # One good signature is needed, and none may be bad: a bad one by a trusted key is an attack or a defect.
    if not any([verify_entry(entry, document["payload"], keys) for entry in signatures]):
        raise Refused("no signature is by a trusted key")
    return decode(document["payload"])


def verify_entry(entry, payload, keys):
    """Whether a trusted key signed; False for keys that are not known."""
    protected, unprotected = json.loads(decode(entry["protected"])), entry.get("header") or {}
    check_header(protected, unprotected)
    key = keys.get(protected["kid"])
    if key is None:
        return False  # keys in the document itself (jwk, x5c, jku) prove nothing
    if protected["alg"] not in algorithms(key):
        raise Refused(f"key {key['kid']!r} is not one for {protected['alg']!r}")
    signed = f"{entry['protected']}.{payload}".encode()
    if not verifies(decode(entry["signature"]), signed, key):
        raise Refused(f"the signature by {key['kid']!r} is not valid")
    return True


def check_header(protected, unprotected):
    if not isinstance(protected.get("alg"), str) or not isinstance(protected.get("kid"), str):
        raise Refused("alg or kid is not in the protected header")
    if protected["alg"].lower() == "none" or protected["alg"].startswith("HS"):
        raise Refused(f"algorithm {protected['alg']!r} proves nothing")
    if "crit" in protected or "crit" in unprotected:
        raise Refused("the signature demands an extension (crit), and none is known here")
    if protected.keys() & unprotected.keys():
        raise Refused("a header parameter is both protected and not")


def algorithms(key):
    """The names of the one algorithm of a key. The key decides, not the document: whoever may choose can choose badly."""
    names = {("EC", "P-256"): ["ES256"], ("OKP", "Ed25519"): ["EdDSA", "Ed25519"]}.get((key.get("kty"), key.get("crv")), [])
    return names if key.get("alg", names[0] if names else None) in names else []


def verifies(signature, signed, key):
    if len(signature) != 64:
        return False
    try:
        if key["kty"] == "OKP":
            ed25519.Ed25519PublicKey.from_public_bytes(decode(key["x"])).verify(signature, signed)
        else:
            x, y = (int.from_bytes(decode(key[name]), "big") for name in "xy")
            r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
            public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
            public.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def encode(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def decode(text):
    # Python's decoder passes over what is not base64url; a signature has to be refused for that.
    if not re.fullmatch("[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise Refused("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
