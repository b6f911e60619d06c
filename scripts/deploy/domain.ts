// Attaches the operator's own domain to the Worker. Its zone must be in the account. A hostname of another Worker is left
// alone.

import * as z from 'zod/mini';
import { Mistake } from '../terminal.ts';
import { within, type Cloud } from './cloud.ts';

const zone = z.looseObject({ id: z.string(), name: z.string() });
const domain = z.looseObject({ hostname: z.string(), service: z.string() });

export type Domain = { hostname: string; zoneId: string };

/** Checks the domain before anything is changed. */
export async function findDomain(cloud: Cloud, hostname: string): Promise<Domain> {
  const zoneId = await findZone(cloud, hostname);
  const attached = await cloud.api.call(z.array(domain), within(cloud, '/workers/domains'), {
    query: { hostname },
  });
  const other = attached.find(({ service }) => service !== cloud.place.name);
  if (other !== undefined) {
    throw new Mistake(
      `${hostname} belongs to the Worker ${other.service}. Remove it there first, or choose another domain.`,
    );
  }
  return { hostname, zoneId };
}

/** The zone of the account that is the longest suffix of the hostname. */
async function findZone({ api, accountId }: Cloud, hostname: string): Promise<string> {
  const labels = hostname.split('.');
  for (let start = 0; start < labels.length - 1; start += 1) {
    const name = labels.slice(start).join('.');
    const [found] = await api.call(z.array(zone), '/zones', { query: { name, 'account.id': accountId } });
    if (found !== undefined) {
      return found.id;
    }
  }
  throw new Mistake(
    `No zone of this account contains ${hostname}. Add the domain at Cloudflare first: https://dash.cloudflare.com/?to=/:account/add-site`,
  );
}

/** Cloudflare refuses a hostname that has other DNS records. */
export async function attachDomain(cloud: Cloud, { hostname, zoneId }: Domain): Promise<void> {
  await cloud.api.call(z.unknown(), within(cloud, '/workers/domains'), {
    method: 'PUT',
    body: { hostname, zone_id: zoneId, service: cloud.place.name, environment: 'production' },
  });
}
