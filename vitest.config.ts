import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { OFFLINE } from './scripts/build.ts';
import { buildClient } from './scripts/client-build.ts';
import { keepTemporaryFilesInMemory } from './scripts/memory-folder.ts';
import { buildExample, buildPages } from './scripts/pages.ts';
import { say } from './scripts/terminal.ts';
import { findChromium, NO_CHROMIUM } from './test/browser/chromium.ts';
import { LongestFirst } from './test/support/longest-first.ts';

Object.assign(process.env, OFFLINE);
keepTemporaryFilesInMemory();
// Builds the assets of the Worker and of the example and the client first, so that no test has to wait for them, and none
// replaces what another one reads.
await Promise.all([buildPages(), buildExample(), buildClient()]);

// Some machines have schemas of real models beside the clone, or in the folder REAL_SCHEMAS. Without them their tests are not
// collected.
const SCHEMAS = process.env['REAL_SCHEMAS'] ?? '../shared/schemas';
const realSchemas: unknown[] = existsSync(SCHEMAS)
  ? readdirSync(SCHEMAS)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(SCHEMAS, name), 'utf8')))
  : [];
const REAL_SCHEMAS_TESTS = 'test/features/*/real-*.test.ts';

// A real Chromium opens the pages. Without one, all other tests run and the last line says so; with CI set that is a failure.
const OPENS_PAGES = findChromium() !== null || (process.env['CI'] ?? '') !== '';
function sayNotTested(): void {
  say(`\nNOT TESTED: the pages of test/browser. ${NO_CHROMIUM}`);
}
// Vitest reads this file once for each project.
const isListening = process.listeners('exit').some(({ name }) => name === sayNotTested.name);
const isOfSystem = process.argv.includes('system') || !process.argv.includes('--project');
if (!OPENS_PAGES && isOfSystem && process.env['VITEST'] !== undefined && !isListening) {
  process.on('exit', sayNotTested);
}

const START = 'test/bundle/start.test.ts';

// `workerd`: tests inside workerd with real D1 and KV. `node`: tests in Node that drive the built bundle, where eval is refused
// as in production, and those of the client and of bench/. `system`: tests that start commands (`npm start`, the deployment) or
// a browser; they take seconds each, so `npm test` leaves them to `npm run test:system`.
export default defineConfig({
  test: {
    // Two files at a time keep two cores busy.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
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
          include: ['test/{bundle,bench,client}/**/*.test.ts'],
          exclude: [START],
          // Files in one process share its built Workers; the stubs of one test must not reach the next.
          isolate: false,
          unstubGlobals: true,
          unstubEnvs: true,
          disableConsoleIntercept: true,
          // A machine of CI is several times slower than a developer's: a limit only ends what hangs.
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'system',
          include: [START, 'test/deploy/**/*.test.ts', ...(OPENS_PAGES ? ['test/browser/**/*.test.ts'] : [])],
          isolate: false,
          disableConsoleIntercept: true,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 90_000 } },
        },
      },
    ],
  },
});
