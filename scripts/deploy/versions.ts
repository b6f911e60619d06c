// Versions of the Worker that ran, newest first.

import * as z from 'zod/mini';
import { Mistake } from '../terminal.ts';
import { Refused } from './api.ts';
import { within, type Cloud } from './cloud.ts';

const ROLLBACK = 'npm run rollback';
/** Cloudflare's code for a version whose secrets are others than today's. */
const SECRETS_CHANGED = 10_220;

const deployment = z.looseObject({
  created_on: z.string(),
  annotations: z.optional(z.nullable(z.record(z.string(), z.string()))),
  versions: z.array(z.looseObject({ version_id: z.string(), percentage: z.number() })),
});

export type Ran = { version: string; at: string; isRollback: boolean };

export async function listRan(cloud: Cloud): Promise<Ran[]> {
  const schema = z.looseObject({ deployments: z.array(deployment) });
  const { deployments } = await cloud.api.call(schema, pathOf(cloud));
  return deployments
    .map(({ created_on: at, annotations, versions }) => ({
      version: versions[0]?.version_id ?? '',
      at,
      isRollback: annotations?.['workers/message'] === ROLLBACK,
    }))
    .toSorted((one, other) => (one.at < other.at ? 1 : -1));
}

/** The version to go back to. After a rollback only a named one: the next older may be out of reach of the database. */
export function choosePrevious(ran: Ran[], named: string | null): Ran {
  const [active, ...older] = ran;
  if (active === undefined) {
    throw new Mistake('Nothing was deployed yet.');
  }
  if (named === null && active.isRollback) {
    throw new Mistake(
      `The gateway was set back already, to ${active.version} at ${active.at}. To go on from there: npm run rollback -- --to VERSION`,
    );
  }
  const found = older.find(({ version }) =>
    named === null ? version !== active.version : version === named,
  );
  if (found === undefined) {
    throw new Mistake(
      named === null ? 'There is no version before this one.' : `The version ${named} never ran here.`,
    );
  }
  return found;
}

/** Returns names of secrets that hold Cloudflare back; empty: the version runs now. */
export async function runAgain(cloud: Cloud, version: string, isForced: boolean): Promise<string> {
  try {
    await cloud.api.call(z.unknown(), pathOf(cloud), {
      method: 'POST',
      query: isForced ? { force: 'true' } : {},
      body: {
        strategy: 'percentage',
        versions: [{ version_id: version, percentage: 100 }],
        annotations: { 'workers/message': ROLLBACK },
      },
    });
    return '';
  } catch (error) {
    if (error instanceof Refused && error.code === SECRETS_CHANGED) {
      return error.message;
    }
    throw error;
  }
}

function pathOf(cloud: Cloud): string {
  return within(cloud, `/workers/scripts/${cloud.place.name}/deployments`);
}
