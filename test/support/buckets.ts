// A bucket that fails on demand: the real one, each call of which passes a gate that tests hold.

import { failing, type Failure } from './stores.ts';

type Verb = 'put' | 'get' | 'delete';

/** `meet` is awaited before a call goes on. */
export type BucketSwitch = Record<Verb, Failure> & { calls: Verb[]; meet: (verb: Verb) => Promise<void> };

export function failingBucket(real: R2Bucket): { bucket: R2Bucket; at: BucketSwitch } {
  const at: BucketSwitch = { put: 'none', get: 'none', delete: 'none', calls: [], meet: async () => {} };
  const pass = async <T>(verb: Verb, run: () => Promise<T>): Promise<T> => {
    at.calls.push(verb);
    await at.meet(verb);
    return failing(at[verb], run);
  };
  const bucket = {
    put: (...args: Parameters<R2Bucket['put']>) => pass('put', () => real.put(...args)),
    get: (...args: Parameters<R2Bucket['get']>) => pass('get', () => real.get(...args)),
    delete: (...args: Parameters<R2Bucket['delete']>) => pass('delete', () => real.delete(...args)),
  };
  return { bucket: bucket as unknown as R2Bucket, at };
}
