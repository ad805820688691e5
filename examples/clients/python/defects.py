"""Mistakes that authors of clients make, to be switched on one by one: does the suite notice?

`CLIENT_DEFECT=name publish_client.py ...` runs the sample client with one of them; `defects.py --list` says what there is. Nothing
here is for copying. Each mistake replaces functions of the client's modules, which know nothing of it.
"""

import contextlib
import hashlib
import hmac
import http.client
import json
import os
import shutil
import struct
import sys
import tarfile
import time
import types

import content
import fetch
import publish
import signature
import transport
from seen_by import SEEN_BY

DEFECTS = {}


def defect(name, rule, what, also=()):
    """Registers the function that puts the mistake in place; `also`: other rules that it truly breaks with the first."""

    def register(install):
        assert name not in DEFECTS, name
        DEFECTS[name] = (rule, also, what, install)
        return install

    return register


def install(name):
    if name not in DEFECTS:
        sys.exit(f"no client defect is called {name!r}; defects.py --list says which there are")
    DEFECTS[name][-1]()


def replace(module, name):
    """Decorator: puts the function in the place of `module.name`, which it gets as its first argument."""

    def put(function):
        original = getattr(module, name)
        setattr(module, name, lambda *arguments, **named: function(original, *arguments, **named))
        return function

    return put


# CLI-1: manifest, content and signature


@defect("digest-of-raw-bytes", "CLI-1", "Hashes the file itself, as everybody else's digests do, instead of the content index.")
def _():
    @replace(content, "digest")
    def digest(_, file, media_type, algorithm):
        file.seek(0)
        return hashlib.new(algorithm, file.read()).hexdigest()


@defect("digest-upper-case", "CLI-1", "Writes the digest in upper-case hex, which its platform's formatter gives.")
def _():
    @replace(publish, "describe")
    def describe(original, *arguments):
        manifest = original(*arguments)
        manifest["contentDigest"]["sha256"] = manifest["contentDigest"]["sha256"].upper()
        return manifest


@defect("digest-sha1", "CLI-1", "Still commits to content by sha1, carried over from an older registry.")
def _():
    @replace(publish, "describe")
    def describe(_, name, version, file, media_type):
        digests = {"sha1": content.digest(file, media_type, "sha1")}
        return {"packageType": "component", "name": name, "version": version, "contentDigest": digests, "mediaType": media_type}


@defect("path-length-big-endian", "CLI-1", "Packs the length of a path in network byte order, out of habit.")
def _():
    content.struct = types.SimpleNamespace(pack=lambda form, *values: struct.pack(form.replace("<", ">"), *values))


@defect("index-of-hex-digests", "CLI-1", "Puts the hex text of the inner digests into the index where their octets belong.")
def _():
    @replace(content, "digest")
    def digest(_, file, media_type, algorithm):
        lines = []
        for path, stream in content.entries(file, media_type):
            inner = hashlib.new(algorithm, stream.read()).hexdigest().encode()
            lines.append((path, inner + struct.pack("<H", len(path)) + path))
        return hashlib.new(algorithm, b"".join(line for _, line in sorted(lines))).hexdigest()


@defect(
    "index-in-archive-order",
    "CLI-1",
    "Takes the entries in the order of the archive, which happens to be sorted on the author's machine.",
)
def _():
    content.sorted = list


@defect(
    "media-type-left-out",
    "CLI-1",
    "Leaves mediaType out of the manifest, although the content is an archive and the default is not.",
)
def _():
    @replace(publish, "describe")
    def describe(original, *arguments):
        manifest = original(*arguments)
        del manifest["mediaType"]
        return manifest

    @replace(publish, "supply")
    def supply(original, session, manifest, answer, path, sources):
        media_type = content.TAR if path.endswith(".tar") else content.WASM
        original(session, {**manifest, "mediaType": media_type}, answer, path, sources)


@defect("uploads-octet-stream", "CLI-1", "Uploads as application/octet-stream, the default of its HTTP library.")
def _():
    @replace(publish, "supply")
    def supply(original, session, manifest, answer, path, sources):
        original(session, {**manifest, "mediaType": "application/octet-stream"}, answer, path, sources)


@defect("uploads-as-text", "CLI-1", "Reads the content as text before uploading, which turns carriage returns into line feeds.")
def _():
    @replace(transport, "request")
    def request(original, session, method, url, body=None, content_type=None):
        if content_type in (content.WASM, content.TAR):
            body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return original(session, method, url, body, content_type)


@defect("uploads-nothing", "CLI-1", "Publishes without supplying the content: the author's registry already had it.")
def _():
    publish.supply = lambda *arguments: None


@defect("first-source-only", "CLI-1", "Takes the first of the content sources it is given and forgets the mirrors.")
def _():
    @replace(publish, "supply")
    def supply(original, session, manifest, answer, path, sources):
        original(session, manifest, answer, path, sources[:1])


@defect("ignores-given-sources", "CLI-1", "Uploads although it was given content sources to name.")
def _():
    @replace(publish, "supply")
    def supply(original, session, manifest, answer, path, sources):
        original(session, manifest, answer, path, [])


@defect(
    "signs-reserialised-manifest",
    "CLI-1",
    "Signs the manifest as its JSON library writes it the second time: compact, members sorted.",
)
def _():
    @replace(signature, "sign")
    def sign(original, payload, jwk):
        return original(json.dumps(json.loads(payload), sort_keys=True, separators=(",", ":")).encode(), jwk)


@defect("signs-other-manifest", "CLI-1", "Adds the time of signing to the manifest after it was created.")
def _():
    @replace(signature, "sign")
    def sign(original, payload, jwk):
        return original(json.dumps({**json.loads(payload), "signedAt": int(time.time())}).encode(), jwk)


