// Public routes: the start page and the document of the customers' API.

import { test } from 'vitest';
import whole from '../../../openapi.json';
import { createWorld } from '../../support/world.ts';

test('GET / leads to the documents, with or without a key', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  for (const caller of [null, token, 'garbage']) {
    const { status, headers, body } = await world.call('/', { token: caller });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(body).toMatchObject({
      name: 'comfygate',
      links: { openapi: 'https://gate.test/openapi.json', key: 'https://gate.test/v1/key' },
    });
  }
});

test('every link of GET / to this gateway leads somewhere', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  // Health answers 503 until the cron has run.
  await world.cron();
  const { links } = (await world.call('/')).body;
  const own = Object.values<string>(links).filter((link) => link.startsWith('https://gate.test/'));
  expect(own).toHaveLength(4);
  for (const link of own) {
    const { pathname } = new URL(link);
    const call = pathname.startsWith('/admin')
      ? world.admin('GET', pathname)
      : world.call(pathname, { token });
    expect({ pathname, status: (await call).status }).toEqual({ pathname, status: 200 });
  }
});

test('links name PUBLIC_URL where it is set', async ({ expect }) => {
  const gate = createWorld().isolate({ PUBLIC_URL: 'https://api.example.com' });
  const { openapi } = (await gate.call('/')).body.links;
  expect(openapi).toBe('https://api.example.com/openapi.json');
  expect((await gate.call('/openapi.json')).body.servers).toEqual([{ url: 'https://api.example.com' }]);
});

test('GET /openapi.json is what a key opens: openapi.json without the routes of the operator', async ({
  expect,
}) => {
  const { status, body } = await createWorld().call('/openapi.json');
  expect(status).toBe(200);
  const paths = Object.keys(whole.paths).filter(
    (path) => !path.startsWith('/admin') && !path.startsWith('/session'),
  );
  expect(Object.keys(body.paths)).toEqual(paths);
  expect(JSON.stringify(body)).not.toContain('adminToken');
  expect(body.servers).toEqual([{ url: 'https://gate.test' }]);
});

test.for(['/nowhere', '/v1/nowhere', '/admin/nowhere'])(
  'an unknown route links the documents: %s',
  async (path, { expect }) => {
    const world = createWorld();
    const { token } = await world.tenant();
    const call = path.startsWith('/admin') ? world.admin('GET', path) : world.call(path, { token });
    expect((await call).body).toMatchObject({
      code: 'unknown_route',
      detail: 'There is no such route. https://gate.test/ says where the documentation is.',
    });
  },
);
