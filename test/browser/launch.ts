// Chromium as the tests of pages start it.

import { chromium, type Browser, type BrowserContextOptions, type Page, type Request } from 'playwright-core';
import { eventually } from '../bundle/support.ts';
import { findChromium, NO_CHROMIUM } from './chromium.ts';

/** For a start and for a step of a page. Machines of CI are several times slower than ours. */
export const PATIENCE_MS = 90_000;

export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) {
    throw new Error(NO_CHROMIUM);
  }
  // Its sandbox refuses to run as root, as which containers run, and their /dev/shm may be small.
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    timeout: PATIENCE_MS,
  });
}

export type Visits = {
  browser: Browser;
  /** Everything that the browser complained of: policies broken, errors, dialogs. */
  complaints: string[];
  /** An empty page of a new person. */
  visit: (options?: BrowserContextOptions) => Promise<Page>;
  /** Closes the pages, so that they neither work nor complain while the next test runs. */
  leave: () => Promise<void>;
  end: () => Promise<void>;
};

export async function openVisits(): Promise<Visits> {
  const browser = await launchChromium();
  const complaints: string[] = [];
  const leave = async () => {
    const pages = browser.contexts().flatMap((context) => context.pages());
    // An answer of a test that comes after the page is gone fails nothing.
    await Promise.all(pages.map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })));
    await Promise.all(browser.contexts().map((context) => context.close()));
  };
  return {
    browser,
    complaints,
    leave,
    async visit(options) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      watchRequests(page);
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
      return page;
    },
    async end() {
      await leave();
      await browser.close();
    },
  };
}

const openRequests = new WeakMap<Page, Set<Request>>();

function watchRequests(page: Page): void {
  const requests = new Set<Request>();
  openRequests.set(page, requests);
  page.on('request', (request) => requests.add(request));
  page.on('requestfinished', (request) => requests.delete(request));
  page.on('requestfailed', (request) => requests.delete(request));
}

/** Waits until a page of `visit` has and shows all that it asked for: no request is open after two frames. */
export async function settle(page: Page): Promise<void> {
  const ask = async () => {
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    return [...(openRequests.get(page) ?? [])].map((request) => request.url());
  };
  await eventually(ask, (urls) => urls.length === 0);
}