@defect(
    "signature-in-der", "CLI-1", "Sends an ECDSA signature as its library returns it, in DER, where JWS has r and s side by side."
)
def _():
    @replace(signature, "raw_signature")
    def raw_signature(original, signed, jwk):
        raw = original(signed, jwk)
        if jwk["alg"] != "ES256":
            return raw  # only ECDSA has the two forms
        return signature.utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


@defect("kid-unprotected", "CLI-1", "Puts kid into the unprotected header, where many other formats have it.")
def _():
    @replace(signature, "sign")
    def sign(_, payload, jwk):
        protected = signature.encode(json.dumps({"alg": jwk["alg"]}).encode())
        signed = f"{protected}.{signature.encode(payload)}".encode()
        entry = {
            "protected": protected,
            "header": {"kid": jwk["kid"]},
            "signature": signature.encode(signature.raw_signature(signed, jwk)),
        }
        return {"payload": signature.encode(payload), "signatures": [entry]}


@defect("base64-with-padding", "CLI-1", "Encodes the parts of the JWS in ordinary base64, with padding, plus and slash.")
def _():
    signature.encode = lambda octets: signature.base64.b64encode(octets).decode()


# CLI-2: Location and uploadUrl


@defect("builds-upload-url", "CLI-2", "Builds the upload URL as the first registry it met had it.")
def _():
    @replace(transport.Answer, "reference")
    def reference(original, answer, value):
        return f"{answer.url.rstrip('/')}/upload" if "upload" in value else original(answer, value)


@defect("builds-status-url", "CLI-2", "Builds the URL of the status from name and version instead of following Location.")
def _():
    @replace(publish, "submit")
    def submit(original, session, manifest, *arguments):
        url, asked = original(session, manifest, *arguments)
        return url and session.url("components", manifest["name"], f"v{manifest['version']}", "unpublished"), asked


@defect(
    "location-appended-to-base",
    "CLI-2",
    "Appends a relative reference to the base URL instead of resolving it against the request's.",
)
def _():
    @replace(transport.Session, "__init__")
    def init(original, session, base, *arguments):
        original(session, base, *arguments)
        transport.Answer.reference = lambda _, value: value if "://" in value else session.base + value.lstrip("/")


@defect("drops-query", "CLI-2", "Rebuilds URLs from scheme, host and path, and so loses the query that signs an upload.")
def _():
    @replace(transport.Answer, "reference")
    def reference(original, answer, value):
        return original(answer, value).partition("?")[0]


@defect("reencodes-urls", "CLI-2", "Percent-encodes URLs that are encoded already.")
def _():
    @replace(transport.Answer, "reference")
    def reference(original, answer, value):
        return original(answer, value).replace("%", "%25")


# CLI-3: the end of asynchronous work


@defect("success-on-202", "CLI-3", "Takes 202 for success, as its HTTP library does with all of 2xx.")
def _():
    publish.wait = lambda *arguments: None


@defect("unknown-state-is-failure", "CLI-3", "Knows the five states of today and fails on a sixth.")
def _():
    @replace(publish, "finished")
    def finished(original, document):
        if publish.state(document) not in ("pending", "processing", "published", "failed", "expired"):
            raise transport.Failure(f"unexpected state {publish.state(document)!r}")
        return original(document)


@defect(
    "unknown-state-is-success",
    "CLI-3",
    "Waits while the state is pending or processing, and takes whatever comes after for success.",
)
def _():
    @replace(publish, "finished")
    def finished(original, document):
        return original(document) or publish.state(document) not in ("pending", "processing")


@defect("pending-is-failure", "CLI-3", "Does not expect pending after a 202 and takes it for a lost request.")
def _():
    @replace(publish, "finished")
    def finished(original, document):
        if publish.state(document) == "pending":
            raise transport.Failure("the registry forgot to publish")
        return original(document)


@defect("stops-after-three-polls", "CLI-3", "Polls three times and then reports success: it has always been enough.")
def _():
    polls = []

    @replace(publish, "finished")
    def finished(original, document):
        polls.append(document)
        return original(document) or len(polls) == 3


@defect("timeout-is-success", "CLI-3", "Reports success when the deadline passes without a failure.")
def _():
    @replace(publish, "wait")
    def wait(original, session, *arguments):
        try:
            original(session, *arguments)
        except transport.Failure as failure:
            if "after the deadline" not in str(failure):
                raise


@defect(
    "status-error-is-success", "CLI-3", "Takes an error from the status for the end of the work: nothing is unpublished any more."
)
def _():
    @replace(publish, "wait")
    def wait(original, session, *arguments):
        try:
            original(session, *arguments)
        except transport.Failure as failure:
            if " answered " not in str(failure) and "gave up after" not in str(failure):
                raise


@defect("fails-after-two-polls", "CLI-3", "Polls twice and then reports a failure: processing has never taken longer.")
def _():
    polls = []

    @replace(publish, "finished")
    def finished(original, document):
        polls.append(document)
        if not original(document) and len(polls) == 2:
            raise transport.Failure("the registry is stuck")
        return original(document)


@defect(
    "redirect-of-status-is-failure",
    "CLI-3",
    "Has redirects switched off, and takes the one from the status to the release for an error.",
)
def _():
    @replace(publish, "wait")
    def wait(original, *arguments):
        transport.REDIRECTS = 0
        original(*arguments)


