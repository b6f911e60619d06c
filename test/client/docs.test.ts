// The examples of docs/client.md: each compiles, strictly, with the types of the package, and does what the page says.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { createElement, type ComponentType } from 'react';
import { renderToString } from 'react-dom/server';
import { afterAll, beforeAll, test, vi } from 'vitest';
import { buildClient } from '../../scripts/client-build.ts';
import { ROOT, temporaryFolder } from '../bundle/support.ts';
import { refusal, result, status, SUBMITTED, type Planned } from './wire.ts';

const MODULES = join(ROOT, 'node_modules');
const page = readFileSync(join(ROOT, 'docs/client.md'), 'utf8');
const blocks = [...page.matchAll(/```tsx?\n([\s\S]*?)```/g)].map(([, code = '']) => code);
const folder = temporaryFolder();

let examples: any;
/** The calls that were sent: method, path and token. */
let asked: string[];

/** The gateway answers in this order, and the page's server with a token each time. */
function plan(...planned: Planned[]): void {
  asked = [];
  let answered = 0;
  // Pauses take no time; there are no timers but those.
  vi.stubGlobal('setTimeout', (done: () => void) => queueMicrotask(done));
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    const { pathname } = new URL(url, 'https://shop.example');
    const token = new Headers(init.headers).get('Authorization')?.slice(7) ?? '';
    asked.push([init.method, pathname, token].filter(Boolean).join(' '));
    if (pathname === '/token') {
      return Response.json({ token: `cgt_${asked.length}`, end_user: 'ada' });
    }
    const answer = planned[answered++];
    if (answer === undefined || answer === 'cut') {
      throw new TypeError('Failed to fetch');
    }
    const { status: code = 200, body, headers = {} } = answer;
    return Response.json(body, { status: code, headers });
  });
}

beforeAll(async () => {
  await buildClient();
  // One module of all of them, in their order: later ones use the client of the first.
  writeFileSync(join(folder.path, 'examples.tsx'), blocks.join('\n'));
  const paths = Object.fromEntries(
    Object.entries({
      comfygate: 'client/dist/index.d.ts',
      'comfygate/react': 'client/dist/react.d.ts',
      'react/jsx-runtime': 'node_modules/@types/react/jsx-runtime.d.ts',
      react: 'node_modules/@types/react/index.d.ts',
    }).map(([name, path]) => [name, [join(ROOT, path)]]),
  );
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2022', 'DOM'],
    module: 'ESNext',
    moduleResolution: 'Bundler',
    jsx: 'react-jsx',
    strict: true,
    types: ['node'],
    typeRoots: [join(MODULES, '@types')],
    paths,
    skipLibCheck: true,
    noEmit: true,
  };
  writeFileSync(join(folder.path, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const outfile = join(folder.path, 'examples.js');
  await build({
    entryPoints: [join(folder.path, 'examples.tsx')],
    outfile,
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    nodePaths: [MODULES],
    alias: {
      'comfygate/react': join(ROOT, 'client/dist/react.js'),
      comfygate: join(ROOT, 'client/dist/index.js'),
    },
    external: ['react', 'react/jsx-runtime'],
    tsconfigRaw: {},
  });
  const text = readFileSync(outfile, 'utf8').replaceAll(/from "(react[^"]*)"/g, (_all, name: string) => {
    return `from ${JSON.stringify(import.meta.resolve(name))}`;
  });
  writeFileSync(outfile, text);
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  examples = await import(/* @vite-ignore */ pathToFileURL(outfile).href);
});

afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  folder.remove();
});

const RESULT = result('succeeded', { output: { video: 'clip.mp4' } });
const DONE = [SUBMITTED, status('completed'), RESULT];

test('they compile', ({ expect }) => {
  const args = [join(MODULES, 'typescript/bin/tsc'), '-p', folder.path];
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('');
});

test('from an input to a result', async ({ expect }) => {
  plan(...DONE);
  expect(await examples.makeClip('a lighthouse')).toEqual({ video: 'clip.mp4' });
  expect(asked[0]).toBe('POST /token');
});

test('a file from disk', async ({ expect }) => {
  plan({ status: 201, body: { url: 'https://gate.example/files/x/a.png' } }, ...DONE);
  expect(await examples.animate(new File(['png'], 'a.png'), 'x')).toEqual({ video: 'clip.mp4' });
});

test('price and what is left', async ({ expect }) => {
  plan(
    { body: { estimate: 'exact', amount_usd: 0.25 } },
    {
      body: {
        limits: [
          { name: 'requests_total', left: 3 },
          { name: 'spend_total_usd', left: 1 },
        ],
      },
    },
  );
  expect(await examples.priceOf('x')).toBe('0.25 USD');
  expect(await examples.runsLeft()).toBe(3);
});

test('refusals', async ({ expect }) => {
  const limit = { scope: 'customer', name: 'requests_per_day', max: 100, used: 100, left: 0 };
  plan({ ...refusal(429, 'request_limit', { limit }), headers: { 'Retry-After': '3600' } });
  expect(await examples.tryClip('x')).toBe('requests_per_day: 100 of 100, again in 3600 s');
  plan(SUBMITTED, status('completed'), result('failed', { error: 'no face' }));
  expect(await examples.tryClip('x')).toBe('The job failed: no face');
});

test('after a reload', async ({ expect }) => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  });
  kept.set('clip', JSON.stringify({ prompt: 'x', idempotencyKey: 'order-1', endUser: 'ada' }));
  plan(...DONE);
  expect(await examples.clipOfThisTab('y')).toEqual({ video: 'clip.mp4' });
  kept.set('clip', JSON.stringify({ requestId: 'job-1' }));
  plan(status('completed'), RESULT);
  expect(await examples.clipOfThisTab('y')).toEqual({ video: 'clip.mp4' });
  expect(kept.size).toBe(0);
  // A clip that failed, or was refused, is not the answer to every later call.
  plan(SUBMITTED, status('completed'), result('failed', { error: 'no face' }));
  await expect(examples.clipOfThisTab('a face')).rejects.toThrow('no face');
  plan(refusal(422, 'invalid_input'));
  await expect(examples.clipOfThisTab('')).rejects.toThrow('invalid_input');
  expect(kept.size).toBe(0);
  // One that may be running is.
  plan(SUBMITTED, 'cut');
  await expect(examples.clipOfThisTab('a boat')).rejects.toThrow('did not answer');
  plan(status('completed'), RESULT);
  expect(await examples.clipOfThisTab('another boat')).toEqual({ video: 'clip.mp4' });
  expect(kept.size).toBe(0);
});

test('the component', ({ expect }) => {
  const Clip: ComponentType<{ prompt: string }> = examples.Clip;
  expect(renderToString(createElement(Clip, { prompt: 'x' }))).toContain('<p role="status">idle</p>');
});
