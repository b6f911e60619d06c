// Reads in KV the outcome of a job that D1 does not know.

import type { Runtime } from '../../runtime.ts';
import type { JobId } from '../../lib/ids.ts';
import { findEndMark, type EndMark } from './end-mark.ts';
import { findCopy } from './owner.ts';

/** `nothing` decides nothing, because an entry may be late; nor does `unreadable`. */
export type Recalled =
  | { kind: 'accepted'; upstreamId: string }
  | { kind: 'ended'; mark: EndMark }
  | { kind: 'nothing' }
  | { kind: 'unreadable' };

/** Reads both entries of the job. An owner copy outranks a mark: it is written only after RunComfy accepted the job. */
export async function recall(deps: Runtime, id: JobId): Promise<Recalled> {
  const [copy, mark] = await Promise.all([findCopy(deps, id), findEndMark(deps, id)]);
  if (copy !== null && copy !== 'unreadable') {
    return { kind: 'accepted', upstreamId: copy.upstreamId };
  }
  if (copy === 'unreadable' || mark === 'unreadable') {
    return { kind: 'unreadable' };
  }
  return mark === null ? { kind: 'nothing' } : { kind: 'ended', mark };
}
