// Database, namespace and bucket: found by name, else made. A call to make one may fail and have made it, and another deployment
// may be a moment ahead, so after a failure they are looked for once more.

import * as z from 'zod/mini';
import { Mistake } from '../terminal.ts';
import { Refused } from './api.ts';
import { within, type Cloud } from './cloud.ts';

const database = z.looseObject({ uuid: z.string(), name: z.string() });
const namespace = z.looseObject({ id: z.string(), title: z.string() });

export type Found = { id: string; isNew: boolean };

export async function findDatabase(cloud: Cloud): Promise<string | null> {
  const { name, id } = cloud.place.database;
  if (id !== null) {
    return id;
  }
  const all = await cloud.api.list(database, within(cloud, '/d1/database'), { name });
  return all.find((one) => one.name === name)?.uuid ?? null;
}

export function findOrMakeDatabase(cloud: Cloud): Promise<Found> {
  const { name } = cloud.place.database;
  const make = () =>
    cloud.api.call(database, within(cloud, '/d1/database'), { method: 'POST', body: { name } });
  return findOrMake(() => findDatabase(cloud), make);
}

export async function requireDatabase(cloud: Cloud): Promise<string> {
  const id = await findDatabase(cloud);
  if (id === null) {
    throw new Mistake(
      `There is no database named ${cloud.place.database.name} in this account. Deploy first: npm run deploy`,
    );
  }
  return id;
}

export async function findNamespace(cloud: Cloud): Promise<string | null> {
  const { title, id } = cloud.place.namespace;
  if (id !== null) {
    return id;
  }
  const all = await cloud.api.list(namespace, within(cloud, '/storage/kv/namespaces'));
  return all.find((one) => one.title === title)?.id ?? null;
}

export function findOrMakeNamespace(cloud: Cloud): Promise<Found> {
  const { title } = cloud.place.namespace;
  const make = () =>
    cloud.api.call(namespace, within(cloud, '/storage/kv/namespaces'), { method: 'POST', body: { title } });
  return findOrMake(() => findNamespace(cloud), make);
}

const NO_SUCH_BUCKET = 10_006;
/** R2 has to be switched on for an account, in the dashboard and with a card. */
const NO_R2 = 10_042;

/** `no R2`: the account has none. */
export async function findBucket(cloud: Cloud, name: string): Promise<string | null | 'no R2'> {
  try {
    const bucket = z.looseObject({ name: z.string() });
    return (await cloud.api.call(bucket, within(cloud, `/r2/buckets/${name}`))).name;
  } catch (error) {
    if (error instanceof Refused && error.code === NO_SUCH_BUCKET) {
      return null;
    }
    if (error instanceof Refused && error.code === NO_R2) {
      return 'no R2';
    }
    throw error;
  }
}

/** Null where the account has no R2. */
export async function findOrMakeBucket(cloud: Cloud, name: string): Promise<Found | null> {
  if ((await findBucket(cloud, name)) === 'no R2') {
    return null;
  }
  const find = () => findBucket(cloud, name);
  const make = () =>
    cloud.api.call(z.unknown(), within(cloud, '/r2/buckets'), { method: 'POST', body: { name } });
  return findOrMake(find, make);
}

async function findOrMake(find: () => Promise<string | null>, make: () => Promise<unknown>): Promise<Found> {
  const known = await find();
  if (known !== null) {
    return { id: known, isNew: false };
  }
  const failure = await make().then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const made = await find();
  if (made !== null) {
    return { id: made, isNew: true };
  }
  throw failure === null ? new Mistake('Cloudflare made it, but does not list it yet.') : failure.error;
}