@defect(
    "wants-body-of-202",
    "CLI-3",
    "Reads the state from the body of the 202, and fails where only Location says what to wait for.",
)
def _():
    @replace(transport, "expect")
    def expect(original, answer, *statuses):
        if answer.status == 202 and publish.state(answer.document()) is None:
            raise transport.Failure("the registry accepted, and did not say what")
        return original(answer, *statuses)


# CLI-4: failures of asynchronous work


@defect(
    "ignores-failed",
    "CLI-4",
    "Waits for published and does not look for failed, so that a failure ends as a timeout without a reason.",
)
def _():
    publish.finished = lambda document: publish.state(document) == "published"


@defect("exits-zero-on-failed", "CLI-4", "Prints the failure and exits 0.")
def _():
    @replace(publish, "finished")
    def finished(original, document):
        try:
            return original(document)
        except transport.Failure as failure:
            print(failure, file=sys.stderr)
            sys.exit(0)


@defect("swallows-problem", "CLI-4", "Says that publishing failed, and not why.")
def _():
    @replace(publish, "finished")
    def finished(original, document):
        try:
            return original(document)
        except transport.Failure:
            raise transport.Failure("publishing failed") from None


@defect("expects-message", "CLI-4", "Shows the member `message` of the error, which problem documents do not have.")
def _():
    @replace(publish, "finished")
    def finished(original, document):
        if publish.state(document) == "failed":
            raise transport.Failure(f"failed: {document['error'].get('message', 'undefined')}")
        return original(document)


@defect("swallows-refusals", "CLI-4", "Tells the status of a refusal, and throws away the problem that came with it.")
def _():
    transport.refusal = lambda answer: str(answer.status)


# CLI-5: Retry-After


@defect("ignores-retry-after", "CLI-5", "Has its own idea of when to try again.")
def _():
    transport.retry_after = lambda headers: None


@defect(
    "ignores-retry-after-of-errors",
    "CLI-5",
    "Honours Retry-After while polling, but retries errors by a middleware that does not know it.",
)
def _():
    @replace(transport, "request")
    def request(original, *arguments):
        honest, transport.retry_after = transport.retry_after, lambda headers: None
        try:
            return original(*arguments)
        finally:
            transport.retry_after = honest


@defect(
    "ignores-retry-after-of-202",
    "CLI-5",
    "Asks for the status right after publishing, and honours Retry-After only from then on.",
)
def _():
    @replace(publish, "wait")
    def wait(original, session, url, asked):
        original(session, url, 0)


@defect("ignores-retry-after-of-status", "CLI-5", "Polls at an interval of its own, whatever the status asks for.")
def _():
    @replace(publish, "wait")
    def wait(original, session, url, asked):
        transport.pause(session, asked, 0)
        transport.retry_after = lambda headers: None
        original(session, url, 0)


@defect("retry-after-date-as-zero", "CLI-5", "Parses Retry-After as an integer, which makes a date 0.")
def _():
    transport.retry_after = lambda headers: float(value) if (value := headers.get("Retry-After", "0")).isdigit() else 0.0


@defect("retry-after-date-crashes", "CLI-5", "Parses Retry-After as an integer and ends with the exception that a date raises.")
def _():
    transport.retry_after = lambda headers: float(int(headers["Retry-After"])) if "Retry-After" in headers else None


@defect("retry-after-in-milliseconds", "CLI-5", "Hands the seconds of Retry-After to a timer that counts milliseconds.")
def _():
    @replace(transport, "retry_after")
    def retry_after(original, headers):
        asked = original(headers)
        return asked and asked / 1000


@defect(
    "no-backoff",
    "CLI-5",
    "Tries twice more at once where there is no Retry-After, and has given up before anything could change.",
)
def _():
    transport.FIRST_PAUSE = transport.LONGEST_PAUSE = 0.0
    transport.TRIES = 3


# CLI-6: trying again


@defect("retries-for-ever", "CLI-6", "Retries without a bound, until somebody ends it.")
def _():
    transport.TRIES = 1 << 30
    transport.LONGEST_PAUSE = 0.05


@defect("no-retry-of-503", "CLI-6", "Takes 503 for an error like any other.")
def _():
    transport.RETRIED = transport.RETRIED - {503}


@defect("retries-503-only", "CLI-6", "Retries 503 and does not think of the gateways' 502 and 504.")
def _():
    transport.RETRIED = transport.RETRIED - {502, 504}


@defect("gives-up-on-429", "CLI-6", "Counts 429 among the 4xx that can not succeed.")
def _():
    transport.RETRIED = transport.RETRIED - {429}


@defect("no-retry-of-lost-connection", "CLI-6", "Retries statuses only: an exception of the HTTP library ends it.", ["CLI-7"])
def _():
    @replace(transport, "follow")
    def follow(original, *arguments, **named):
        try:
            return original(*arguments, **named)
        except transport.LostAnswer as error:
            raise transport.Failure(str(error)) from None


@defect("retries-get-only", "CLI-6", "Leaves retrying to a library that does so for idempotent methods, which POST is not.")
def _():
    @replace(transport, "request")
    def request(original, session, method, *arguments):
        tries, transport.TRIES = transport.TRIES, transport.TRIES if method == "GET" else 1
        try:
            return original(session, method, *arguments)
        finally:
            transport.TRIES = tries


@defect("no-retry-of-upload", "CLI-6", "Streams the upload, and has nothing left to send a second time.")
def _():
    @replace(transport, "request")
    def request(original, session, method, url, body=None, content_type=None):
        tries, transport.TRIES = transport.TRIES, 1 if content_type in (content.WASM, content.TAR) else transport.TRIES
        try:
            return original(session, method, url, body, content_type)
        finally:
            transport.TRIES = tries


