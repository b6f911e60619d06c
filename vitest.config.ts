import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { OFFLINE } from './scripts/build.ts';
import { keepTemporaryFilesInMemory } from './scripts/memory-folder.ts';
import { buildExample, buildPages } from './scripts/pages.ts';
import { say } from './scripts/terminal.ts';
import { findChromium, NO_CHROMIUM } from './test/browser/chromium.ts';

Object.assign(process.env, OFFLINE);
keepTemporaryFilesInMemory();
// Builds the assets of the Worker and of the example first, so that no test has to wait for them.
await Promise.all([buildPages(), buildExample()]);

// Some machines have schemas of real models beside the clone, or in the folder REAL_SCHEMAS. Without them their tests are not
// collected.
const SCHEMAS = process.env['REAL_SCHEMAS'] ?? '../shared/schemas';
const realSchemas: unknown[] = existsSync(SCHEMAS)
  ? readdirSync(SCHEMAS)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(SCHEMAS, name), 'utf8')))
  : [];
const REAL_SCHEMAS_TESTS = 'test/features/*/real-*.test.ts';

// Tests of pages need a real Chromium. Without one all other tests run, and the last line says so. If CI is set, a missing
// Chromium is a failure.
const RUNS_BROWSER_TESTS = findChromium() !== null || (process.env['CI'] ?? '') !== '';
function sayPagesSkipped(): void {
  say(`\nSKIPPED: the tests of pages in test/browser. ${NO_CHROMIUM}`);
}
// Vitest reads this file once for each project.
const isRegistered = process.listeners('exit').some(({ name }) => name === sayPagesSkipped.name);
if (!RUNS_BROWSER_TESTS && process.env['VITEST'] !== undefined && !isRegistered) {
  process.on('exit', sayPagesSkipped);
}

// Most tests run inside workerd with real D1 and KV. The tests in test/bundle run in Node against the built bundle, which
// refuses eval as in production. The tests of bench/, of the client, of the deploy commands and of the pages also run in
// Node.
export default defineConfig({
  test: {
    // Two files at a time keep two cores busy.
    maxWorkers: 2,
    projects: [
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              // An empty database for the tests of migrations.
              d1Databases: { OLD_DB: 'old' },
              bindings: {
                MIGRATIONS: await readD1Migrations('./migrations'),
                REAL_SCHEMAS: JSON.parse(JSON.stringify(realSchemas)),
                ADMIN_TOKENS: 'ops:test-admin-token-0123456789abcdefghijklmnopq',
                READ_TOKENS: 'grafana:test-read-token-0123456789abcdefghijklmnopqr',
                RUNCOMFY_TOKEN: 'rc-test-token-0123456789',
                VAULT_KEY: 'dGVzdC12YXVsdC1rZXktMDEyMzQ1Njc4OWFiY2RlZmc=',
                RUNCOMFY_BASE_URL: 'https://runcomfy.test',
                RUNCOMFY_ACCOUNT_URL: 'https://runcomfy.test',
                CRASH_SEED: process.env['CRASH_SEED'] ?? '0',
                CRASH_CUTS: process.env['CRASH_CUTS'] ?? 'some',
                CRASH_SCHEDULES: process.env['CRASH_SCHEDULES'] ?? '50',
                FAIRNESS_JOBS: process.env['FAIRNESS_JOBS'] ?? '1500',
              },
              outboundService: () => new Response('no outbound network in tests', { status: 599 }),
            },
          })),
        ],
        test: {
          name: 'workerd',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/{bundle,bench,deploy,client,browser}/**',
            ...(realSchemas.length === 0 ? [REAL_SCHEMAS_TESTS] : []),
          ],
          disableConsoleIntercept: true,
          // Empties the stores before each file.
          setupFiles: ['./test/support/setup.ts'],
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'node',
          include: [
            'test/{bundle,bench,deploy,client}/**/*.test.ts',
            ...(RUNS_BROWSER_TESTS ? ['test/browser/**/*.test.ts'] : []),
          ],
          // Files in one process share its built Workers.
          isolate: false,
          disableConsoleIntercept: true,
          testTimeout: 60_000,
        },
      },
    ],
  },
});
