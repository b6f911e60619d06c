// Waits until the deployed version answers, and prints its health.

import { folded, say, step } from '../terminal.ts';
import type { Cloud } from './cloud.ts';
import { findAdminToken, findUrl } from './gateway.ts';
import { awaitVersion, type Health } from './health.ts';

/** Short texts for concerns that every first deployment has for a minute. */
const NEW: Record<string, string> = {
  balance_unknown: 'The first run of the cron reads the balance at RunComfy.',
  cron_silent: 'The cron runs for the first time within a minute.',
  no_account: 'Submits are refused until the gateway has a RunComfy token.',
};
const COLUMNS = 100;
const INDENT = ' '.repeat(21);

/** Waits until the version answers, and returns its URL. */
export async function sayAnswer(cloud: Cloud, version: string): Promise<string> {
  const url = await findUrl(cloud);
  const asked = await awaitVersion(url, findAdminToken(cloud.place), version);
  switch (asked.kind) {
    case 'health':
      if (asked.health.version !== version) {
        step(`answers     ${url}, but still as the previous version. Check again: npm run doctor`);
        return url;
      }
      step(`answers     ${url}`);
      sayConcerns(asked.health);
      return url;
    case 'closed':
      step(`answers     ${url}, but refuses the admin token of this clone`);
      return url;
    case 'silent':
      step(`silent      ${url} does not answer yet (${asked.reason}). Check again: npm run doctor`);
      return url;
  }
}

function sayConcerns({ concerns }: Health): void {
  for (const { code, detail } of concerns) {
    for (const line of folded(NEW[code] ?? detail, COLUMNS - INDENT.length)) {
      say(INDENT + line);
    }
  }
}
