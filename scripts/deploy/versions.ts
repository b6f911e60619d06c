// The deployed versions of the Worker, newest first.

import * as z from 'zod/mini';
import { Mistake } from '../terminal.ts';
import { Refused } from './api.ts';
import { within, type Cloud } from './cloud.ts';

const ROLLBACK = 'npm run rollback';
/** Cloudflare's code for a version with secrets that differ from the current ones. */
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

/** The version to roll back to. After a rollback it must be named: an older version may not work with the database. */
export function choosePrevious(ran: Ran[], named: string | null): Ran {
  const [active, ...older] = ran;
  if (active === undefined) {
    throw new Mistake('Nothing has been deployed yet.');
  }
  if (named === null && active.isRollback) {
    throw new Mistake(
      `The gateway was already rolled back, to ${active.version} at ${active.at}. To roll back further: npm run rollback -- --to VERSION`,
    );
  }
  const found = older.find(({ version }) =>
    named === null ? version !== active.version : version === named,
  );
  if (found === undefined) {
    throw new Mistake(
      named === null ? 'There is no previous version.' : `The version ${named} was never deployed here.`,
    );
  }
  return found;
}

/** Deploys the version again. Returns Cloudflare's objection about secrets, or '' if the version runs. */
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
