"""HTTP the way a client of the Publish API has to use it: who may see the token, what is tried again, and until when."""

import email.utils
import http.client
import json
import random
import re
import socket
import threading
import time
from dataclasses import dataclass
from datetime import timezone
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

TRIES = 6  # of one request, the first included
RETRIED = {429, 502, 503, 504}
REDIRECTS = 5
FIRST_PAUSE, SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 0.2, 5.0  # seconds
LARGEST_DOCUMENT = 16 << 20  # bytes; a stranger must not be able to fill the memory
CHUNK = 64 << 10


class Failure(Exception):
    """There is no success, for the reason given; meant to be read by people."""


class LostAnswer(Exception):
    """No whole answer came. If the request was sent, the registry may have done the work all the same."""

    def __init__(self, reason, sent=True):
        super().__init__(reason)
        self.sent = sent


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    url: str  # of the request that it answers; references in it resolve against this
    after_loss: bool = False  # an earlier try of the same request may have been carried out

    def document(self):
        try:
            document = json.loads(self.body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise Failure(f"{short(self.url)} answered {self.status} with something else than a JSON object")
        return document

    def reference(self, value):
        """An absolute URL from the absolute or relative one that this answer gave."""
        return urljoin(self.url, value)


class Session:
    """A registry, the token for it, and the time there is."""

    def __init__(self, base, token, seconds):
        self.base = base.rstrip("/") + "/"
        self.token = token
        # A tenth is kept for starting, and for tidying up.
        self.ends = time.monotonic() + 0.9 * seconds

    def remaining(self):
        return self.ends - time.monotonic()

    def url(self, *segments):
        return self.base + "/".join(quote(segment, safe="") for segment in segments)


def request(session, method, url, body=None, content_type=None):
    """The answer, after trying again where that can help: any status but those of RETRIED."""
    lost, reason, asked = False, None, None
    for attempt in range(TRIES):
        if attempt:
            pause(session, asked, attempt - 1, reason)
        try:
            # Half of what is left, so that one silent connection does not use up the time of all tries.
            answer = follow(session, method, url, body, content_type, session.remaining() / 2)
        except LostAnswer as error:
            lost, reason, asked = lost or error.sent, str(error), None
            continue
        if answer.status not in RETRIED:
            answer.after_loss = lost
            return answer
        # A gateway answers 502, 503 or 504 also when it has passed the request on. 429 is the registry's own word.
        lost = lost or answer.status != 429
        reason, asked = refusal(answer), retry_after(answer.headers)
    raise Failure(f"{method} {short(url)}: gave up after {TRIES} tries; the last: {reason}")


def pause(session, asked, attempt, reason="the release is not finished"):
    """Waits as long as was asked for, or else twice as long as the time before."""
    if asked is None:
        # The jitter keeps clients that failed together from coming back together.
        seconds = min(FIRST_PAUSE * 2 ** min(attempt, 10), LONGEST_PAUSE) * random.uniform(0.8, 1.2)
    else:
        seconds = max(asked, SHORTEST_PAUSE)
    if seconds >= session.remaining():
        raise Failure(f"gave up, as the next try would come after the deadline: {reason}")
    time.sleep(seconds)


def retry_after(headers):
    """Seconds to wait, from either form of Retry-After (RFC 9110, section 10.2.3); None where there is none to be had."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]+", value):
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value)
        return max(0.0, (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def follow(session, method, url, body, content_type, seconds, sink=None):
    """One try, redirects included. With `sink`, a file and the most octets it may get, the body of a 200 goes there."""
    ends = time.monotonic() + seconds
    token = session.token
    for _ in range(REDIRECTS + 1):
        # A redirect away loses the token for good: whoever it leads to could send us back to where they please.
        token = token if token_allowed(session, url) else None
        answer = exchange(method, url, token, body, content_type, ends - time.monotonic(), sink)
        location = answer.headers.get("Location")
        # After a POST, 301 to 303 would mean a GET, which is not what was asked for.
        if answer.status not in ({301, 302, 303, 307, 308} if method == "GET" else {307, 308}) or not location:
            return answer
        url = answer.reference(location)
    raise Failure(f"{method} {short(url)}: more than {REDIRECTS} redirects")


def token_allowed(session, url):
    """The token is for the origin of the API: not for an upload host, a content source, or where a redirect leads."""
    return origin(url) == origin(session.base)


def origin(url):
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def exchange(method, url, token, body, content_type, seconds, sink):
    """One request and its answer."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Failure(f"{short(url)} is no URL that can be fetched")
    if seconds <= 0:
        raise LostAnswer("no time left", sent=False)
    headers = {"Connection": "close"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if content_type:
        headers["Content-Type"] = content_type
    # What is not a URL's own is escaped; what is already escaped stays as it was given.
    target = quote(urlunsplit(("", "", parts.path or "/", parts.query, "")), safe="/?%:@!$&'()*+,;=~[]")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=seconds)
    ends = time.monotonic() + seconds
    try:
        connection.connect()
    except OSError as error:
        raise LostAnswer(f"{short(url)} can not be reached: {error}", sent=False) from error
    # A socket's timeout starts anew with each octet. This one does not, so that slow drips end too.
    watchdog = threading.Timer(ends - time.monotonic(), hang_up, [connection.sock])
    watchdog.daemon = True
    watchdog.start()
    try:
        try:
            connection.request(method, target, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all was sent, perhaps with an answer that says why
        response = connection.getresponse()
        received = receive(response, sink if response.status == 200 else None)
        if time.monotonic() >= ends:
            raise LostAnswer(f"{short(url)} took too long")
        return Answer(response.status, response.headers, received, url)
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = time.monotonic() >= ends
        reason = "took too long" if late else f"broke off: {type(error).__name__} {error}"
        raise LostAnswer(f"{short(url)} {reason}") from error
    finally:
        watchdog.cancel()
        connection.close()


def hang_up(sock):
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        pass  # closed already


def receive(response, sink):
    """The whole body: returned, or written to `sink`."""
    file, most = sink or (None, LARGEST_DOCUMENT)
    chunks, size = [], 0
    if file:
        file.seek(0)
        file.truncate()
    while chunk := response.read(CHUNK):
        size += len(chunk)
        if size > most:
            raise Failure(f"more than {most} octets")
        file.write(chunk) if file else chunks.append(chunk)
    if response.length:  # what Content-Length promised and did not come; http.client leaves that to us
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(chunks)


def expect(answer, *statuses):
    if answer.status not in statuses:
        raise Failure(f"{short(answer.url)} answered {refusal(answer)}")
    return answer


def refusal(answer):
    """Status and problem of an answer that is not a success."""
    try:
        return f"{answer.status}: {problem_text(json.loads(answer.body))}"
    except ValueError:
        return str(answer.status)


def problem_text(problem):
    """A problem document (RFC 9457) on one line."""
    members = problem if isinstance(problem, dict) else {}
    texts = [members.get(name) for name in ("title", "type", "detail")]
    return " - ".join(text for text in texts if isinstance(text, str)) or "no reason given"


def short(url):
    """A URL for messages: without its query and userinfo, which may be what gives access."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an unreadable URL"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
