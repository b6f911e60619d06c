// The console in a real Chromium, in front of the built Workers.

import type { BrowserContextOptions, Page } from 'playwright-core';
import { raise, type Stage } from '../../bundle/support.ts';
import { openVisits, type Visits } from '../launch.ts';

export const ADMIN_TOKEN = 'bundle-admin-token-0123456789abcdefghijklmno';
export const READ_TOKEN = 'bundle-read-token-0123456789abcdefghijklmnop';
export const MODEL = 'bytedance/dreamina-3-0/pro/text-to-video';

export type Opened = Pick<Visits, 'browser' | 'complaints' | 'leave'> & {
  stage: Stage;
  /** A page of a person who is signed in, in a browser of their own. */
  operator: (options?: BrowserContextOptions, token?: string) => Promise<Page>;
  submit: (token: string, input?: object) => Promise<{ status: number; body: any }>;
  /** The simulator ends the job, and the cron learns of it. */
  finish: (token: string, id: string) => Promise<void>;
  end: () => Promise<void>;
};

export async function openConsole(): Promise<Opened> {
  const [stage, { browser, complaints, visit, leave, end }] = await Promise.all([raise(), openVisits()]);
  return {
    stage,
    browser,
    complaints,
    leave,
    async operator(options, token = ADMIN_TOKEN) {
      const page = await visit(options);
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
      await end();
      await stage.end();
    },
  };
}
