// The console in a real Chromium, in front of the built Workers.

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { raise, type Stage } from '../../bundle/support.ts';
import { findChromium, NO_CHROMIUM } from '../chromium.ts';

export const ADMIN_TOKEN = 'bundle-admin-token-0123456789abcdefghijklmno';
export const READ_TOKEN = 'bundle-read-token-0123456789abcdefghijklmnop';
export const MODEL = 'bytedance/dreamina-3-0/pro/text-to-video';

export type Opened = {
  stage: Stage;
  browser: Browser;
  /** Everything that the browser complained of: policies broken, errors, dialogs. */
  complaints: string[];
  /** A page of a person who is signed in, in a browser of their own. */
  operator: (options?: Parameters<Browser['newContext']>[0], token?: string) => Promise<Page>;
  submit: (token: string, input?: object) => Promise<{ status: number; body: any }>;
  /** The simulator ends the job, and the cron learns of it. */
  finish: (token: string, id: string) => Promise<void>;
  end: () => Promise<void>;
};

export async function openConsole(): Promise<Opened> {
  const stage = await raise();
  const executablePath = findChromium();
  if (executablePath === null) {
    throw new Error(NO_CHROMIUM);
  }
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  const complaints: string[] = [];
  const contexts: BrowserContext[] = [];
  return {
    stage,
    browser,
    complaints,
    async operator(options, token = ADMIN_TOKEN) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      context.setDefaultTimeout(30_000);
      contexts.push(context);
      const page = await context.newPage();
      page.on('console', (message) => {
        // A refusal is in the log of every browser; what the page makes of it is for the tests.
        const isRefusal = message.text().startsWith('Failed to load resource: the server responded');
        if (['error', 'warning'].includes(message.type()) && !isRefusal) {
          complaints.push(message.text());
        }
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('dialog', (dialog) => {
        complaints.push(`a dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      const links = await stage.call('/session/links', { method: 'POST', body: { token } });
      await page.goto(new URL(`/console/sign-in#${links.body.code}`, stage.url).href);
      await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
      return page;
    },
    submit: (token, input = { prompt: 'a lighthouse in the rain' }) =>
      stage.call(`/v1/models/${MODEL}`, { method: 'POST', token, body: input }),
    async finish(token, id) {
      const { jobs } = await stage.simulator('GET', '/_simulator/accepted');
      await stage.simulator('POST', `/_simulator/jobs/${jobs.at(-1).id}/finish`, {
        as: 'succeeded',
        cost_usd: 0.2,
      });
      await stage.call(`/v1/requests/${id}/result`, { token });
      await stage.cron();
    },
    async end() {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
      await stage.end();
    },
  };
}
