// The deployed gateway as its operator reaches it: its URL and an admin token.

import { over, type Gateway } from '../call.ts';
import { Mistake } from '../terminal.ts';
import { findSubdomain, type Cloud } from './cloud.ts';
import { fromEnvironment, readSecretsFile } from './secrets.ts';
import type { Place } from './place.ts';

/** At workers.dev, where every gateway is, whatever domain it has besides. */
export async function findUrl(cloud: Cloud): Promise<string> {
  const subdomain = await findSubdomain(cloud);
  if (subdomain === null) {
    throw new Mistake('This account has no name at workers.dev, so no gateway of it can be reached there.');
  }
  return urlAt(cloud.place, subdomain);
}

/** WORKERS_DEV_URL stands for the address where workers.dev is out of reach. */
export function urlAt({ name }: Place, subdomain: string): string {
  return fromEnvironment('WORKERS_DEV_URL') ?? `https://${name}.${subdomain}.workers.dev`;
}

/**
 * The first of ADMIN_TOKENS in the secrets of this clone, which belong to this gateway and no other; else what the
 * environment has. Null where neither has one.
 */
export function findAdminToken(place: Place): string | null {
  const tokens = readSecretsFile(place)['ADMIN_TOKENS'] ?? fromEnvironment('ADMIN_TOKENS');
  const [, token] = /^\s*[^:\s]+:([\w-]+)/.exec(tokens ?? '') ?? [];
  return token ?? fromEnvironment('COMFYGATE_ADMIN') ?? null;
}

function requireAdminToken(place: Place): string {
  const token = findAdminToken(place);
  if (token === null) {
    throw new Mistake('The admin token of this gateway is not in this clone. Set COMFYGATE_ADMIN to it.');
  }
  return token;
}

export type Operator = { url: string; token: string; call: Gateway };

export async function findOperator(cloud: Cloud): Promise<Operator> {
  const url = await findUrl(cloud);
  return { url, token: requireAdminToken(cloud.place), call: over(url) };
}
