// Branded ids. A brand is minted in two places only: here for new ids, and by a store that read the row.

import { randomText } from './base62.ts';

export type CustomerId = `cus_${string}`;
export type KeyId = `key_${string}`;
export type JobId = `job_${string}`;
export type AccountId = `acct_${string}`;

type Prefix = 'cus' | 'key' | 'job' | 'acct' | 'op';

/** A new id: 22 random base62 characters, 130 bits, behind its prefix. */
export function newId<P extends Prefix>(prefix: P): `${P}_${string}` {
  return `${prefix}_${randomText(22)}`;
}

const JOB_ID = /^job_[0-9A-Za-z]{22}$/;

/** Whether a text has the shape of a job id; anything else is answered like a job that does not exist. */
export function isJobId(value: unknown): value is JobId {
  return typeof value === 'string' && JOB_ID.test(value);
}

export function isCustomerId(value: unknown): value is CustomerId {
  return hasPrefix('cus', value);
}

export function isKeyId(value: unknown): value is KeyId {
  return hasPrefix('key', value);
}

export function isAccountId(value: unknown): value is AccountId {
  return hasPrefix('acct', value);
}

/** The browser token behind a job or a call, or '' where there is none. */
export function isTokenId(value: unknown): value is KeyId | '' {
  return value === '' || isKeyId(value);
}

function hasPrefix<P extends Prefix>(prefix: P, value: unknown): value is `${P}_${string}` {
  return typeof value === 'string' && value.startsWith(`${prefix}_`);
}
