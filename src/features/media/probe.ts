// Asks the host of a customer's file for its format and size, and reads as little as that takes. It sends nothing of the
// customer but the URL, follows redirects itself to check each target, and keeps only facts of the answer.

import { isPlayedType, NO_IMAGE, type Facts, type Unknown } from './facts.ts';
import { readHeader, type Header } from './image-header.ts';
import { judgeUrl } from './public-url.ts';

const MAX_BYTES = 262_144;
const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Hosts that refuse a range answer so, and so do hosts without the file: they are asked once more without a range. */
const MAYBE_OF_THE_RANGE = new Set([400, 403, 404, 405, 410]);
/** These prove that the file does not exist. Any other refusal may be meant for us, and RunComfy may get the file. */
const NOT_THERE = new Set([404, 410]);
/** Headers of bot walls, whatever the status is. */
const CHALLENGES = ['cf-mitigated', 'x-amzn-waf-action'];

export type Probe = { url: URL; isImage: boolean };

export type ProbeOptions = {
  signal: AbortSignal;
  ownHosts: string[];
  /** Asked before each request, of redirects too. */
  mayAsk: (host: string) => Promise<boolean>;
};

/** Never throws: every failure before an answer is `unknown`. */
export async function probe({ url, isImage }: Probe, options: ProbeOptions): Promise<Facts | Unknown> {
  const { signal } = options;
  try {
    const response = await follow(url, options);
    return response instanceof Response ? await readAnswer(response, isImage) : response;
  } catch {
    return unknown(signal.aborted ? 'its host did not answer in time' : 'its host could not be reached');
  }
}

/** Makes five requests at most: each redirect is one, and so is the one without a range. */
async function follow(
  from: URL,
  { signal, ownHosts, mayAsk }: ProbeOptions,
): Promise<Response | Facts | Unknown> {
  let url = from;
  let range: Record<string, string> = { Range: `bytes=0-${MAX_BYTES - 1}` };
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    if (!(await mayAsk(url.hostname))) {
      return TOO_OFTEN;
    }
    let response = await ask(url, { range, signal, ownHosts });
    if (MAYBE_OF_THE_RANGE.has(response.status) && 'Range' in range) {
      discard(response.body);
      if (!(await mayAsk(url.hostname))) {
        return TOO_OFTEN;
      }
      range = {};
      response = await ask(url, { range, signal, ownHosts });
    }
    const location = locationOf(response.headers.get('location'));
    if (!REDIRECTS.has(response.status) || location === null) {
      return response;
    }
    discard(response.body);
    if (!URL.canParse(location, url.href)) {
      return unknown('its host redirects to an invalid URL');
    }
    const next = judgeUrl(new URL(location, url).href, ownHosts);
    if (next.kind !== 'public') {
      return next.kind === 'forbidden'
        ? { kind: 'refused', reason: 'its host redirects to a place that is not allowed' }
        : unknown('its host redirects to a place that is not fetched');
    }
    url = next.url;
  }
  return unknown(`its host redirects more than ${MAX_REDIRECTS} times`);
}

function ask(
  url: URL,
  { range, signal, ownHosts }: { range: Record<string, string>; signal: AbortSignal; ownHosts: string[] },
): Promise<Response> {
  return fetch(url.href, {
    headers: { ...range, 'Accept-Encoding': 'identity', Accept: '*/*', 'User-Agent': agentOf(ownHosts) },
    redirect: 'manual',
    signal,
  });
}

/** Names the program, and the host where its operator can be found. */
function agentOf([host]: string[]): string {
  return host === undefined ? 'comfygate' : `comfygate (+https://${host}/)`;
}

/** Two `Location` headers arrive as one, joined by a comma. If both are the same, one of them is used. */
function locationOf(given: string | null): string | null {
  const half = ((given?.length ?? 0) - 2) / 2;
  const first = given?.slice(0, half) ?? '';
  return given === `${first}, ${first}` ? first : given;
}

