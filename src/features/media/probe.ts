// Asks the host of a customer's file what it is, reading as little as that takes. Sends nothing of the customer's but
// the URL, follows redirects itself so that each target is judged anew, and keeps nothing of the answer but facts.

import { isPlayedType, NO_IMAGE, type Facts, type Unknown } from './facts.ts';
import { readHeader, type Header } from './image-header.ts';
import { judgeUrl } from './public-url.ts';

const MAX_BYTES = 262_144;
const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Of the 4xx those that speak of this call and not of the file. */
const NOT_OF_THE_FILE = new Set([408, 416, 425, 429]);

export type Probe = { url: URL; isImage: boolean };

export type ProbeOptions = {
  signal: AbortSignal;
  ownHosts: string[];
  /** Asked before each request, of redirects too. */
  mayAsk: (host: string) => Promise<boolean>;
};

/** Never throws: whatever goes wrong on the way to an answer is unknown. */
export async function probe({ url, isImage }: Probe, options: ProbeOptions): Promise<Facts | Unknown> {
  const { signal } = options;
  try {
    const response = await follow(url, options);
    return response instanceof Response ? await readAnswer(response, isImage) : response;
  } catch {
    return unknown(signal.aborted ? 'its host did not answer in time' : 'its host could not be reached');
  }
}

async function follow(
  from: URL,
  { signal, ownHosts, mayAsk }: ProbeOptions,
): Promise<Response | Facts | Unknown> {
  let url = from;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    if (!(await mayAsk(url.hostname))) {
      return unknown('this key has had its host asked too often');
    }
    const response = await fetch(url.href, {
      headers: {
        Range: `bytes=0-${MAX_BYTES - 1}`,
        'Accept-Encoding': 'identity',
        Accept: '*/*',
        'User-Agent': 'comfygate',
      },
      redirect: 'manual',
      signal,
    });
    const location = response.headers.get('location');
    if (!REDIRECTS.has(response.status) || location === null) {
      return response;
    }
    leave(response.body);
    if (!URL.canParse(location, url.href)) {
      return unknown('its host redirects to no valid URL');
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

async function readAnswer(response: Response, isImage: boolean): Promise<Facts | Unknown> {
  const { status, headers, body } = response;
  if (!response.ok) {
    leave(body);
    return status >= 400 && status < 500 && !NOT_OF_THE_FILE.has(status)
      ? { kind: 'refused', reason: 'its host answered that it does not serve this file' }
      : unknown('its host did not give the file for now');
  }
  if (!isImage) {
    leave(body);
    const isUsualType = isPlayedType(headers.get('content-type') ?? '');
    return { kind: 'played', isUsualType, sizeBytes: claimOf(response) };
  }
  const range = headers.get('content-range');
  if (status === 206 && range !== null && !/^bytes 0-/i.test(range)) {
    leave(body);
    return unknown('its host gave another part of the file than its beginning');
  }
  return readImage(response);
}

/**
 * Reads until the image is measured. Where no Content-Range says the size of the file, it reads on to the cap: a
 * Content-Length is only what the host claims, and a body that was seen whole knows better.
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

async function readFront(body: ReadableStream<Uint8Array> | null, isSizeTold: boolean): Promise<Front> {
  const buffer = new Uint8Array(MAX_BYTES);
  const front: Front = { bytes: buffer.subarray(0, 0), header: { kind: 'more' }, seen: 0, ended: false };
  // Looked at each time it has doubled: a body in many small pieces must not be measured at every one.
  let lookAt = 0;
  try {
    // Leaving the loop cancels the body.
    for await (const chunk of body ?? []) {
      buffer.set(chunk.subarray(0, MAX_BYTES - front.seen), front.seen);
      front.seen += chunk.byteLength;
      front.bytes = buffer.subarray(0, front.seen);
      if (front.header.kind === 'more' && front.seen >= lookAt) {
        front.header = readHeader(front.bytes, 'more');
        lookAt = front.seen * 2;
      }
      if (front.seen >= MAX_BYTES || !wantsMore(front.header, isSizeTold)) {
        return front;
      }
    }
    front.ended = true;
  } catch (error) {
    // Cut off on the way: what has been measured is known all the same.
    if (front.header.kind === 'more') {
      throw error;
    }
  }
  return front;
}

function wantsMore(header: Header, isSizeTold: boolean): boolean {
  return header.kind === 'more' || (header.kind === 'image' && !isSizeTold);
}

/** The size of the whole file as the host claims it, in bytes. */
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

/** Sizes of an encoded body are not those of the file. */
function isEncoded({ headers }: Response): boolean {
  return !/^(?:identity)?$/i.test(headers.get('content-encoding')?.trim() ?? '');
}

function leave(body: ReadableStream | null): void {
  body?.cancel().catch(() => {});
}

function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}
