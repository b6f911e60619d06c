// Reads the first bytes of a body, until they show the type of the file.

import { STALL_MS } from '../../lib/bounded-read.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import { TimedOut, withTimeLimit } from '../../lib/time-limit.ts';
import { sniff, type Sniffed } from './file-type.ts';

/** The same as media probes read of a file. */
const MAX_BYTES = 262_144;
/** Enough for most files. The buffer grows with the bytes received: a page may begin hundreds of uploads and send nothing. */
const FIRST_BYTES = 4096;

/** `chunks`: all that was read, in order. */
export type Front = { chunks: Uint8Array[]; sniffed: Sniffed };

/** Leaves the stream unlocked behind these chunks. 400 or 408 if it ends or stalls before its type is known. */
export async function readFront(stream: ReadableStream<Uint8Array>, clock: Clock): Promise<Front> {
  const reader = stream.getReader();
  let buffer = new Uint8Array(FIRST_BYTES);
  let seen = 0;
  let behind: Uint8Array = new Uint8Array();
  let sniffed: Sniffed = { kind: 'more' };
  // Each attempt waits until the bytes have doubled, so that many small chunks cost no more than a few large ones.
  let lookAt = 0;
  while (sniffed.kind === 'more') {
    const { value = new Uint8Array(), done } = await next(reader, clock);
    const fitting = value.subarray(0, MAX_BYTES - seen);
    buffer = withRoom(buffer, seen + fitting.length);
    buffer.set(fitting, seen);
    seen += fitting.length;
    behind = value.subarray(fitting.length);
    const rest = done ? 'ends' : seen === MAX_BYTES ? 'unread' : 'more';
    if (rest !== 'more' || seen >= lookAt) {
      sniffed = sniff(buffer.subarray(0, seen), rest);
      lookAt = seen * 2;
    }
  }
  reader.releaseLock();
  return { chunks: [buffer.subarray(0, seen), behind].filter(({ length }) => length > 0), sniffed };
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array>, clock: Clock) {
  try {
    return await withTimeLimit(clock, STALL_MS, reader.read());
  } catch (cause) {
    if (!(cause instanceof TimedOut)) {
      throw new Problem('length_mismatch', 'The body was cut short.', { cause });
    }
    await reader.cancel().catch(() => undefined);
    throw new Problem('body_stalled', 'No byte of the file came for 10 seconds. Send it again.', { cause });
  }
}

/** The buffer itself, or a copy of at least twice its size. */
function withRoom(buffer: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  if (bytes <= buffer.length) {
    return buffer;
  }
  const larger = new Uint8Array(Math.min(MAX_BYTES, Math.max(bytes, buffer.length * 2)));
  larger.set(buffer);
  return larger;
}
