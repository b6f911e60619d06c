// Reads a body up to a limit, within the memory budget of all bodies in flight.

import { ALWAYS_READ_BYTES, type Held } from './bytes-in-flight.ts';
import type { Clock } from './clock.ts';
import { TimedOut, withTimeLimit } from './time-limit.ts';
import { hasMoreValuesThan } from './value-count.ts';

type Unread = { ok: false; reason: 'too_large' | 'no_room' | 'stalled' | 'broken' };
type BoundedBody = { ok: true; bytes: Uint8Array } | Unread;

/** `clock`: reading stops if the sender stalls. */
type Bounds = { maxBytes: number; held: Held; clock?: Clock };

/** The time for each next chunk of a body, or for the whole of a small one. */
export const STALL_MS = 10_000;
/** A body with a length up to this size is read in one step, which takes far less CPU than a stream. */
const ONE_STEP_BYTES = 16 * 1024;

/**
 * How much of a refused body is read and discarded: a client that is still writing would otherwise see a broken pipe
 * instead of the response. A client that waits for the response sends nothing, which ends this early.
 */
const DISCARDED_BYTES = 32 * 1024 * 1024;
const DISCARD_STALL_MS = 1_000;

const decoder = new TextDecoder();

/** The whole body of a request, or the reason why it was not read. */
export async function readBounded(source: Request, bounds: Required<Bounds>): Promise<BoundedBody> {
  const size = declaredSize(source);
  try {
    if (size !== null && size <= Math.min(bounds.maxBytes, ONE_STEP_BYTES)) {
      bounds.held.take(size);
      const bytes = await withTimeLimit(bounds.clock, STALL_MS, source.arrayBuffer());
      return { ok: true, bytes: new Uint8Array(bytes) };
    }
    return await readAll(source.body, bounds, size);
  } catch (error) {
    return { ok: false, reason: error instanceof TimedOut ? 'stalled' : 'broken' };
  }
}

/** RunComfy's responses have far fewer values. More would take many times the body's size in memory. */
const MAX_ANSWER_VALUES = 200_000;

/** The body of a response as text. Invalid UTF-8 becomes U+FFFD. */
export async function readBoundedText(
  source: Response,
  bounds: Bounds,
): Promise<{ ok: true; text: string } | Unread> {
  const size = declaredSize(source);
  try {
    if (size !== null && size <= Math.min(bounds.maxBytes, ALWAYS_READ_BYTES)) {
      bounds.held.take(size);
      return { ok: true, text: await source.text() };
    }
    const read = await readAnswer(source, bounds, size);
    if (!read.ok) {
      return read;
    }
    return hasMoreValuesThan(read.bytes, MAX_ANSWER_VALUES)
      ? { ok: false, reason: 'too_large' }
      : { ok: true, text: decoder.decode(read.bytes) };
  } catch {
    return { ok: false, reason: 'broken' };
  }
}

/** A length that RunComfy declares can be reserved at once, so that no chunks are in memory beside the whole. */
async function readAnswer(source: Response, bounds: Bounds, size: number | null): Promise<BoundedBody> {
  if (size === null || size > bounds.maxBytes) {
    return readAll(source.body, bounds, size);
  }
  if (!bounds.held.take(size)) {
    await source.body?.cancel();
    return { ok: false, reason: 'no_room' };
  }
  return { ok: true, bytes: new Uint8Array(await source.arrayBuffer()) };
}

/**
 * The declared length, if HTTP enforces it, or null: a compressed body can expand beyond its length, and a chunked one
 * ignores it.
 */
function declaredSize({ headers }: Request | Response): number | null {
  const declared = headers.get('content-length');
  const isLength = declared !== null && /^\d+$/.test(declared);
  return isLength && !headers.has('content-encoding') && !headers.has('transfer-encoding')
    ? Number(declared)
    : null;
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function readAll(
  body: ReadableStream<Uint8Array> | null,
  { maxBytes, held, clock }: Bounds,
  declared: number | null,
): Promise<BoundedBody> {
  if (body === null) {
    return { ok: true, bytes: new Uint8Array() };
  }
  const reader = body.getReader();
  const next = () => (clock === undefined ? reader.read() : withTimeLimit(clock, STALL_MS, reader.read()));
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    if (declared !== null && declared > maxBytes) {
      return await refuse(reader, clock, 'too_large');
    }
    // The iterator of `for await` takes several times as much CPU.
    for (let read = await next(); !read.done; read = await next()) {
      const { byteLength } = read.value;
      if (size + byteLength > maxBytes) {
        chunks.length = 0;
        held.release();
        return await refuse(reader, clock, 'too_large');
      }
      if (!held.take(byteLength)) {
        chunks.length = 0;
        held.release();
        return await refuse(reader, clock, 'no_room');
      }
      size += byteLength;
      chunks.push(read.value);
    }
    return { ok: true, bytes: joined(chunks, size) };
  } finally {
    // Has no effect after the whole body was read.
    await reader.cancel().catch(() => undefined);
  }
}

async function refuse(reader: Reader, clock: Clock | undefined, reason: Unread['reason']): Promise<Unread> {
  if (clock !== undefined) {
    await discard(reader, clock).catch(() => undefined);
  }
  return { ok: false, reason };
}

async function discard(reader: Reader, clock: Clock): Promise<void> {
  const next = () => withTimeLimit(clock, DISCARD_STALL_MS, reader.read());
  let left = DISCARDED_BYTES;
  for (let read = await next(); !read.done && left > 0; read = await next()) {
    left -= read.value.byteLength;
  }
}

function joined(chunks: Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) {
    return only;
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
