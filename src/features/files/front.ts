// The first bytes of a body that goes on elsewhere: as many as tell what it is.

import { Problem } from '../../lib/problem.ts';
import { sniff, type Sniffed } from './file-type.ts';

/** As much as media probes read of a file. */
const MAX_BYTES = 262_144;

/** `chunks`: all that was read, in order. */
export type Front = { chunks: Uint8Array[]; sniffed: Sniffed };

/** Leaves the stream unlocked, behind these chunks. */
export async function readFront(stream: ReadableStream<Uint8Array>): Promise<Front> {
  const buffer = new Uint8Array(MAX_BYTES);
  const reader = stream.getReader();
  let seen = 0;
  let behind: Uint8Array = new Uint8Array();
  let sniffed: Sniffed = { kind: 'more' };
  // Looked at each time it has doubled: a body in many small pieces must not be measured at every one.
  let lookAt = 0;
  while (sniffed.kind === 'more') {
    const { value = new Uint8Array(), done } = await reader.read().catch(cutShort);
    const fitting = value.subarray(0, MAX_BYTES - seen);
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

function cutShort(cause: unknown): never {
  throw new Problem('length_mismatch', 'The body was cut short.', { cause });
}
