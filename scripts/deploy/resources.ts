// Finds database, namespace and bucket by name, or creates them. A failed call may have created the resource, and another
// deployment may have been faster, so after a failure the script looks again.

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
/** R2 is off until the operator enables it in the dashboard, with a payment method. */
const NO_R2 = 10_042;

/** `isOn` is false if the account has no R2. */
export type Bucket = { isOn: boolean; isThere: boolean };

export async function findBucket(cloud: Cloud, name: string): Promise<Bucket> {
  try {
    await cloud.api.call(z.unknown(), within(cloud, `/r2/buckets/${name}`));
    return { isOn: true, isThere: true };
  } catch (error) {
    const code = error instanceof Refused ? error.code : null;
    if (code !== NO_SUCH_BUCKET && code !== NO_R2) {
      throw error;
    }
    return { isOn: code === NO_SUCH_BUCKET, isThere: false };
  }
}

/** Null if the account has no R2. */
export async function findOrMakeBucket(cloud: Cloud, name: string): Promise<Found | null> {
  const { isOn } = await findBucket(cloud, name);
  const find = async () => ((await findBucket(cloud, name)).isThere ? name : null);
  const make = () =>
    cloud.api.call(z.unknown(), within(cloud, '/r2/buckets'), { method: 'POST', body: { name } });
  return isOn ? findOrMake(find, make) : null;
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
  throw failure === null
    ? new Mistake('Cloudflare created the resource but does not list it yet. Run the command again.')
    : failure.error;
}
