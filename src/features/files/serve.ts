// Serves a file to everyone who has its URL: RunComfy fetches inputs without a login.

import { Problem } from '../../lib/problem.ts';
import { isSecret, noSuchFile, type StoredFile } from './file.ts';
import { requireBucket, type FilesRuntime } from './memory.ts';
import { rangeOf, type Range } from './range.ts';
import { findServed } from './store.ts';

export type Wanted = {
  secret: string;
  name: string;
  isHead: boolean;
  /** Headers of the call, null where absent. */
  range: string | null;
  ifRange: string | null;
  ifNoneMatch: string | null;
};

export type Served = {
  file: StoredFile;
  /** The id of the file, which never changes. */
  etag: string;
  part: Exclude<Range, 'none'>;
  /** True if the caller has the file already. */
  isKnown: boolean;
  /** Null: the answer has no body. */
  body: ReadableStream | null;
  atMs: number;
};

/** 404 without such a file, 416 for a range that the file does not have. */
export async function serveFile(deps: FilesRuntime, wanted: Wanted): Promise<Served> {
  const bucket = requireBucket(deps);
  const { secret, name, isHead, ifRange, ifNoneMatch } = wanted;
  const atMs = deps.clock.now();
  const file = isSecret(secret) ? await findServed(deps.db, { secret, nowMs: atMs }) : null;
  if (file === null || file.name !== name) {
    throw noSuchFile();
  }
  const etag = `"${file.id}"`;
  const isKnown = ifNoneMatch !== null && (ifNoneMatch.trim() === '*' || ifNoneMatch.includes(etag));
  // A part of an earlier file under this URL must not be completed with bytes of this one (RFC 9110, section 13.1.5), and a
  // file that the caller has needs no range (section 13.2.2).
  const isRanged = !isKnown && (ifRange === null || ifRange === etag);
  const part = rangeOf(isRanged ? wanted.range : null, file.bytes);
  if (part === 'none') {
    throw new Problem('range_not_satisfiable', `The file has ${file.bytes} bytes.`, {
      headers: { 'Content-Range': `bytes */${file.bytes}` },
    });
  }
  if (isKnown || isHead) {
    return { file, etag, part, isKnown, body: null, atMs };
  }
  const object = await bucket.get(file.id, part === 'whole' ? {} : { range: part });
  if (object === null) {
    throw noSuchFile();
  }
  return { file, etag, part, isKnown, body: object.body, atMs };
}