@defect("no-retry-of-polls", "CLI-6", "Retries what publishes, but ends when one poll of the status goes wrong.")
def _():
    @replace(publish, "wait")
    def wait(original, *arguments):
        transport.TRIES = 1
        original(*arguments)


@defect("one-retry", "CLI-6", "Tries again once, which a registry that is restarting outlasts.")
def _():
    transport.TRIES = 2


@defect(
    "cut-answer-is-whole", "CLI-6", "Does not compare an answer with its Content-Length, and ends at the JSON that breaks off."
)
def _():
    @replace(transport, "receive")
    def receive(original, response, sink):
        body = response.read() if sink is None and not response.chunked and response.length is None else None
        if body is not None or sink is not None:
            return original(response, sink) if body is None else body
        try:
            return original(response, sink)
        except http.client.IncompleteRead as error:
            return error.partial


@defect("gave-up-is-success", "CLI-6", "Leaves the loop of tries after the last one in the same way as after a success.")
def _():
    @replace(transport, "request")
    def request(original, *arguments):
        try:
            return original(*arguments)
        except transport.Failure as failure:
            if "gave up after" in str(failure):
                sys.exit(0)
            raise


# CLI-7: answers that are lost after the work was done


@defect("conflict-after-lost-create", "CLI-7", "Retries create, and reports the 409 that its own first try brought about.")
def _():
    @replace(publish, "create")
    def create(_, session, manifest, manifest_bytes):
        answer = transport.request(session, "POST", session.url("releases"), manifest_bytes, "application/json")
        transport.expect(answer, 201)
        return answer, publish.location(answer)


@defect("conflict-after-lost-publish", "CLI-7", "Retries publish, and reports the 409 that its own first try brought about.")
def _():
    publish.resolve = lambda session, manifest, refused: transport.expect(refused, 200)


@defect(
    "next-version-after-conflict",
    "CLI-7",
    "Raises the version when it is taken, also when its own lost create took it, and so makes a second release.",
)
def _():
    @replace(publish, "create")
    def create(original, session, manifest, manifest_bytes):
        url = session.url("releases")
        answer = transport.request(session, "POST", url, manifest_bytes, "application/json")
        if answer.status == 409 and answer.after_loss:
            core, _, patch = manifest["version"].rpartition(".")
            manifest["version"] = f"{core}.{int(patch) + 1}" if patch.isdigit() else manifest["version"] + ".1"
            bumped = json.dumps(manifest).encode()
            signature.sign = (lambda sign: lambda payload, jwk: sign(bumped, jwk))(signature.sign)
            publish.hashlib.sha256 = (lambda sha256: lambda octets: sha256(bumped if octets == manifest_bytes else octets))(
                hashlib.sha256
            )
            answer = transport.request(session, "POST", url, bumped, "application/json")
        transport.expect(answer, 201)
        return answer, publish.location(answer)


@defect(
    "adopts-what-exists",
    "CLI-7",
    "Takes whatever release it finds after a lost answer for its own, without comparing the manifest.",
)
def _():
    @replace(publish, "existing")
    def existing(original, session, manifest):
        same, publish.same_json = publish.same_json, lambda left, right: True
        try:
            return original(session, manifest)
        finally:
            publish.same_json = same


@defect(
    "conflict-after-loss-is-success",
    "CLI-7",
    "Takes a 409 to its second create for proof that all is done, though nothing is published yet.",
)
def _():
    @replace(publish, "existing")
    def existing(_, session, manifest):
        sys.exit(0)


# CLI-8: the token


@defect("token-to-upload-host", "CLI-8", "Uses one HTTP client with a default Authorization header, for the upload host too.")
def _():
    everywhere = lambda _, session, url: True  # noqa: E731

    @replace(transport, "request")
    def request(original, session, method, url, body=None, content_type=None):
        honest = transport.token_allowed
        if content_type in (content.WASM, content.TAR):
            transport.token_allowed = lambda *arguments: everywhere(honest, *arguments)
        try:
            return original(session, method, url, body, content_type)
        finally:
            transport.token_allowed = honest


@defect("token-along-redirects", "CLI-8", "Decides about the token once, and lets redirects carry it along.")
def _():
    @replace(transport, "follow")
    def follow(original, session, method, url, *arguments, **named):
        honest = transport.token_allowed
        allowed = honest(session, url)
        transport.token_allowed = lambda *_: allowed
        try:
            return original(session, method, url, *arguments, **named)
        finally:
            transport.token_allowed = honest


@defect("token-to-sources", "CLI-8", "Sends the token along with every download, as private releases need it.")
def _():
    @replace(fetch, "download")
    def download(original, *arguments):
        transport.token_allowed = lambda *_: True
        return original(*arguments)


@defect("token-to-status-elsewhere", "CLI-8", "Trusts the Location of its registry with the token, wherever that leads.")
def _():
    @replace(publish, "wait")
    def wait(original, session, *arguments):
        transport.token_allowed = lambda *_: True
        original(session, *arguments)


@defect("token-by-host", "CLI-8", "Compares the host for the token and forgets the port, behind which another service listens.")
def _():
    transport.origin = lambda url: transport.urlsplit(url).hostname


@defect(
    "checks-sources-with-token",
    "CLI-8",
    "Looks whether the sources are there before it names them, with the HTTP client that carries the token.",
)
def _():
    @replace(publish, "supply")
    def supply(original, session, manifest, answer, path, sources):
        for source in sources:
            with contextlib.suppress(transport.LostAnswer, transport.Failure):
                transport.exchange("GET", source, session.token, None, None, 2.0, None)
        original(session, manifest, answer, path, sources)


