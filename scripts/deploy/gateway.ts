// The URL and an admin token of the deployed gateway.

import { over, type Gateway } from '../call.ts';
import { Mistake } from '../terminal.ts';
import { findSubdomain, type Cloud } from './cloud.ts';
import { fromEnvironment, readSecretsFile } from './secrets.ts';
import type { Place } from './place.ts';

/** The workers.dev URL, which every gateway has, also with a domain of its own. */
export async function findUrl(cloud: Cloud): Promise<string> {
  const subdomain = await findSubdomain(cloud);
  if (subdomain === null) {
    throw new Mistake('This account has no workers.dev subdomain, so its gateways have no URL there.');
  }
  return urlAt(cloud.place, subdomain);
}

/** WORKERS_DEV_URL replaces the URL if workers.dev is not reachable from here. */
export function urlAt({ name }: Place, subdomain: string): string {
  return fromEnvironment('WORKERS_DEV_URL') ?? `https://${name}.${subdomain}.workers.dev`;
}

/**
 * The first of ADMIN_TOKENS in the secrets of this clone, which belong to this gateway only; otherwise the token in the
 * environment. Null if neither has one.
 */
export function findAdminToken(place: Place): string | null {
  const tokens = readSecretsFile(place)['ADMIN_TOKENS'] ?? fromEnvironment('ADMIN_TOKENS');
  const [, token] = /^\s*[^:\s]+:([\w-]+)/.exec(tokens ?? '') ?? [];
  return token ?? fromEnvironment('COMFYGATE_ADMIN') ?? null;
}

function requireAdminToken(place: Place): string {
  const token = findAdminToken(place);
  if (token === null) {
    throw new Mistake('This clone does not have the admin token of this gateway. Set COMFYGATE_ADMIN to it.');
  }
  return token;
}

export type Operator = { url: string; token: string; call: Gateway };

export async function findOperator(cloud: Cloud): Promise<Operator> {
  const url = await findUrl(cloud);
  return { url, token: requireAdminToken(cloud.place), call: over(url) };
}
