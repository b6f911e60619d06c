// The example page in a real Chromium. Page and gateway are two origins: the one is localhost, the other 127.0.0.1.

import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { raise, type Stage } from '../../bundle/support.ts';
import { openVisits, type Visits } from '../launch.ts';

/** The picture on the visitor's disk. */
export const PICTURE = fileURLToPath(new URL('lighthouse.png', import.meta.url));
const PROMPT = 'The beam sweeps over the sea, gulls pass, the light of the evening fades.';

export type Opened = Pick<Visits, 'complaints' | 'leave'> & {
  stage: Stage;
  key: string;
  /** A new visitor with the page before them. `prepare` sees the page before it is loaded. */
  visitor: (options?: BrowserContextOptions, prepare?: (page: Page) => Promise<unknown>) => Promise<Page>;
  end: () => Promise<void>;
};

export async function openExample(host = 'localhost'): Promise<Opened> {
  const [stage, { complaints, visit, leave, end }] = await Promise.all([raise(), openVisits()]);
  const { token: key } = await stage.tenant();
  await stage.openExample(key);
  await stage.simulator('POST', '/_simulator/settings', { queue_ms: 0, run_ms: 0 });
  return {
    stage,
    key,
    complaints,
    leave,
    async visitor(options, prepare) {
      const page = await visit(options);
      await prepare?.(page);
      await page.goto(`http://${host}:${stage.url.port}/example/`);
      await page.getByRole('group', { name: 'Model' }).waitFor();
      return page;
    },
    async end() {
      await end();
      await stage.end();
    },
  };
}

export const runButton = (page: Page) => page.getByRole('button', { name: /^Make the clip/ });

/** The form as it has to be: a picture from disk, a sentence, and the gateway's price of both. */
export async function fill(page: Page): Promise<void> {
  await page.getByLabel('Image: choose a file').setInputFiles(PICTURE);
  await page.getByRole('img', { name: 'The chosen file' }).waitFor();
  await page.getByRole('textbox', { name: 'Prompt' }).fill(PROMPT);
  await page.getByRole('button', { name: 'Make the clip $0.25' }).waitFor();
}
