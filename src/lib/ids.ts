// Branded ids. A brand is minted in two places only: here for new ids, and by a store that read the row.

import { base62, randomBits } from './base62.ts';

export type CustomerId = `cus_${string}`;
export type KeyId = `key_${string}`;
export type JobId = `job_${string}`;
export type AccountId = `acct_${string}`;

type Prefix = 'cus' | 'key' | 'job' | 'acct' | 'op';

/** A new id: 128 random bits in 22 base62 characters behind its prefix. */
export function newId<P extends Prefix>(prefix: P): `${P}_${string}` {
  return `${prefix}_${base62(randomBits(128), 22)}`;
}

const JOB_ID = /^job_[0-9A-Za-z]{22}$/;

/** Whether `text` has the shape of a job id; anything else is answered like a job that does not exist. */
export function isJobId(text: string): text is JobId {
  return JOB_ID.test(text);
}

/** Whether `text` starts with the prefix of its kind; stores use it on ids that they read back. */
export function hasPrefix<P extends Prefix>(prefix: P, text: string): text is `${P}_${string}` {
  return text.startsWith(`${prefix}_`);
}
