// Reads a body up to a cap, as long as there is room for it among all that is in flight, and not a byte further.

import { ALWAYS_READ_BYTES, type Held } from './bytes-in-flight.ts';
import type { Clock } from './clock.ts';
import { TimedOut, withTimeLimit } from './time-limit.ts';
import { hasMoreValuesThan } from './value-count.ts';

type Unread = { ok: false; reason: 'too_large' | 'no_room' | 'stalled' | 'broken' };
type BoundedBody = { ok: true; bytes: Uint8Array } | Unread;

/** `clock`: a sender who stops is given up. */
type Bounds = { maxBytes: number; held: Held; clock?: Clock };

/** A sender gets so long for each next part of a body, and for the whole of a small one. */
export const STALL_MS = 10_000;
/** Up to this size a body with a length is taken in one step, for far less CPU than a stream. */
const ONE_STEP_BYTES = 16 * 1024;

/**
 * Of what is refused so much is read and thrown away: a client that is still writing when it is refused would see a
 * broken pipe instead of the answer. One that waits for the answer sends nothing meanwhile.
 */
const DISCARDED_BYTES = 32 * 1024 * 1024;
const DISCARD_STALL_MS = 1_000;

const decoder = new TextDecoder();

/** All bytes of the body of a request, or why not. */
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

/** More values are not an answer that anybody waits for: they would take many times its size in memory. */
const MAX_ANSWER_VALUES = 200_000;

/** The body of an answer as text, in which what is no UTF-8 is replaced. */
export async function readBoundedText(
  source: Response,
  bounds: Bounds,
): Promise<{ ok: true; text: string } | Unread> {
  const size = declaredSize(source);
  if (size !== null && size <= Math.min(bounds.maxBytes, ALWAYS_READ_BYTES)) {
    bounds.held.take(size);
    return source.text().then(
      (text) => ({ ok: true, text }),
      () => ({ ok: false, reason: 'broken' }),
    );
  }
  const read = await readAll(source.body, bounds, size).catch((): Unread => ({
    ok: false,
    reason: 'broken',
  }));
  if (!read.ok) {
    return read;
  }
  return hasMoreValuesThan(read.bytes, MAX_ANSWER_VALUES)
    ? { ok: false, reason: 'too_large' }
    : { ok: true, text: decoder.decode(read.bytes) };
}

/**
 * The length that the body cannot exceed, because HTTP ends it there, or null. The length of what is compressed says
 * nothing of what comes out of it, and chunks go on past it.
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
    // Not `for await`, whose iterator costs several times as much CPU.
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
    // Of no effect on a body that was read to its end.
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