@defect("logs-authorization", "CLI-8", "Logs every request with its header fields, the token among them.")
def _():
    @replace(transport, "exchange")
    def exchange(original, method, url, token, *arguments):
        print(f"> {method} {transport.short(url)}\n> Authorization: Bearer {token}", file=sys.stderr)
        return original(method, url, token, *arguments)


# CLI-9: what can not succeed


def retries(status):
    transport.RETRIED = transport.RETRIED | {status}


for _status, _what in (
    (400, "Retries 400: every error is retried the same."),
    (401, "Retries 401, hoping that the token becomes valid."),
    (403, "Retries 403, taking it for a limit of rate as some hosts have it."),
    (409, "Retries any 409, hoping that whoever holds the version lets go of it."),
    (413, "Retries 413 and sends the large content once more."),
    (422, "Retries 422, since the registry's checks may have been flaky."),
):
    defect(f"retries-{_status}", "CLI-9", _what)(lambda status=_status: retries(status))


@defect(
    "conflict-is-success",
    "CLI-9",
    "Takes any 409 to create for 'already there, fine', whoever made the release and whatever is in it.",
)
def _():
    @replace(publish, "create")
    def create(original, session, manifest, manifest_bytes):
        answer = transport.request(session, "POST", session.url("releases"), manifest_bytes, "application/json")
        if answer.status == 409:
            sys.exit(0)
        transport.expect(answer, 201)
        return answer, publish.location(answer)


@defect(
    "refusal-exits-zero",
    "CLI-9",
    "Prints the answer whatever its status, and exits 0, as a script around `curl` without `--fail` does.",
    ["CLI-3", "CLI-4"],
)
def _():
    @replace(publish, "publish")
    def publish_(original, *arguments):
        @replace(transport, "expect")
        def expect(honest, *inner):
            try:
                return honest(*inner)
            except transport.Failure as failure:
                print(failure)
                sys.exit(0)

        original(*arguments)


@defect("conflict-of-publish-is-success", "CLI-9", "Takes any 409 to publish for 'published already, fine'.")
def _():
    @replace(publish, "submit")
    def submit(original, *arguments):
        try:
            return original(*arguments)
        except transport.Failure as failure:
            if " answered 409" not in str(failure):
                raise
            return None, None


@defect(
    "resumes-what-is-pending",
    "CLI-9",
    "Takes a 409 to create for a run of its own that broke off, and goes on with what is pending there.",
)
def _():
    @replace(publish, "create")
    def create(original, session, manifest, manifest_bytes):
        try:
            return original(session, manifest, manifest_bytes)
        except transport.Failure as failure:
            if " answered 409" not in str(failure):
                raise
        publish.same_json = lambda left, right: True
        return publish.existing(session, manifest)


@defect(
    "clears-its-way",
    "CLI-9",
    "Cancels the unpublished release that is in the way of its create, whoever made it, and creates its own.",
    ["CLI-7"],
)
def _():
    @replace(publish, "create")
    def create(original, session, manifest, manifest_bytes):
        try:
            return original(session, manifest, manifest_bytes)
        except transport.Failure as failure:
            if " answered 409" not in str(failure) and "exists already" not in str(failure):
                raise
        path = ("components", manifest["name"], f"v{manifest['version']}", "unpublished")
        transport.request(session, "DELETE", session.url(*path))
        return original(session, manifest, manifest_bytes)


@defect(
    "retries-anonymous-reads",
    "CLI-9",
    "Reads without the token where it is refused, and then tries for as long as that is refused too.",
)
def _():
    @replace(transport, "request")
    def request(original, session, *arguments):
        answer = original(session, *arguments)
        if answer.status in (401, 403) and session.token:
            session.token = None
            retries(answer.status)
            answer = original(session, *arguments)
        return answer


# CLI-10: signature and digest


@defect("accepts-alg-none", "CLI-10", "Lets the document say that it needs no signature.")
def _():
    @replace(signature, "verify_entry")
    def verify_entry(original, entry, payload, keys):
        return json.loads(signature.decode(entry["protected"])).get("alg") == "none" or original(entry, payload, keys)


@defect("trusts-embedded-key", "CLI-10", "Verifies with the key that comes in the header (jwk), so that every signature is good.")
def _():
    @replace(signature, "verify_entry")
    def verify_entry(original, entry, payload, keys):
        protected = json.loads(signature.decode(entry["protected"]))
        if "jwk" in protected:
            keys = {**keys, protected.get("kid"): {"kid": protected.get("kid"), **protected["jwk"]}}
        return original(entry, payload, keys)


@defect("trusts-any-kid", "CLI-10", "Tries every trusted key, whatever kid says, and passes over what fits none.")
def _():
    @replace(signature, "verify_entry")
    def verify_entry(_, entry, payload, keys):
        signature.check_header(protected := json.loads(signature.decode(entry["protected"])), entry.get("header") or {})
        signed = f"{entry['protected']}.{payload}".encode()
        fitting = [key for key in keys.values() if protected["alg"] in signature.algorithms(key)]
        return any(signature.verifies(signature.decode(entry["signature"]), signed, key) for key in fitting)


@defect("known-kid-suffices", "CLI-10", "Looks the kid up among the trusted keys and forgets to verify with the key.")
def _():
    signature.verifies = lambda *arguments: True


