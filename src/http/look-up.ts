// Looks up a key that is not in memory together with the data that the call needs next.

import { ownText } from '../lib/weight.ts';
import type { RequestContext } from './context.ts';
import type { LookUp } from '../features/keys/authenticate.ts';
import { findCallerAndModel, findCallerAndOwner } from '../features/lifecycle/look-ahead.ts';

const SUBMIT = /^\/v1\/models\/(.+)$/;
const POLL = /^\/v1\/requests\/([^/]+)\/(?:status|result)$/;

/** Null if the call needs nothing but the key. The id is copied: as a cache key it must not keep the URL in memory. */
export function lookUpFor({ gateway, method, path }: RequestContext): LookUp | null {
  const modelId = method === 'POST' ? idIn(SUBMIT, path) : undefined;
  if (modelId !== undefined) {
    return (hash, nowMs) => findCallerAndModel(gateway, { hash, modelId }, nowMs);
  }
  const jobId = method === 'POST' ? undefined : idIn(POLL, path);
  return jobId === undefined ? null : (hash, nowMs) => findCallerAndOwner(gateway, { hash, jobId }, nowMs);
}

function idIn(pattern: RegExp, path: string): string | undefined {
  const [, id] = pattern.exec(path) ?? [];
  return id === undefined ? undefined : ownText(id);
}
