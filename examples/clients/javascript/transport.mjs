// HTTP the way a client of the Publish API has to use it: who may see the token, what is tried again, and until when.

import { setTimeout as sleep } from "node:timers/promises";

const TRIES = 6; // of one request, the first included
const REDIRECTS = 5;
const PAUSE = { first: 200, shortest: 200, longest: 5000 }; // milliseconds
const LARGEST_DOCUMENT = 16 << 20; // octets; a stranger must not be able to fill the memory

export const RETRIED = new Set([429, 502, 503, 504]);

/** There is no success, for the reason given; meant to be read by people. */
export class Failure extends Error {}

/** No whole answer came. If the request was sent, the registry may have done the work all the same. */
export class LostAnswer extends Error {
  constructor(reason, sent = true) {
    super(reason);
    this.sent = sent;
  }
}

/** A registry, the token for it, and the time there is. */
export class Session {
  constructor(base, token, seconds) {
    this.base = base.replace(/\/*$/, "/");
    this.token = token;
    // A tenth is kept for starting, and for tidying up.
    this.ends = performance.now() + 900 * seconds;
  }

  remaining() {
    return this.ends - performance.now();
  }

  url(...segments) {
    return this.base + segments.map(encodeURIComponent).join("/");
  }
}

/** What came back. `url` is that of the request: references in the answer resolve against it. */
class Answer {
  afterLoss = false; // an earlier try of the same request may have been carried out

  constructor(url, status, headers, body) {
    Object.assign(this, { url, status, headers, body });
  }

  document() {
    const document = parse(this.body);
    if (typeof document !== "object" || document === null || Array.isArray(document)) {
      throw new Failure(`${short(this.url)} answered ${this.status} with something else than a JSON object`);
    }
    return document;
  }

  /** An absolute URL from the absolute or relative one that this answer gave. */
  reference(value) {
    return new URL(value, this.url).href;
  }
}

/** The answer, after trying again where that can help: any status but those of RETRIED. */
export async function request(session, method, url, body, contentType) {
  let lost = false;
  let reason, asked;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await pause(session, asked, attempt - 1, reason);
    try {
      // Half of what is left, so that one silent connection does not use up the time of all tries.
      const answer = await follow(session, method, url, { body, contentType, time: session.remaining() / 2 });
      if (!RETRIED.has(answer.status)) {
        answer.afterLoss = lost;
        return answer;
      }
      // A gateway answers 502, 503 or 504 also when it has passed the request on. 429 is the registry's own word.
      lost ||= answer.status !== 429;
      reason = refusal(answer);
      asked = retryAfter(answer.headers);
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error;
      lost ||= error.sent;
      reason = error.message;
      asked = undefined;
    }
  }
  throw new Failure(`${method} ${short(url)}: gave up after ${TRIES} tries; the last: ${reason}`);
}

/** Waits for the milliseconds asked for, or else twice as long as the time before. */
export async function pause(session, asked, attempt, reason = "the release is not finished") {
  // The jitter keeps clients that failed together from coming back together.
  const own = Math.min(PAUSE.first * 2 ** attempt, PAUSE.longest) * (0.8 + 0.4 * Math.random());
  const time = asked === undefined ? own : Math.max(asked, PAUSE.shortest);
  if (time >= session.remaining()) {
    throw new Failure(`gave up, as the next try would come after the deadline: ${reason}`);
  }
  await sleep(time);
}

/** Milliseconds to wait, from either form of Retry-After (RFC 9110, section 10.2.3), if there is one. */
export function retryAfter(headers) {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^[0-9]+$/.test(value)) return Number(value) * 1000;
  // Date.parse takes nearly anything for a date, so what does not begin like one is left out. A date without GMT means it too.
  const date = /^[A-Z][a-z]{2,8},? /.test(value) ? Date.parse(value.replace(/( GMT)?$/, " GMT")) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** One try, redirects included. */
export async function follow(session, method, url, { body, contentType, time, largest = LARGEST_DOCUMENT }) {
  const signal = AbortSignal.timeout(Math.max(0, Math.floor(time)));
  let token = session.token;
  for (let redirects = 0; redirects <= REDIRECTS; redirects++) {
    // A redirect away loses the token for good: whoever it leads to could send us back to where they please.
    if (!tokenAllowed(session, url)) token = undefined;
    const answer = await exchange(method, url, token, body, contentType, signal, largest);
    const location = answer.headers.get("location");
    // After a POST, 301 to 303 would mean a GET, which is not what was asked for.
    const redirected = (method === "GET" ? [301, 302, 303, 307, 308] : [307, 308]).includes(answer.status);
    if (!redirected || !location) return answer;
    url = answer.reference(location);
  }
  throw new Failure(`${method} ${short(url)}: more than ${REDIRECTS} redirects`);
}

/** The token is for the origin of the API: not for an upload host, a content source, or where a redirect leads. */
function tokenAllowed(session, url) {
  return new URL(url).origin === new URL(session.base).origin;
}

/** One request and its answer; the signal ends slow drips too. */
async function exchange(method, url, token, body, contentType, signal, largest) {
  if (!/^https?:\/\//.test(url)) throw new Failure(`${short(url)} is no URL that can be fetched`);
  const headers = { "accept-encoding": "identity" };
  if (token) headers.authorization = `Bearer ${token}`;
  if (contentType) headers["content-type"] = contentType;
  try {
    // `manual`, because fetch would decide by itself what a redirect may carry along.
    const response = await fetch(url, { method, headers, body, signal, redirect: "manual" });
    return new Answer(url, response.status, response.headers, await receive(response, largest));
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = signal.aborted ? "took too long" : `broke off: ${error.cause?.message ?? error.message}`;
    throw new LostAnswer(`${short(url)} ${reason}`, error.cause?.code !== "ECONNREFUSED");
  }
}

/** The whole body; fetch itself fails when less comes than Content-Length promised. */
async function receive(response, largest) {
  const chunks = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > largest) throw new Failure(`more than ${largest} octets`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function expect(answer, ...statuses) {
  if (!statuses.includes(answer.status)) throw new Failure(`${short(answer.url)} answered ${refusal(answer)}`);
  return answer;
}

/** Status and problem of an answer that is not a success. */
function refusal(answer) {
  return `${answer.status}: ${problemText(parse(answer.body))}`;
}

/** A problem document (RFC 9457) on one line. */
export function problemText(problem) {
  const texts = [problem?.title, problem?.type, problem?.detail].filter((text) => typeof text === "string");
  return texts.join(" - ") || "no reason given";
}

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** A URL for messages: without its query and userinfo, which may be what gives access. */
export function short(url) {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return "an unreadable URL";
  }
}
