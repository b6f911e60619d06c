// Ids that the bench makes up: jobs of each kind by number, and their customers.

export type JobKind = 'open' | 'fresh' | 'ended' | 'other';

export const CUSTOMERS = { asks: 'cus_bench', full: 'cus_full', other: 'cus_other' } as const;

const FIRST_GROUP: Record<JobKind, string> = {
  open: '0000000a',
  fresh: '0000000b',
  ended: '0000000c',
  other: '0000000d',
};

/** `open`: running, known to the isolate. `fresh`: running, known to KV. `other`: another customer's. */
export function jobId(kind: JobKind, number: number): string {
  return `${prefixOf(kind)}${String(number).padStart(12, '0')}`;
}

/** A fixed path, or a path for each of `count` jobs of a kind in turn. */
export type Path = string | { verb: 'status' | 'result'; kind: JobKind; from?: number; count: number };

/** The path of the n-th request. */
export function pathOf(path: Path, number: number): string {
  if (typeof path === 'string') {
    return path;
  }
  const { verb, kind, from = 0, count } = path;
  return `/v1/requests/${jobId(kind, from + (number % count))}/${verb}`;
}

/** The beginning of all ids of a kind. */
export function prefixOf(kind: JobKind): string {
  return `${FIRST_GROUP[kind]}-0000-4000-8000-`;
}

const UPSTREAM = 'u-';

/** The upstream's id of the job; none of our ids begins like this. */
export function upstreamId(job: string): string {
  return `${UPSTREAM}${job}`;
}

export function isUpstreamId(value: string): boolean {
  return value.startsWith(UPSTREAM);
}

/** True of jobs that the bench has made up; the upstream accepts others too. */
export function isUpstreamOf(kind: JobKind, id: string): boolean {
  return id.startsWith(upstreamId(prefixOf(kind)));
}

export function isKind(kind: JobKind, job: string): boolean {
  return job.startsWith(prefixOf(kind));
}

/** The copy of a job's owner that the gateway keeps in KV. */
export function ownerCopy(job: string): { [field: string]: string | number | boolean } {
  return {
    customer: isKind('other', job) ? CUSTOMERS.other : CUSTOMERS.asks,
    token: '',
    account: 'acct_env',
    upstream: upstreamId(job),
    model: 'bytedance/dreamina-3-0/pro/text-to-video',
    created: 1_772_712_000_000,
    confirmed: true,
  };
}