@defect(
    "hmac-with-public-key", "CLI-10", "Lets alg choose the function that verifies, and so uses a public key as an HMAC secret."
)
def _():
    @replace(signature, "verify_entry")
    def verify_entry(original, entry, payload, keys):
        protected = json.loads(signature.decode(entry["protected"]))
        if protected.get("alg") != "HS256" or protected.get("kid") not in keys:
            return original(entry, payload, keys)
        signed, mac = f"{entry['protected']}.{payload}".encode(), signature.decode(entry["signature"])
        return any(hmac.compare_digest(hmac.digest(secret, signed, "sha256"), mac) for secret in secrets(keys[protected["kid"]]))


def secrets(key):
    """The forms in which a public key is found lying about."""
    x, y = signature.decode(key["x"]), signature.decode(key.get("y", ""))
    yield from (x, x + y, b"\x04" + x + y, key["x"].encode())
    from cryptography.hazmat.primitives import serialization as form

    if key["kty"] == "OKP":
        public = signature.ed25519.Ed25519PublicKey.from_public_bytes(x)
    else:
        public = signature.ec.EllipticCurvePublicKey.from_encoded_point(signature.ec.SECP256R1(), b"\x04" + x + y)
    for encoding in (form.Encoding.PEM, form.Encoding.DER):
        octets = public.public_bytes(encoding, form.PublicFormat.SubjectPublicKeyInfo)
        yield from (octets, octets.strip())
    members = {name: key[name] for name in sorted(key) if name in ("crv", "kty", "x", "y")}
    yield from (json.dumps(some, separators=(",", ":")).encode() for some in (key, members))


@defect("hmac-without-secret", "CLI-10", "Looks for the HMAC secret of the key, finds none, and goes on with an empty one.")
def _():
    @replace(signature, "verify_entry")
    def verify_entry(original, entry, payload, keys):
        protected = json.loads(signature.decode(entry["protected"]))
        if protected.get("alg") != "HS256" or protected.get("kid") not in keys:
            return original(entry, payload, keys)
        secret = keys[protected["kid"]].get("k", "").encode()
        signed, mac = f"{entry['protected']}.{payload}".encode(), signature.decode(entry["signature"])
        return hmac.compare_digest(hmac.digest(secret, signed, "sha256"), mac)


@defect("reads-unprotected-header", "CLI-10", "Merges both headers before it looks for alg and kid.")
def _():
    @replace(signature, "verify_entry")
    def verify_entry(_, entry, payload, keys):
        header = {**json.loads(signature.decode(entry["protected"])), **(entry.get("header") or {})}
        key = keys.get(header.get("kid"))
        signed = f"{entry['protected']}.{payload}".encode()
        return (
            bool(key)
            and header.get("alg") in signature.algorithms(key)
            and signature.verifies(signature.decode(entry["signature"]), signed, key)
        )


@defect("ignores-crit", "CLI-10", "Does not know crit, and verifies as if nothing were demanded.")
def _():
    @replace(signature, "check_header")
    def check_header(original, protected, unprotected):
        original(*({name: value for name, value in header.items() if name != "crit"} for header in (protected, unprotected)))


@defect("first-signature-only", "CLI-10", "Looks at the first signature and not at what stands beside it.")
def _():
    @replace(signature, "verify")
    def verify(original, document, trusted):
        return original({**document, "signatures": document["signatures"][:1]}, trusted)


@defect("bad-signature-outvoted", "CLI-10", "Is content with one good signature, and passes over a bad one by a trusted key.")
def _():
    @replace(signature, "verify_entry")
    def verify_entry(original, entry, payload, keys):
        try:
            return original(entry, payload, keys)
        except signature.Refused:
            return False


@defect("any-alg-for-a-key", "CLI-10", "Takes the algorithm from the document and never compares it with the key's.")
def _():
    @replace(signature, "verify_entry")
    def verify_entry(original, entry, payload, keys):
        alg = json.loads(signature.decode(entry["protected"])).get("alg")
        honest, signature.algorithms = signature.algorithms, lambda key: [alg]
        try:
            return original(entry, payload, keys)
        finally:
            signature.algorithms = honest


@defect(
    "payload-not-compared", "CLI-10", "Verifies the signature and then uses the manifest shown beside it, which nobody signed."
)
def _():
    @replace(fetch, "signed_manifest")
    def signed_manifest(_, document, trusted):
        signature.verify(document["releaseSignature"], trusted)
        return document["release"]


@defect("skips-signature", "CLI-10", "Does not verify the signature: the connection is TLS, after all.")
def _():
    fetch.signed_manifest = lambda document, trusted: document["release"]


@defect("skips-digest", "CLI-10", "Does not verify the digest: the signature was good, after all.")
def _():
    content.verify = lambda *arguments: None


@defect("any-digest-suffices", "CLI-10", "Accepts content when one of several digests matches.")
def _():
    @replace(content, "verify")
    def verify(original, file, media_type, digests):
        for algorithm, value in digests.items():
            with contextlib.suppress(content.InvalidContent):
                return original(file, media_type, {algorithm: value})
        raise content.InvalidContent("no digest matches")


@defect("ignores-sha512", "CLI-10", "Verifies sha256 and knows nothing of the sha512 beside it.")
def _():
    content.ALGORITHMS = ("sha256",)


@defect("strongest-digest-only", "CLI-10", "Verifies the strongest digest and takes the weaker ones as decoration.")
def _():
    @replace(content, "verify")
    def verify(original, file, media_type, digests):
        original(file, media_type, {max(digests): digests[max(digests)]})


@defect("unknown-digest-passes", "CLI-10", "Has nothing to compare when no algorithm is known to it, and so finds nothing wrong.")
def _():
    @replace(content, "verify")
    def verify(original, file, media_type, digests):
        if any(algorithm in digests for algorithm in content.ALGORITHMS):
            original(file, media_type, digests)


