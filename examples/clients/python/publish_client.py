#!/usr/bin/env python3
"""A client of the Publish API: `publish_client.py publish` and `publish_client.py fetch`, input from CONFORMANCE_* variables.

Needs Python 3.10 and the package `cryptography`. Exit 0: done; 89: not implemented; else failed, the reason on stderr.
"""

import json
import os
import sys

NOT_IMPLEMENTED = 89

try:
    import fetch
    import publish
    import signature
    import transport
except ModuleNotFoundError as error:
    print(error, file=sys.stderr)
    sys.exit(NOT_IMPLEMENTED if error.name == "cryptography" else 1)


def main(arguments):
    if arguments not in (["publish"], ["fetch"]):
        print("usage: publish_client.py publish | fetch", file=sys.stderr)
        return 2
    token = os.environ.get("CONFORMANCE_TOKEN", "")
    try:
        session = transport.Session(variable("URL"), token, float(os.environ.get("CONFORMANCE_DEADLINE") or 60))
        run(arguments[0], session)
    except signature.Unsupported as error:
        return complain(f"not implemented: {error}", token, NOT_IMPLEMENTED)
    except (transport.Failure, signature.Refused) as error:
        return complain(error, token, 1)
    except Exception as error:  # a document with members missing or of the wrong type, a full disk
        return complain(f"{type(error).__name__}: {error}", token, 1)
    return 0


def run(operation, session):
    name, version = variable("NAME"), variable("VERSION")
    if operation == "publish":
        sources = os.environ.get("CONFORMANCE_SOURCES", "").split()
        publish.publish(session, name, version, variable("CONTENT"), sources, read_json(variable("KEY")))
    else:
        fetch.fetch(session, name, version, read_json(variable("TRUSTED_KEYS")), variable("OUTPUT"))


def variable(name):
    try:
        return os.environ[f"CONFORMANCE_{name}"]
    except KeyError:
        raise transport.Failure(f"CONFORMANCE_{name} is not set") from None


def read_json(path):
    with open(path, "rb") as file:
        return json.load(file)


def complain(reason, token, code):
    # A registry may quote what it was sent; a log is no place for a token, nor for control characters.
    text = str(reason).replace(token, "[token]") if token else str(reason)
    print("".join(c if c.isprintable() else " " for c in text), file=sys.stderr)
    return code


if __name__ == "__main__":
    if os.environ.get("CLIENT_DEFECT"):  # mistakes on purpose, for the tests of the suite: see defects.py
        __import__("defects").install(os.environ["CLIENT_DEFECT"])
    sys.exit(main(sys.argv[1:]))
