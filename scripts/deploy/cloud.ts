// The Cloudflare account that a command works in.

import * as z from 'zod/mini';
import { Mistake, step } from '../terminal.ts';
import { createApi, Refused, type Api } from './api.ts';
import type { Place } from './place.ts';
import { findSignIn } from './sign-in.ts';

export type Cloud = { api: Api; accountId: string; place: Place };

const account = z.looseObject({ id: z.string(), name: z.string() });

/** CLOUDFLARE_ACCOUNT_ID selects the account if the token works for several. */
export async function connect(place: Place): Promise<Cloud> {
  const api = createApi(await findSignIn());
  const accounts = await api.list(account, '/accounts');
  const wanted = process.env['CLOUDFLARE_ACCOUNT_ID'];
  const matching = accounts.filter(({ id }) => wanted === undefined || wanted === '' || id === wanted);
  const [found, another] = matching;
  if (found === undefined) {
    throw new Mistake(
      wanted === undefined
        ? 'The token has access to no Cloudflare account.'
        : `The token has no access to the account ${wanted} of CLOUDFLARE_ACCOUNT_ID.`,
    );
  }
  if (another !== undefined) {
    const lines = matching.map(({ id, name }) => `  export CLOUDFLARE_ACCOUNT_ID=${id}  # ${name}`);
    throw new Mistake(`The token has access to several accounts. Choose one:\n${lines.join('\n')}`);
  }
  step(`account     ${found.name}`);
  return { api, accountId: found.id, place };
}

/** The path of something in the account. */
export function within({ accountId }: Cloud, path: string): string {
  return `/accounts/${accountId}${path}`;
}

/** The workers.dev subdomain of the account; null if it has none yet. */
export async function findSubdomain(cloud: Cloud): Promise<string | null> {
  try {
    const schema = z.looseObject({ subdomain: z.nullable(z.string()) });
    return (await cloud.api.call(schema, within(cloud, '/workers/subdomain'))).subdomain;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) {
      return null;
    }
    throw error;
  }
}

/** An account chooses its workers.dev subdomain once, for all its Workers. */
export async function requireSubdomain(cloud: Cloud, chosen: string | undefined): Promise<string> {
  const found = await findSubdomain(cloud);
  if (found !== null) {
    return found;
  }
  if (chosen === undefined) {
    throw new Mistake(
      'This account has no workers.dev subdomain yet. Choose one for all its Workers: npm run deploy -- --subdomain NAME\n' +
        `The URL of the gateway is then https://${cloud.place.name}.NAME.workers.dev`,
    );
  }
  await cloud.api.call(z.unknown(), within(cloud, '/workers/subdomain'), {
    method: 'PUT',
    body: { subdomain: chosen },
  });
  step(`subdomain   ${chosen}.workers.dev now belongs to this account`);
  return chosen;
}
