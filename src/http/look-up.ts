// What is fetched together with a key that is not remembered: what its call asks for next.

import type { AppContext } from './context.ts';
import type { LookUp } from '../features/keys/authenticate.ts';
import { findCallerAndModel, findCallerAndOwner } from '../features/lifecycle/look-ahead.ts';

const SUBMIT = /^\/v1\/models\/(.+)$/;
const POLL = /^\/v1\/requests\/([^/]+)\/(?:status|result)$/;

/** Null: nothing but the key. */
export function lookUpFor(c: AppContext): LookUp | null {
  const deps = c.get('deps');
  const modelId = c.req.method === 'POST' ? SUBMIT.exec(c.req.path)?.[1] : undefined;
  if (modelId !== undefined) {
    return (hash, nowMs) => findCallerAndModel(deps, { hash, modelId }, nowMs);
  }
  const jobId = c.req.method === 'GET' ? POLL.exec(c.req.path)?.[1] : undefined;
  return jobId === undefined ? null : (hash, nowMs) => findCallerAndOwner(deps, { hash, jobId }, nowMs);
}