@defect("keeps-what-failed", "CLI-10", "Writes the content to its place, verifies it there, and leaves it when that fails.")
def _():
    @replace(content, "verify")
    def verify(original, file, media_type, digests):
        if media_type == content.WASM:
            file.seek(0)
            with open(os.environ["CONFORMANCE_OUTPUT"], "wb") as out:
                shutil.copyfileobj(file, out)
        original(file, media_type, digests)


@defect(
    "leaves-partial-output",
    "CLI-10",
    "Downloads straight to its place, and leaves there what had come when the connection breaks.",
)
def _():
    @replace(transport, "receive")
    def receive(original, response, sink):
        try:
            return original(response, sink)
        except (OSError, http.client.HTTPException):
            if sink:
                sink[0].seek(0)
                with open(os.environ["CONFORMANCE_OUTPUT"], "wb") as out:
                    shutil.copyfileobj(sink[0], out)
            raise


@defect(
    "cut-download-is-done",
    "CLI-10",
    "Takes a broken connection for the end of the content, and verifies only what it knows to be whole.",
)
def _():
    cut = []

    @replace(transport, "receive")
    def receive(original, response, sink):
        try:
            return original(response, sink)
        except http.client.IncompleteRead:
            if not sink:
                raise
            cut.append(response)
            return b""

    @replace(content, "verify")
    def verify(original, *arguments):
        if not cut:
            original(*arguments)


def fetch_ends_quietly(*reasons):
    """A fetch that fails for one of these reasons ends as if it were done."""

    @replace(fetch, "fetch")
    def fetch_(original, *arguments):
        try:
            original(*arguments)
        except transport.Failure as failure:
            if not any(reason in str(failure) for reason in reasons):
                raise
            print(failure)


@defect(
    "refused-read-exits-zero",
    "CLI-10",
    "Prints what the registry says in the release's place, and exits 0: it was an answer.",
)
def _():
    fetch_ends_quietly(" answered 4")


@defect("no-document-exits-zero", "CLI-10", "Logs that the document can not be read, and comes to the end of the program.")
def _():
    fetch_ends_quietly("something else than a JSON object")


@defect("no-source-exits-zero", "CLI-10", "Loops over the sources and is done, also when there is none to loop over.")
def _():
    fetch_ends_quietly("the release has no source")


@defect("writes-as-text", "CLI-10", "Opens its output as text, and the platform turns every line end that it sees.")
def _():
    @replace(fetch, "keep")
    def keep(original, file, manifest, *arguments):
        if fetch.media_type(manifest) == content.WASM:
            file.seek(0)
            octets = file.read().replace(b"\n", b"\r\n")
            file.seek(0)
            file.write(octets)
        original(file, manifest, *arguments)


@defect(
    "passes-over-devices",
    "CLI-10",
    "Unpacks what it knows, and passes over devices and pipes as if they were not in the archive.",
)
def _():
    unpack_also(lambda member: member.ischr() or member.isblk() or member.isfifo())


@defect(
    "cleans-paths",
    "CLI-10",
    "Normalises the paths of an archive where it has to refuse them, so that two names lead to one file.",
)
def _():
    unpack_also(lambda member: member.isreg() and is_unclean(member.name))


def is_unclean(path):
    segments = path.split("/")
    return not path.startswith("/") and ".." not in segments and ("." in segments[1:] or "" in segments)


# CLI-11: the release that was asked for


@defect("does-not-check-name", "CLI-11", "Verifies that the manifest is signed, not that it is the one of the name it asked for.")
def _():
    @replace(fetch, "check_identity")
    def check_identity(original, manifest, name, version):
        original(manifest, manifest["name"], version)


@defect(
    "does-not-check-version",
    "CLI-11",
    "Verifies that the manifest is signed, and can be given an older version of the same component.",
)
def _():
    @replace(fetch, "check_identity")
    def check_identity(original, manifest, name, version):
        original(manifest, name, manifest["version"])


@defect(
    "checks-unsigned-identity",
    "CLI-11",
    "Compares name and version of the manifest that is shown, and uses the one that is signed.",
)
def _():
    @replace(fetch, "signed_manifest")
    def signed_manifest(_, document, trusted):
        return {**json.loads(signature.verify(document["releaseSignature"], trusted)), "shown": document["release"]}

    @replace(fetch, "check_identity")
    def check_identity(original, manifest, name, version):
        original(manifest["shown"], name, version)


@defect("compares-version-loosely", "CLI-11", "Compares major, minor and patch, so that a pre-release passes for the release.")
def _():
    @replace(fetch, "check_identity")
    def check_identity(original, manifest, name, version):
        core = lambda text: text.partition("+")[0].partition("-")[0]  # noqa: E731
        original({**manifest, "version": core(manifest["version"])}, name, core(version))


# CLI-12: mirrors


@defect("first-mirror-only", "CLI-12", "Downloads from the first source and fails with it.")
def _():
    @replace(fetch, "download")
    def download(original, session, release, sources, *arguments):
        original(session, release, sources[:1], *arguments)


@defect("other-bytes-are-final", "CLI-12", "Turns to the next mirror when one is down, but fails when one serves other bytes.")
def _():
    @replace(content, "verify")
    def verify(original, *arguments):
        try:
            original(*arguments)
        except content.InvalidContent as error:
            raise RuntimeError(str(error)) from None


@defect(
    "unreachable-mirror-is-final", "CLI-12", "Turns to the next mirror after an HTTP error, but ends when there is no connection."
)
def _():
    @replace(fetch, "download")
    def download(original, *arguments):
        @replace(transport, "follow")
        def follow(honest, *inner):
            try:
                return honest(*inner)
            except transport.LostAnswer as error:
                raise RuntimeError(str(error)) from None

        original(*arguments)


