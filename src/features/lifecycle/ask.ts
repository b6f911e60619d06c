// RunComfy's word on a job, asked with the account that the job was sent with. Without a token for that account nothing
// can be asked, which is as good as silence.

import type { LifecycleRuntime } from './memory.ts';
import { getAccount, hasToken } from '../accounts/account.ts';
import type { Owned } from '../jobs/job.ts';
import {
  readResult,
  readStatus,
  type ResultRead,
  type StatusRead,
  type UpstreamJob,
} from '../runcomfy/reads.ts';

type Sent = Pick<Owned, 'accountId' | 'upstreamId'>;

export async function askStatus(deps: LifecycleRuntime, sent: Sent): Promise<StatusRead> {
  return hasToken(deps, sent.accountId)
    ? readStatus(deps.upstream, deps.clock, upstreamJob(deps, sent))
    : { kind: 'silent' };
}

export async function askResult(deps: LifecycleRuntime, sent: Sent): Promise<ResultRead> {
  return hasToken(deps, sent.accountId)
    ? readResult(deps.upstream, deps.clock, upstreamJob(deps, sent))
    : { kind: 'silent' };
}

/** Throws where there is no token. */
export function upstreamJob(deps: LifecycleRuntime, { accountId, upstreamId }: Sent): UpstreamJob {
  return { account: getAccount(deps, accountId), upstreamId };
}
