// Ids of the bench's own making: jobs of each kind by number, and the customers who ask for them.

export type JobKind = 'open' | 'fresh' | 'ended' | 'other' | 'absent';

export const CUSTOMERS = { asks: 'cus_bench', full: 'cus_full', other: 'cus_other' } as const;

const LENGTH = 22;

/** `open`: running, known to the isolate. `fresh`: running, known to KV. `other`: another customer's. */
export function jobId(kind: JobKind, number: number): string {
  return `job_${kind}${String(number).padStart(LENGTH - kind.length, '0')}`;
}

/** What the upstream calls the job; nothing else of its ids begins like this. */
export function upstreamId(job: string): string {
  return `u-${job}`;
}

export function isKind(kind: JobKind, job: string): boolean {
  return job.startsWith(`job_${kind}0`);
}

/** Who owns a job, as the gateway keeps it in KV; null: there is no such job. */
export function ownerCopy(job: string): { [field: string]: string } | null {
  if (isKind('absent', job)) {
    return null;
  }
  return {
    customer: isKind('other', job) ? CUSTOMERS.other : CUSTOMERS.asks,
    token: '',
    account: 'acct_env',
    upstream: upstreamId(job),
    model: 'bytedance/dreamina-3-0/pro/text-to-video',
  };
}
