// What is fetched together with a key that is not remembered: what its call asks for next.

import { ownText } from '../lib/weight.ts';
import type { AppContext } from './context.ts';
import type { LookUp } from '../features/keys/authenticate.ts';
import { findCallerAndModel, findCallerAndOwner } from '../features/lifecycle/look-ahead.ts';

const SUBMIT = /^\/v1\/models\/(.+)$/;
const POLL = /^\/v1\/requests\/([^/]+)\/(?:status|result)$/;

/** Null: nothing but the key. What is found is remembered by its id, which must not keep the URL. */
export function lookUpFor(c: AppContext): LookUp | null {
  const deps = c.get('deps');
  const modelId = c.req.method === 'POST' ? idIn(SUBMIT, c.req.path) : undefined;
  if (modelId !== undefined) {
    return (hash, nowMs) => findCallerAndModel(deps, { hash, modelId }, nowMs);
  }
  const jobId = c.req.method === 'GET' ? idIn(POLL, c.req.path) : undefined;
  return jobId === undefined ? null : (hash, nowMs) => findCallerAndOwner(deps, { hash, jobId }, nowMs);
}

function idIn(pattern: RegExp, path: string): string | undefined {
  const [, id] = pattern.exec(path) ?? [];
  return id === undefined ? undefined : ownText(id);
}
