// R2: buckets by name. An account in which R2 was never switched on has no such part of the API.

import { failed, jsonOf, ok, type Ask, type Reply, type Route } from './reply.ts';

const BUCKETS = '/accounts/:/r2/buckets';

export const bucketRoutes: Route[] = [
  { method: 'GET', path: `${BUCKETS}/:`, run: find },
  { method: 'POST', path: BUCKETS, run: create },
];

const OFF = () => failed(403, 10_042, 'Please enable R2 through the Cloudflare Dashboard.');

function find({ account, params }: Ask): Reply {
  if (account.buckets === null) {
    return OFF();
  }
  const name = params[1] ?? '';
  return account.buckets.includes(name)
    ? ok({ name, creation_date: new Date().toISOString() })
    : failed(404, 10_006, 'The specified bucket does not exist.');
}

function create(ask: Ask): Reply {
  const { buckets } = ask.account;
  if (buckets === null) {
    return OFF();
  }
  const { name } = jsonOf(ask);
  if (buckets.includes(name)) {
    return failed(409, 10_004, 'The bucket you tried to create already exists, and you own it.');
  }
  buckets.push(name);
  return ok({ name, creation_date: new Date().toISOString() });
}
