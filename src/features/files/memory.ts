// The bucket that stores the bytes of files. An isolate remembers nothing of them: D1 answers every URL.

import type { Runtime } from '../../runtime.ts';
import { Problem } from '../../lib/problem.ts';

/** `files` is null on an account without R2. */
export type FilesRuntime = Runtime & { files: R2Bucket | null };

/** The bucket, or 501. */
export function requireBucket({ files }: FilesRuntime): R2Bucket {
  if (files === null) {
    throw new Problem(
      'files_off',
      'This gateway keeps no files: its operator has not given it a bucket. Pass inputs as public https URLs.',
    );
  }
  return files;
}
