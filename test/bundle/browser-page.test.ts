// The routes of docs/browser.md run as they stand there, in ten lines each, and ask for what POST /v1/tokens takes.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Hono } from 'hono';
import { test, vi } from 'vitest';
import { ROOT, temporaryFolder } from './support.ts';

const page = readFileSync(join(ROOT, 'docs/browser.md'), 'utf8');
const [hono = '', express = '', next = ''] = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, code = '']) => code,
);

/** A module of the code, which finds `app` and `signedIn` as it would in a server. */
async function load(code: string): Promise<any> {
  const folder = temporaryFolder();
  const path = join(folder.path, 'route.ts');
  writeFileSync(path, `const signedIn = async (_request: unknown) => ({ id: 'user-1' });\n${code}`);
  const loaded = await import(/* @vite-ignore */ pathToFileURL(path).href);
  folder.remove();
  return loaded;
}

const asApp = (code: string) => `export default (app: any) => {\n${code}\n};`;

const servers: { what: string; code: string; ask: () => Promise<unknown> }[] = [
  {
    what: 'Hono',
    code: hono,
    async ask() {
      const app = new Hono();
      (await load(asApp(hono))).default(app);
      return (await app.request('/token', { method: 'POST' }, process.env)).json();
    },
  },
  {
    what: 'Express',
    code: express,
    async ask() {
      const answered: unknown[] = [];
      const response = { status: () => response, json: (body: unknown) => answered.push(body) };
      const routes = new Map<string, any>();
      const app = { post: (path: string, run: unknown) => routes.set(path, run) };
      (await load(asApp(express))).default(app);
      await routes.get('/token')({}, response);
      return answered[0];
    },
  },
  {
    what: 'Next.js',
    code: next,
    async ask() {
      const { POST } = await load(next);
      return (await POST(new Request('https://shop.example/token', { method: 'POST' }))).json();
    },
  },
];

test.for(servers)('the route for $what', async ({ code, ask }, { expect }) => {
  vi.stubEnv('GATE', 'https://gate.example');
  vi.stubEnv('COMFYGATE_KEY', 'cg_key');
  const sent: [unknown, RequestInit | undefined][] = [];
  vi.stubGlobal('fetch', async (url: unknown, init?: RequestInit) => {
    sent.push([url, init]);
    return Response.json({ id: 'key_1', token: 'cgt_token' }, { status: 201 });
  });
  expect(await ask()).toEqual({ id: 'key_1', token: 'cgt_token' });
  const [[url, init] = []] = sent;
  expect(url).toBe('https://gate.example/v1/tokens');
  expect(init?.headers).toMatchObject({ Authorization: 'Bearer cg_key' });
  const document = JSON.parse(readFileSync(join(ROOT, 'openapi.json'), 'utf8'));
  const { schema } = document.paths['/v1/tokens'].post.requestBody.content['application/json'];
  const asked: Record<string, unknown> = JSON.parse(typeof init?.body === 'string' ? init.body : '{}');
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(asked)));
  expect(asked).toMatchObject({ end_user: 'user-1' });
  expect(code.trim().split('\n')).toHaveLength(10);
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});
