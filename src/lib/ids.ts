// Branded ids. Only two places create them: this file for new ids, and stores that read rows.

import { randomText } from './base62.ts';

export type CustomerId = `cus_${string}`;
export type KeyId = `key_${string}`;
/** A UUID like RunComfy's request ids: clients check the format, and treat a job with any other id as lost. */
export type JobId = `${string}-${string}-${string}-${string}-${string}`;
export type AccountId = `acct_${string}`;
export type SessionId = `ses_${string}`;
export type FileId = `file_${string}`;
export type PlanId = `plan_${string}`;

type Prefix = 'cus' | 'key' | 'acct' | 'op' | 'ses' | 'file' | 'plan';

/** A new id: 22 random base62 characters, 130 bits, behind its prefix. */
export function newId<P extends Prefix>(prefix: P): `${P}_${string}` {
  return `${prefix}_${randomText(22)}`;
}

export function newJobId(): JobId {
  const id = crypto.randomUUID();
  if (!isJobId(id)) {
    throw new TypeError('the runtime made no UUID');
  }
  return id;
}

/** Version 4, lower case: one spelling per job in every store. */
const JOB_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Checks the format. Any other text gets the 404 of a job that does not exist. */
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

export function isSessionId(value: unknown): value is SessionId {
  return hasPrefix('ses', value);
}

export function isFileId(value: unknown): value is FileId {
  return hasPrefix('file', value);
}

export function isPlanId(value: unknown): value is PlanId {
  return hasPrefix('plan', value);
}

/** The browser token of a job or a call, or '' if there is none. */
export function isTokenId(value: unknown): value is KeyId | '' {
  return value === '' || isKeyId(value);
}

function hasPrefix<P extends Prefix>(prefix: P, value: unknown): value is `${P}_${string}` {
  return typeof value === 'string' && value.startsWith(`${prefix}_`);
}
