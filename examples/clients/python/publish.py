"""Publishing a release: create, supply the content, sign and publish, wait for the end."""

import hashlib
import json

import content
import signature
import transport
from transport import Failure


def publish(session, name, version, path, sources, key):
    media_type = content.TAR if path.endswith(".tar") else content.WASM
    with open(path, "rb") as file:
        manifest = describe(name, version, file, media_type)
    # Serialised once: what is signed has to be, octet by octet, what was created.
    manifest_bytes = json.dumps(manifest).encode()

    answer, status_url = create(session, manifest, manifest_bytes)
    match state(answer.document()):
        case "published":
            return  # by an earlier try whose answer was lost
        case "pending":
            supply(session, manifest, answer, path, sources)
            status_url, asked = submit(session, manifest, manifest_bytes, key, status_url)
        case _:
            asked = transport.retry_after(answer.headers)
    if status_url:  # None: published at once
        wait(session, status_url, asked)


def describe(name, version, file, media_type):
    return {
        "packageType": "component",
        "name": name,
        "version": version,
        "contentDigest": {"sha256": content.digest(file, media_type, "sha256")},
        "mediaType": media_type,
    }


def create(session, manifest, manifest_bytes):
    """The answer that holds the unpublished release, and the URL of its status."""
    answer = transport.request(session, "POST", session.url("releases"), manifest_bytes, "application/json")
    if answer.status == 409 and answer.after_loss:
        return existing(session, manifest)
    transport.expect(answer, 201)
    if not answer.headers.get("Location"):
        raise Failure("the registry did not say where the unpublished release is")
    return answer, location(answer)


def existing(session, manifest):
    """What is there already: ours, if the answer to our own create was lost, and otherwise somebody's."""
    # The only time that a client builds the URL of the status, as the Location was lost with the answer.
    release = ("components", manifest["name"], f"v{manifest['version']}")
    url = session.url(*release, "unpublished")
    answer = transport.request(session, "GET", url)
    if answer.status == 404:  # a registry may forget the status once the release is published
        answer = transport.request(session, "GET", session.url(*release))
    transport.expect(answer, 200)
    if not same_json(answer.document().get("release"), manifest):
        raise Failure(f"{manifest['name']} {manifest['version']} exists already, with another manifest")
    return answer, url


def supply(session, manifest, answer, path, sources):
    if sources:
        url = session.url("components", manifest["name"], f"v{manifest['version']}", "content-sources")
        body = json.dumps({"contentSources": [{"url": source} for source in sources]}).encode()
        accepted(transport.request(session, "POST", url, body, "application/json"))
        return
    upload_url = answer.document().get("uploadUrl")
    if not upload_url:
        raise Failure("the registry takes no uploads: give it content sources instead")
    with open(path, "rb") as file:
        accepted(transport.request(session, "POST", answer.reference(upload_url), file.read(), manifest["mediaType"]))


def submit(session, manifest, manifest_bytes, key, status_url):
    """Asks for publication. What there is to wait for: the URL of the status, None when all is done, and for how long."""
    body = {
        "releaseSignature": signature.sign(manifest_bytes, key),
        "releaseDigest": {"sha256": hashlib.sha256(manifest_bytes).hexdigest()},
    }
    url = session.url("components", manifest["name"], f"v{manifest['version']}")
    answer = transport.request(session, "POST", url, json.dumps(body).encode(), "application/json")
    if answer.status in (404, 409) and answer.after_loss:
        return resolve(session, manifest, answer)
    transport.expect(answer, 200, 201, 202)
    if answer.status == 202:
        return location(answer) or status_url, transport.retry_after(answer.headers)
    return None, None


def resolve(session, manifest, refused):
    """The registry may have taken an earlier try whose answer was lost: what exists says more than this refusal."""
    answer, url = existing(session, manifest)
    if state(answer.document()) == "published":
        return None, None
    if state(answer.document()) == "pending" and not str(refused.document().get("type")).endswith("processing"):
        transport.expect(refused, 200)
    return url, 0


def wait(session, status_url, asked):
    """Polls until the end: success is `published` and nothing else."""
    attempt = 0
    while True:
        transport.pause(session, asked, attempt)
        answer = transport.expect(transport.request(session, "GET", status_url), 200)
        document = answer.document()
        if finished(document):
            return
        asked = transport.retry_after(answer.headers)
        attempt += 1


def finished(document):
    """Whether the release is published. A state that is not known here is one that the registry will leave again."""
    if state(document) in ("failed", "expired"):
        raise Failure(f"{state(document)}: {transport.problem_text(document.get('error'))}")
    return state(document) == "published"


def state(document):
    # Once published, a registry may redirect from the status to the release, which has no status but a signature.
    return document.get("status") or ("published" if "releaseSignature" in document else None)


def accepted(answer):
    transport.expect(answer, *range(200, 300))


def location(answer):
    value = answer.headers.get("Location")
    return answer.reference(value) if value else None


def same_json(left, right):
    """Equality of JSON values: numbers by value, but true is not 1, as it is in Python."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_json, left, right))
    return isinstance(left, bool) == isinstance(right, bool) and left == right
