// A customer or a page uploads a file: its first bytes are looked at, its bytes are reserved under every limit, then they
// go to R2 as they come. In memory lies what tells the type, never the file.

import { deadKey } from '../keys/key.ts';
import type { Principal } from '../keys/principal.ts';
import { limitProblem } from '../ledger/refusal.ts';
import { newId, type FileId } from '../../lib/ids.ts';
import { randomText } from '../../lib/base62.ts';
import { reasonOf } from '../../lib/log.ts';
import { Problem } from '../../lib/problem.ts';
import { fileName, SECRET_CHARS, type StoredFile } from './file.ts';
import { FILE_TYPES, MOST_BYTES_OF_ALL, mostBytes } from './file-type.ts';
import { readFront, type Front } from './front.ts';
import { requireBucket, type FilesRuntime } from './memory.ts';
import { forget } from './remove.ts';
import { markGone, markStored, reserveFile, type Reservation } from './store.ts';

/** A file on its way in. */
export type Upload = {
  /** As the sender declares them; HTTP ends the body there. */
  bytes: number;
  stream: ReadableStream<Uint8Array>;
  /** As the sender calls the file; '' for none. */
  name: string;
};

/** Whoever has not confirmed by then is dead, as good as surely: 100 MB in six hours are 37 kbit/s. */
const ABANDONED_MS = 6 * 3_600_000;

/** The stored file; 400, 401, 403, 408, 413, 415, 429, 501 or 503, and then nothing of it is left. */
export async function uploadFile(
  deps: FilesRuntime,
  principal: Principal,
  upload: Upload,
): Promise<StoredFile> {
  const bucket = requireBucket(deps);
  refuseLarge(upload.bytes, MOST_BYTES_OF_ALL);
  const front = await readFront(upload.stream, deps.clock);
  const file = await reserve(deps, principal, { ...upload, front });
  try {
    await transfer(bucket, { file, front, stream: upload.stream });
    if (!(await confirm(deps, file.id))) {
      throw new Problem('storage_unavailable', 'The upload took too long. Send the file again.');
    }
    return file;
  } catch (error) {
    await discard(deps, file.id);
    throw error;
  }
}

function refuseLarge(bytes: number, most: number): void {
  if (bytes > most) {
    throw new Problem(
      'body_too_large',
      `The file has ${bytes} bytes; such a file may have ${most}. RunComfy takes no larger ones.`,
    );
  }
}

async function reserve(
  deps: FilesRuntime,
  principal: Principal,
  { bytes, name, front }: Upload & { front: Front },
): Promise<StoredFile> {
  const { sniffed } = front;
  if (sniffed.kind !== 'known') {
    const taken = FILE_TYPES.map(({ endings: [ending = ''] }) => ending.toUpperCase()).join(', ');
    throw new Problem(
      'unsupported_file',
      `Its first bytes are not those of a file that is taken here: ${taken}.`,
    );
  }
  const { type, sides } = sniffed;
  refuseLarge(bytes, mostBytes(type));
  const createdAtMs = deps.clock.now();
  const reservation = await reserveFile(deps.db, principal, {
    id: newId('file'),
    secret: randomText(SECRET_CHARS),
    name: fileName(name, type),
    contentType: type.contentType,
    bytes,
    sides,
    createdAtMs,
    dueAtMs: createdAtMs + ABANDONED_MS,
  });
  if (reservation.file === null) {
    throw refusalOf(reservation, principal, createdAtMs);
  }
  return reservation.file;
}

function refusalOf(
  { isKeyLive, isCustomerActive, limits }: Reservation,
  { tokenId }: Principal,
  atMs: number,
): Problem {
  if (!isKeyLive) {
    return deadKey(tokenId === '' ? 'secret' : 'browser');
  }
  if (!isCustomerActive) {
    return new Problem('customer_suspended', 'The account of this key is suspended. Ask the operator.');
  }
  return limitProblem(limits, { tokenId, atMs });
}

type Transfer = {
  file: StoredFile;
  front: Front;
  stream: ReadableStream<Uint8Array>;
};

/** Into R2, which takes a body of a known length alone: one that is cut, too short or too long leaves nothing there. */
async function transfer(bucket: R2Bucket, { file, front, stream }: Transfer): Promise<void> {
  const { readable, writable } = new FixedLengthStream(file.bytes);
  const stop = new AbortController();
  const put = bucket
    .put(file.id, readable, { httpMetadata: { contentType: file.contentType } })
    .catch((error: unknown) => {
      stop.abort();
      throw problemOf(error);
    });
  const fed = feed(writable, { front, stream, signal: stop.signal });
  // Both have come to their end before anybody cleans up behind them.
  const [putting, feeding] = await Promise.allSettled([put, fed]);
  if (putting.status === 'rejected') {
    throw putting.reason;
  }
  if (feeding.status === 'rejected') {
    throw problemOf(feeding.reason);
  }
}

async function feed(
  writable: WritableStream<Uint8Array>,
  { front, stream, signal }: Omit<Transfer, 'file'> & { signal: AbortSignal },
): Promise<void> {
  const writer = writable.getWriter();
  // A bucket that takes nothing more would be waited for.
  const abort = () => void writer.abort(signal.reason).catch(() => {});
  signal.addEventListener('abort', abort);
  try {
    // Taken out of the front: while the rest comes, which may take hours, they are not kept.
    for (const chunk of front.chunks.splice(0)) {
      await writer.write(chunk);
    }
  } finally {
    signal.removeEventListener('abort', abort);
    writer.releaseLock();
  }
  await stream.pipeTo(writable, { signal });
}

/** What is wrong with a body, or its end, is told by the streams themselves; R2 has errors of its own. */
function problemOf(cause: unknown): Problem {
  return cause instanceof TypeError
    ? new Problem('length_mismatch', 'The body did not come whole: Content-Length says how long it is.', {
        cause,
      })
    : new Problem('storage_unavailable', 'The file could not be stored. Send it again.', {
        retryAfterSeconds: 5,
        cause,
      });
}

/** A lost answer says nothing, so it is asked once more: it says the same. */
function confirm({ db }: FilesRuntime, id: FileId): Promise<boolean> {
  return markStored(db, id).catch(() => markStored(db, id));
}

/** What fails here is left to the cron: until then the bytes count. */
async function discard(deps: FilesRuntime, id: FileId): Promise<void> {
  try {
    await markGone(deps.db, id, deps.clock.now());
  } catch (error) {
    deps.log.warn('files_left', { count: 1, reason: reasonOf(error) });
    return;
  }
  await forget(deps, [id]);
}