async function readAnswer(response: Response, isImage: boolean): Promise<Facts | Unknown> {
  const { status, headers, body } = response;
  const isChallenge = CHALLENGES.some((name) => headers.has(name));
  if (!response.ok || isChallenge) {
    discard(body);
    return NOT_THERE.has(status) && !isChallenge
      ? { kind: 'refused', reason: 'its host answered that there is no such file' }
      : unknown('its host did not give the file to us');
  }
  if (!isImage) {
    discard(body);
    const isUsualType = isPlayedType(headers.get('content-type') ?? '');
    return { kind: 'played', isUsualType, sizeBytes: claimOf(response) };
  }
  const range = headers.get('content-range');
  if (status === 206 && range !== null && !/^bytes 0-/i.test(range)) {
    discard(body);
    return unknown('its host gave another part of the file than its beginning');
  }
  return readImage(response);
}

/**
 * Reads until the image is measured. Without a Content-Range it reads on to the cap to learn the size of the file, because
 * a Content-Length is only a claim.
 */
async function readImage(response: Response): Promise<Facts> {
  const isPart = response.status === 206;
  const claim = claimOf(response);
  const { bytes, header, seen, ended } = await readFront(response.body, isPart && claim !== null);
  const isLastPart = claim === null ? !isEncoded(response) && seen < MAX_BYTES : claim <= seen;
  const isWhole = ended && (!isPart || isLastPart);
  const last = header.kind === 'more' ? readHeader(bytes, isWhole ? 'ends' : 'unread') : header;
  if (last.kind !== 'image') {
    return NO_IMAGE;
  }
  const claimed = claim === null ? null : Math.max(claim, seen);
  return { ...last, sizeBytes: isWhole ? seen : claimed };
}

type Front = { bytes: Uint8Array; header: Header; seen: number; ended: boolean };

async function readFront(body: ReadableStream<Uint8Array> | null, isSizeClaimed: boolean): Promise<Front> {
  const buffer = new Uint8Array(MAX_BYTES);
  const front: Front = { bytes: buffer.subarray(0, 0), header: { kind: 'more' }, seen: 0, ended: false };
  // Measured each time it has doubled, so that a body in many small pieces is not measured for each of them.
  let nextMeasureAt = 0;
  try {
    // Leaving the loop cancels the body.
    for await (const chunk of body ?? []) {
      buffer.set(chunk.subarray(0, MAX_BYTES - front.seen), front.seen);
      front.seen += chunk.byteLength;
      front.bytes = buffer.subarray(0, front.seen);
      if (front.header.kind === 'more' && front.seen >= nextMeasureAt) {
        front.header = readHeader(front.bytes, 'more');
        nextMeasureAt = front.seen * 2;
      }
      if (front.seen >= MAX_BYTES || !wantsMore(front.header, isSizeClaimed)) {
        return front;
      }
    }
    front.ended = true;
  } catch (error) {
    // A measurement from before the connection broke is still valid.
    if (front.header.kind === 'more') {
      throw error;
    }
  }
  return front;
}

function wantsMore(header: Header, isSizeClaimed: boolean): boolean {
  return header.kind === 'more' || (header.kind === 'image' && !isSizeClaimed);
}

/** The size of the whole file in bytes, as the host claims. */
function claimOf(response: Response): number | null {
  if (isEncoded(response)) {
    return null;
  }
  const { status, headers } = response;
  const total = /^bytes \d+-\d+\/(\d{1,15})$/i.exec(headers.get('content-range') ?? '')?.[1];
  const length = /^\d{1,15}$/.exec(status === 206 ? '' : (headers.get('content-length') ?? ''))?.[0];
  const claim = total ?? length;
  return claim === undefined ? null : Number(claim);
}

/** The size of an encoded body is not the size of the file. */
function isEncoded({ headers }: Response): boolean {
  return !/^(?:identity)?$/i.test(headers.get('content-encoding')?.trim() ?? '');
}

function discard(body: ReadableStream | null): void {
  body?.cancel().catch(() => {});
}

const TOO_OFTEN = unknown('its host was asked too often for this key');

function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}
