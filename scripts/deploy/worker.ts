// The deployed Worker: its variables and the names of its secrets.

import * as z from 'zod/mini';
import { Mistake } from '../terminal.ts';
import { Refused } from './api.ts';
import { within, type Cloud } from './cloud.ts';

const binding = z.looseObject({
  name: z.string(),
  type: z.string(),
  /** The value of a plain variable. */
  text: z.optional(z.string()),
});

type Binding = z.infer<typeof binding>;

export type Worker = {
  /** Plain variables. */
  vars: Record<string, string>;
  /** The names of secrets. Cloudflare never returns their values. */
  secrets: string[];
};

/** Null if there is no Worker with this name. Throws if it is not comfygate. */
export async function findWorker(cloud: Cloud): Promise<Worker | null> {
  const bindings = await findBindings(cloud);
  if (bindings === null) {
    return null;
  }
  const has = (type: string, name: string) => bindings.some((one) => one.type === type && one.name === name);
  if (!has('d1', 'DB') || !has('kv_namespace', 'OWNERS')) {
    throw new Mistake(
      `The Worker ${cloud.place.name} of this account is not comfygate. Nothing was changed. ` +
        'Choose another name:\n  npm run deploy -- --name my-gateway',
    );
  }
  const plain = bindings.filter(({ type }) => type === 'plain_text');
  return {
    vars: Object.fromEntries(plain.map(({ name, text = '' }) => [name, text])),
    secrets: bindings.filter(({ type }) => type === 'secret_text').map(({ name }) => name),
  };
}

export async function requireWorker(cloud: Cloud): Promise<Worker> {
  const worker = await findWorker(cloud);
  if (worker === null) {
    throw new Mistake(
      `There is no Worker named ${cloud.place.name} in this account. Deploy it first: npm run deploy`,
    );
  }
  return worker;
}

async function findBindings(cloud: Cloud): Promise<Binding[] | null> {
  const path = within(cloud, `/workers/scripts/${cloud.place.name}/settings`);
  try {
    return (await cloud.api.call(z.looseObject({ bindings: z.array(binding) }), path)).bindings;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) {
      return null;
    }
    throw error;
  }
}
