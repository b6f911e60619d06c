// Commands that call a running gateway: which one they call, with which token, and what they say of an answer that is not a
// gateway's.

import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { ROOT } from '../bundle/support.ts';

const COMMANDS = ['ledger-check', 'audit-check', 'vault-rewrap'];
const ANSWERS: Record<string, object> = {
  '/admin/ledger/check': { differences: [] },
  '/admin/audit/chain': { items: [] },
  '/admin/vault/rewrap': { rewrapped: 0, left: 0 },
};

let server: Server;
let asked: string[] = [];
let page: string | null = null;
beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://gate');
    asked.push(`${pathname} ${request.headers.authorization}`);
    const answer = ANSWERS[pathname];
    response.writeHead(page === null ? (answer === undefined ? 404 : 200) : 524);
    response.end(page ?? JSON.stringify(answer ?? { detail: 'There is no such route.' }));
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
});
afterAll(() => server.close());

const port = () => (server.address() as AddressInfo).port;

type Ran = { code: number; text: string };

function run(command: string, env: Record<string, string | undefined>): Promise<Ran> {
  asked = [];
  const script = join(ROOT, `scripts/${command}.ts`);
  const { COMFYGATE_URL: _url, COMFYGATE_ADMIN: _admin, ...rest } = process.env;
  return new Promise((done) => {
    execFile(process.execPath, [script], { env: { ...rest, ...env } }, (error, out, complaint) => {
      done({ code: error === null ? 0 : Number(error.code), text: out + complaint });
    });
  });
}

test.for(COMMANDS)('%s takes a URL with a slash at its end', async (command, { expect }) => {
  const env = { COMFYGATE_URL: `http://127.0.0.1:${port()}/`, COMFYGATE_ADMIN: 'a-token' };
  expect(await run(command, env)).toMatchObject({ code: 0 });
  expect(asked).toEqual([expect.stringMatching(/^\/admin\/[a-z/]+ Bearer a-token$/)]);
});

test.for(COMMANDS)('%s sends the token of this machine to no other', async (command, { expect }) => {
  const { code, text } = await run(command, { COMFYGATE_URL: `http://gate.localhost.example:${port()}` });
  expect(code).toBe(1);
  expect(text).toContain('Set COMFYGATE_ADMIN');
  expect(asked).toEqual([]);
});

test.for(COMMANDS)('%s says that COMFYGATE_URL is no URL', async (command, { expect }) => {
  for (const url of [`127.0.0.1:${port()}`, 'gate.example', 'ftp://gate.example']) {
    const { code, text } = await run(command, { COMFYGATE_URL: url });
    expect({ url, code, text }).toEqual({ url, code: 1, text: expect.stringMatching(/^COMFYGATE_URL /) });
    expect(text).not.toContain('.dev.vars');
  }
});

test.for(COMMANDS)('%s says that something else has answered', async (command, { expect }) => {
  page = '<!doctype html><title>524</title>';
  const { code, text } = await run(command, {
    COMFYGATE_URL: `http://127.0.0.1:${port()}`,
    COMFYGATE_ADMIN: 'a-token',
  });
  page = null;
  expect({ code, text }).toEqual({
    code: 1,
    text: expect.stringMatching(/answered 524, but not as a gateway/),
  });
});

test.for(COMMANDS)('%s says that nothing answers', async (command, { expect }) => {
  const { code, text } = await run(command, {
    COMFYGATE_URL: 'http://127.0.0.1:9',
    COMFYGATE_ADMIN: 'a-token',
  });
  expect({ code, text }).toEqual({ code: 1, text: expect.stringMatching(/^No gateway answers at/) });
});
