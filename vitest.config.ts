import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { OFFLINE } from './scripts/build.ts';
import { buildExample, buildPages } from './scripts/pages.ts';
import { say } from './scripts/terminal.ts';
import { findChromium, NO_CHROMIUM } from './test/browser/chromium.ts';

Object.assign(process.env, OFFLINE);
// The Worker's assets have to be there, and those of the example, which tests would wait for.
await Promise.all([buildPages(), buildExample()]);

// Schemas of real models lie beside the clone on some machines, or where REAL_SCHEMAS says. Without them their tests are
// not collected.
const SCHEMAS = process.env['REAL_SCHEMAS'] ?? '../shared/schemas';
const realSchemas: unknown[] = existsSync(SCHEMAS)
  ? readdirSync(SCHEMAS)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(SCHEMAS, name), 'utf8')))
  : [];
const REAL_SCHEMAS_TESTS = 'test/features/*/real-*.test.ts';

// Pages are tried in a real Chromium. Who has none can run everything else, and is told so in the last line; with CI set
// its absence is a failure.
const TRIES_PAGES = findChromium() !== null || (process.env['CI'] ?? '') !== '';
function tellNotTried(): void {
  say(`\nNOT TRIED: the pages of test/browser. ${NO_CHROMIUM}`);
}
// This file is read once for each project.
const isTold = process.listeners('exit').some(({ name }) => name === tellNotTried.name);
if (!TRIES_PAGES && process.env['VITEST'] !== undefined && !isTold) {
  process.on('exit', tellNotTried);
}

// Rules without a store: they share one workerd, which a file of its own would take a second to start.
const RULES = [
  'test/{lib,storage,simulator}/**/*.test.ts',
  'test/features/{pricing,runcomfy}/**/*.test.ts',
  'test/features/input-schema/{dialect,hostile,safe-pattern,schema-hash,validator}.test.ts',
  'test/features/media/{data-uri,image-header,media-inputs,public-url,rules}.test.ts',
  'test/features/{files/file-type,keys/origin,intake/lora-files,jobs/charge,jobs/submit-time,jobs/turns,ledger/limits,lifecycle/budget,shield/network,health/latency}.test.ts',
  'test/http/instant.test.ts',
];

// Most tests run inside workerd with real D1 and KV; those in test/bundle run in Node and
// drive the built bundle, where eval is refused as in production; so do those of bench/, of the client and of the commands
// that deploy, which are Node's as well, and those of test/browser, which open pages.
export default defineConfig({
  test: {
    // Each file has a workerd of its own; two at a time keep two cores busy.
    maxWorkers: 2,
    projects: [
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              // Empty, for the tests of migrations.
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
            'test/bundle/**',
            'test/bench/**',
            'test/deploy/**',
            'test/browser/**',
            'test/client/**',
            ...RULES,
            ...(realSchemas.length === 0 ? [REAL_SCHEMAS_TESTS] : []),
          ],
          disableConsoleIntercept: true,
          setupFiles: ['./test/support/setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: './wrangler.toml' } })],
        test: {
          name: 'rules',
          include: RULES,
          isolate: false,
          disableConsoleIntercept: true,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'bundle',
          include: [
            'test/bundle/**/*.test.ts',
            'test/bench/**/*.test.ts',
            'test/deploy/**/*.test.ts',
            'test/client/**/*.test.ts',
          ],
          disableConsoleIntercept: true,
          testTimeout: 60_000,
        },
      },
      ...(TRIES_PAGES
        ? [
            {
              test: {
                name: 'browser',
                include: ['test/browser/**/*.test.ts'],
                disableConsoleIntercept: true,
                testTimeout: 60_000,
              },
            },
          ]
        : []),
    ],
  },
});
