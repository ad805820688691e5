"""Fetching a release: trust is in the keys and the digest, not in the registry or in who serves the content."""

import json
import os
import sys
import tempfile

import content
import signature
import transport
from publish import same_json
from transport import Failure

LARGEST_CONTENT = 256 << 20  # octets
ROUNDS = 5  # through the sources that may still come to serve


def fetch(session, name, version, trusted, output):
    answer = transport.request(session, "GET", session.url("components", name, f"v{version}"))
    document = transport.expect(answer, 200).document()
    manifest = signed_manifest(document, trusted)
    check_identity(manifest, name, version)
    # A source with `path` serves a single entry, which this client leaves out.
    sources = [source["url"] for source in document["contentSources"] if "path" not in source]
    if not sources:
        raise Failure("the release has no source of its whole content")
    # Beside the output, so that the last step is a rename: what is there is whole and verified.
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=os.path.dirname(os.path.abspath(output))) as folder:
        with open(os.path.join(folder, "download"), "w+b") as file:
            download(session, answer, sources, manifest, file)
            keep(file, manifest, os.path.join(folder, "unpacked"), output)


def signed_manifest(document, trusted):
    """The manifest that was signed, which has to be the one that is shown."""
    manifest = json.loads(signature.verify(document["releaseSignature"], trusted))
    if not same_json(manifest, document["release"]):
        raise Failure("the signature is for another manifest than the release shows")
    return manifest


def check_identity(manifest, name, version):
    # A good signature over another release would lead us to other content, an old and vulnerable version for example.
    if manifest["name"] != name or manifest["version"] != version:
        raise Failure(f"asked for {name} {version}, the release is {manifest['name']} {manifest['version']}")


def download(session, release, sources, manifest, file):
    """Content from the first source that serves what the digest says, into `file`."""
    asked = reason = None
    for attempt in range(ROUNDS):
        if attempt:
            transport.pause(session, asked, attempt - 1, reason)
        again, asked = [], None
        for position, url in enumerate(sources):
            # A share of the time each: a source that drips or stalls must not use up that of the next one.
            seconds = session.remaining() / (len(sources) - position + 1)
            try:
                answer = transport.follow(session, "GET", release.reference(url), None, None, seconds, (file, LARGEST_CONTENT))
                if answer.status in transport.RETRIED:
                    again.append(url)
                    asked = longer(asked, transport.retry_after(answer.headers))
                transport.expect(answer, 200)
                content.verify(file, media_type(manifest), manifest["contentDigest"])
                return
            except transport.LostAnswer as error:
                again.append(url)
                reason = error
            except (Failure, content.InvalidContent, ValueError) as error:
                reason = error
            report(url, reason)
        sources = again  # those that may serve later; what serves other bytes is out
        if not sources:
            break
    raise Failure(f"no source serves the content; the last: {reason}")


def keep(file, manifest, folder, output):
    if media_type(manifest) == content.TAR:
        content.unpack(file, folder)
        os.rename(folder, output)
    else:
        file.flush()
        os.replace(file.name, output)


def media_type(manifest):
    return manifest.get("mediaType") or content.WASM


def longer(left, right):
    return max((seconds for seconds in (left, right) if seconds is not None), default=None)


def report(url, reason):
    print(f"{transport.short(url)}: {reason}", file=sys.stderr)
