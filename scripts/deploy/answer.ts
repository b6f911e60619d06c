// Waits until the deployed version answers, and prints its health.

import { folded, say, step } from '../terminal.ts';
import type { Cloud } from './cloud.ts';
import { findAdminToken, findUrl } from './gateway.ts';
import { awaitVersion, type Health } from './health.ts';

/** Concerns that every first deployment has for a minute, in fewer words. */
const NEW: Record<string, string> = {
  balance_unknown: 'The cron reads the balance at RunComfy in its first run.',
  cron_silent: 'The cron has its first run within a minute.',
  no_account: "Submits are refused until it has RunComfy's token.",
};
const COLUMNS = 100;
const INDENT = ' '.repeat(21);

/** Waits for the version to answer; returns its URL. */
export async function sayAnswer(cloud: Cloud, version: string): Promise<string> {
  const url = await findUrl(cloud);
  const asked = await awaitVersion(url, findAdminToken(cloud.place), version);
  switch (asked.kind) {
    case 'health':
      if (asked.health.version !== version) {
        step(`answers     ${url}, but still with the version before. Ask again: npm run doctor`);
        return url;
      }
      step(`answers     ${url}`);
      sayConcerns(asked.health);
      return url;
    case 'closed':
      step(`answers     ${url}, but not to an admin token of this clone`);
      return url;
    case 'silent':
      step(`silent      ${url} does not answer yet (${asked.reason}). Ask again: npm run doctor`);
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