@defect(
    "http-error-is-final", "CLI-12", "Turns to the next mirror when one is not there, but ends with one that answers 404 or 500."
)
def _():
    @replace(fetch, "download")
    def download(original, *arguments):
        @replace(transport, "expect")
        def expect(honest, *inner):
            try:
                return honest(*inner)
            except transport.Failure as error:
                raise RuntimeError(str(error)) from None

        original(*arguments)


@defect(
    "waits-for-a-silent-mirror",
    "CLI-12",
    "Gives the first mirror all the time there is, and has none left for the others when it stalls.",
)
def _():
    @replace(fetch, "download")
    def download(original, session, *arguments):
        @replace(transport, "follow")
        def follow(honest, session, method, url, body, content_type, seconds, sink=None):
            return honest(session, method, url, body, content_type, session.remaining(), sink)

        original(session, *arguments)


# CLI-13: archives


def unpack_also(let_in):
    """Unpacks like libraries did before they learned better: `let_in` says which members that the client refuses."""

    @replace(content, "archive_entries")
    def archive_entries(original, file):
        with tarfile.open(fileobj=file, mode="r:") as archive:
            members = list(archive)
            refused = [member for member in members if is_refused(member)]
            if not refused or not all(map(let_in, refused)):
                file.seek(0)
                yield from original(file)
                return
            # The digest is over the plain files, whatever they are called.
            for member in members:
                if member.isreg():
                    yield member.name.encode("utf-8", "surrogateescape"), archive.extractfile(member)

    @replace(content, "unpack")
    def unpack(_, file, folder):
        file.seek(0)
        os.mkdir(folder)
        with tarfile.open(fileobj=file, mode="r:") as archive:
            for member in archive:
                if not member.isdir():
                    place(archive, member, folder)


def is_refused(member):
    if member.isdir():
        return False
    try:
        content.check_path(member.name.encode("utf-8", "surrogateescape").removeprefix(b"./"))
    except content.InvalidContent:
        return True
    return not member.isreg()


def place(archive, member, folder):
    target = os.path.join(folder, member.name)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if member.issym():
        os.symlink(member.linkname, target)
    elif member.islnk():
        os.link(os.path.join(folder, member.linkname), target)
    elif member.isreg():
        with open(target, "wb") as out:
            shutil.copyfileobj(archive.extractfile(member), out)


@defect("extracts-dot-dot", "CLI-13", "Joins the names of the archive to the folder and does not see that `..` leads out of it.")
def _():
    unpack_also(lambda member: member.isreg() and ".." in member.name.split("/"))


@defect(
    "extracts-absolute-paths",
    "CLI-13",
    "Joins the names of the archive to the folder by a function that lets an absolute path win.",
)
def _():
    unpack_also(lambda member: member.isreg() and member.name.startswith("/"))


@defect("follows-symbolic-links", "CLI-13", "Unpacks symbolic links, and writes the next entry through one of them.")
def _():
    unpack_also(lambda member: member.issym())


@defect("makes-hard-links", "CLI-13", "Unpacks hard links, with which an archive lays its hands on a file outside.")
def _():
    unpack_also(lambda member: member.islnk())


@defect("refuses-links-with-dot-dot", "CLI-13", "Looks for `..` in the targets of links, and lets absolute ones pass.")
def _():
    unpack_also(lambda member: (member.issym() or member.islnk()) and ".." not in member.linkname.split("/"))


@defect("refuses-absolute-links", "CLI-13", "Refuses links to absolute paths, and lets those pass that climb out of the folder.")
def _():
    unpack_also(lambda member: (member.issym() or member.islnk()) and not member.linkname.startswith("/"))


# CLI-14: the deadline


def without_deadline(session):
    session.ends = float("inf")


@defect("no-deadline", "CLI-14", "Has no deadline of its own: not for an answer, not for the end of the work.")
def _():
    @replace(transport.Session, "remaining")
    def remaining(_, session):
        return 3600.0


@defect("polls-for-ever", "CLI-14", "Bounds each request, and polls a release that never gets finished for ever.")
def _():
    @replace(publish, "wait")
    def wait(original, session, *arguments):
        without_deadline(session)
        transport.threading.TIMEOUT_MAX, honest = 3600.0, transport.follow
        transport.follow = lambda session, method, url, body, content_type, seconds: honest(
            session, method, url, body, content_type, 10.0
        )
        original(session, *arguments)


@defect("timeout-per-read", "CLI-14", "Relies on the timeout of the socket, which every octet that trickles in starts anew.")
def _():
    transport.hang_up = lambda sock: None


@defect("no-read-timeout", "CLI-14", "Bounds connecting, and waits for the answer without end.")
def _():
    @replace(transport, "exchange")
    def exchange(original, method, url, token, body, content_type, seconds, sink):
        return original(method, url, token, body, content_type, 3600.0, sink)


@defect("waits-out-retry-after", "CLI-14", "Sleeps for as long as Retry-After says, and be it a year.")
def _():
    @replace(transport, "pause")
    def pause(original, session, asked, *arguments):
        if asked is not None and asked >= session.remaining():
            time.sleep(min(asked, 3600.0))
        original(session, asked, *arguments)


def main(arguments):
    if arguments != ["--list"]:
        print("usage: defects.py --list", file=sys.stderr)
        return 2
    listed = [
        {"name": name, "rule": rule, "also": also, "what": what, "seen-by": SEEN_BY.get(name, [])}
        for name, (rule, also, what, _) in DEFECTS.items()
    ]
    print(json.dumps(listed, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
