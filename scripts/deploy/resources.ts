// Database and namespace: found by name, else made. A call to make one may fail and have made it, and another deployment
// may be a moment ahead, so after a failure they are looked for once more.

import * as z from 'zod/mini';
import { Mistake } from '../terminal.ts';
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
