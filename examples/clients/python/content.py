"""Content of a release: its entries, the digest over them, and how they come to lie in a folder."""

import hashlib
import os
import shutil
import struct
import tarfile

WASM, TAR = "application/wasm", "application/x-tar"
ALGORITHMS = ("sha256", "sha512")


class InvalidContent(Exception):
    """Not the content that was promised, or none that is safe to unpack."""


def digest(file, media_type, algorithm):
    """Digest over the index of the content: of each entry its own digest, the length of its path, and the path."""
    index = []
    for path, stream in entries(file, media_type):
        hasher = hashlib.new(algorithm)
        try:
            while chunk := stream.read(1 << 20):
                hasher.update(chunk)
        except tarfile.TarError as error:  # the archive ends in the middle of an entry
            raise InvalidContent(f"not an archive: {error}") from error
        index.append((path, hasher.digest() + struct.pack("<H", len(path)) + path))
    # Sorted by the octets of the paths, so that the order in an archive does not matter.
    return hashlib.new(algorithm, b"".join(entry for _, entry in sorted(index))).hexdigest()


def verify(file, media_type, digests):
    """Every digest of a known algorithm has to match; one alone would be as weak as the weakest of them."""
    known = [algorithm for algorithm in ALGORITHMS if algorithm in digests]
    if not known:
        raise InvalidContent("the manifest has no digest by a known algorithm")
    for algorithm in known:
        if digest(file, media_type, algorithm) != digests[algorithm]:
            raise InvalidContent(f"the {algorithm} digest is another than the manifest's")


def entries(file, media_type):
    """Path (octets) and stream of each entry. Raises InvalidContent for what is no content."""
    file.seek(0)
    if media_type == WASM:
        yield b"component.wasm", file
    elif media_type == TAR:
        yield from archive_entries(file)
    else:
        raise InvalidContent(f"media type {media_type!r} is not known")


def archive_entries(file):
    seen, folders = set(), set()
    try:
        # Paths are octets and need not be text; surrogateescape brings them through unchanged.
        archive = tarfile.open(fileobj=file, mode="r:", encoding="utf-8", errors="surrogateescape")
        for member in archive:
            if member.isdir():
                continue
            # Only plain files: a link could point out of the folder, and sparse files grow out of nothing.
            if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.issparse():
                raise InvalidContent(f"{member.name!r} is not a regular file")
            path = member.name.encode("utf-8", "surrogateescape").removeprefix(b"./")
            check_path(path)
            parents = {path[:end] for end in range(len(path)) if path[end : end + 1] == b"/"}
            if path in seen or path in folders or parents & seen:
                raise InvalidContent(f"{member.name!r} stands twice, or is both file and folder")
            seen.add(path)
            folders |= parents
            yield path, archive.extractfile(member)
    except InvalidContent:
        raise
    except Exception as error:  # tarfile has many ways to say that the octets make no sense
        raise InvalidContent(f"not an archive: {error}") from error


def check_path(path):
    if len(path) > 65535 or b"\0" in path or any(segment in (b"", b".", b"..") for segment in path.split(b"/")):
        raise InvalidContent(f"{path[:100]!r} is not a path that may be unpacked")


def unpack(file, folder):
    """Writes the entries of an archive below a new folder. POSIX only: elsewhere more names are dangerous."""
    os.mkdir(folder)
    for path, stream in entries(file, TAR):
        target = os.path.join(os.fsencode(folder), path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "xb") as out:
            shutil.copyfileobj(stream, out)
