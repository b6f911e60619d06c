// A customer or a page uploads a file. The first bytes decide its type, every limit reserves its size, then the bytes stream to
// R2. Memory holds only the first bytes.

import { deadKey } from '../keys/key.ts';
import type { Principal } from '../keys/principal.ts';
import { limitProblem } from '../ledger/refusal.ts';
import { newId, type FileId } from '../../lib/ids.ts';
import { randomText } from '../../lib/base62.ts';
import { reasonOf } from '../../lib/log.ts';
import { Problem } from '../../lib/problem.ts';
import { fileName, SECRET_CHARS, type StoredFile } from './file.ts';
import { FILE_TYPES, MAX_BYTES_OF_ANY, maxBytes } from './file-type.ts';
import { readFront, type Front } from './front.ts';
import { requireBucket, type FilesRuntime } from './memory.ts';
import { deleteMarked } from './remove.ts';
import { markGone, markStored, reserveFile, type Reservation } from './store.ts';

/** A file on its way in. */
export type Upload = {
  /** Content-Length: HTTP ends the body there. */
  bytes: number;
  stream: ReadableStream<Uint8Array>;
  /** The sender's name of the file; '': none. */
  name: string;
};

/** An upload that is not confirmed by then has almost surely failed: 100 MB in six hours are 37 kbit/s. */
const ABANDONED_MS = 6 * 3_600_000;

/** The stored file. 400, 401, 403, 408, 413, 415, 429, 501 or 503; a refused upload leaves nothing behind. */
export async function uploadFile(
  deps: FilesRuntime,
  principal: Principal,
  upload: Upload,
): Promise<StoredFile> {
  const bucket = requireBucket(deps);
  refuseLarge(upload.bytes, MAX_BYTES_OF_ANY);
  const front = await readFront(upload.stream, deps.clock);
  const file = await reserve(deps, principal, { ...upload, front });
  try {
    await transfer(bucket, { file, front, stream: upload.stream });
    // The answer of a write can be lost. Repeating it is safe.
    const isStored = await markStored(deps.db, file.id).catch(() => markStored(deps.db, file.id));
    if (!isStored) {
      throw new Problem('storage_unavailable', 'The upload took too long. Send the file again.');
    }
    return file;
  } catch (error) {
    await discard(deps, file.id);
    throw error;
  }
}

function refuseLarge(bytes: number, max: number): void {
  if (bytes > max) {
    throw new Problem(
      'body_too_large',
      `The file has ${bytes} bytes; such a file may have ${max}. RunComfy takes no larger ones.`,
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
    const accepted = FILE_TYPES.map(({ endings: [ending = ''] }) => ending.toUpperCase()).join(', ');
    throw new Problem(
      'unsupported_file',
      `The first bytes of the file are of no accepted type: ${accepted}.`,
    );
  }
  const { type, sides } = sniffed;
  refuseLarge(bytes, maxBytes(type));
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

/** Streams the file to R2. The fixed length makes R2 store nothing of a body that is interrupted, too short or too long. */
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
  // The caller cleans up after a failure, so both have to be over first.
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
  // Without the abort, a write would wait forever for a bucket that has stopped reading.
  const abort = () => void writer.abort(signal.reason).catch(() => {});
  signal.addEventListener('abort', abort);
  try {
    // The splice frees the first bytes: the rest of the upload may take hours.
    for (const chunk of front.chunks.splice(0)) {
      await writer.write(chunk);
    }
  } finally {
    signal.removeEventListener('abort', abort);
    writer.releaseLock();
  }
  await stream.pipeTo(writable, { signal });
}

/** The streams throw a TypeError for a body of the wrong length; R2 throws errors of its own. */
function problemOf(cause: unknown): Problem {
  return cause instanceof TypeError
    ? new Problem('length_mismatch', 'The body is shorter or longer than its Content-Length.', {
        cause,
      })
    : new Problem('storage_unavailable', 'The file could not be stored. Send it again.', {
        retryAfterSeconds: 5,
        cause,
      });
}

/** The cron retries a failure. Until then the bytes count under the limits. */
async function discard(deps: FilesRuntime, id: FileId): Promise<void> {
  try {
    await markGone(deps.db, id, deps.clock.now());
  } catch (error) {
    deps.log.warn('files_left', { count: 1, reason: reasonOf(error) });
    return;
  }
  await deleteMarked(deps, [id]);
}
