// Asks RunComfy about a job, with the account that the job was sent with. Without a token for that account the answer is
// silence.

import type { LifecycleRuntime } from './memory.ts';
import { askWithFreshToken } from '../accounts/fresh-token.ts';
import type { Held } from '../../lib/bytes-in-flight.ts';
import type { Owned } from '../jobs/job.ts';
import {
  cancelUpstream,
  readResult,
  readStatus,
  type CancelRead,
  type ResultRead,
  type StatusRead,
  type Unreadable,
  type UpstreamJob,
} from '../runcomfy/reads.ts';

type Sent = Pick<Owned, 'accountId' | 'upstreamId'>;

export function askStatus(deps: LifecycleRuntime, sent: Sent): Promise<StatusRead> {
  return askAbout(deps, sent, (job) => readStatus(deps.upstream, deps.clock, job));
}

/** `held` has room for the result until its reader releases it. */
export function askResult(deps: LifecycleRuntime, sent: Sent, held: Held): Promise<ResultRead> {
  return askAbout(deps, sent, (job) => readResult(deps.upstream, deps.clock, { ...job, held }));
}

/** A token that is refused has cancelled nothing, so another one may be tried. */
export function askCancel(deps: LifecycleRuntime, sent: Sent): Promise<CancelRead> {
  return askAbout(deps, sent, (job) => cancelUpstream(deps.upstream, job));
}

async function askAbout<T extends { kind: string }>(
  deps: LifecycleRuntime,
  { accountId, upstreamId }: Sent,
  read: (job: UpstreamJob) => Promise<T | Unreadable>,
): Promise<T | Unreadable> {
  const answer = await askWithFreshToken(deps, accountId, {
    ask: (account) => read({ account, upstreamId }),
    isBadToken: (given) => 'badToken' in given && given.badToken,
  });
  return answer ?? { kind: 'silent' };
}
