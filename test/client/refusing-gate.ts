// The gateway's own shell and renderer in front of routes that do nothing but refuse, with what the path asks for.

import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import type { Gateway } from '../../src/compose.ts';
import { refusalsOf } from '../../src/http/door-refusals.ts';
import { PROBLEMS } from '../../src/http/problems.ts';
import { createShell } from '../../src/http/shell.ts';
import { Problem, type ProblemCode } from '../../src/lib/problem.ts';
import { dataRoutes } from '../../src/planes/data/routes.ts';
import { selfRoutes } from '../../src/planes/self/routes.ts';
import { expect } from 'vitest';
import { CALLED, type Heard } from './refuse-all.ts';

const ROWS: Record<string, Parameters<typeof refusalsOf>[0]> = { ...dataRoutes, ...selfRoutes };

/** Each call of the client with each refusal of its row in the table of routes. */
export const PAIRS: [call: string, code: ProblemCode][] = CALLED.flatMap((call) =>
  refusalsOf(ROWS[call]!).map((code): [string, ProblemCode] => [call, code]),
);

/** More than any of them says at once. */
const EXTRA = {
  errors: [{ path: '/frames', rule: 'enum', message: 'is none of 121, 241', allowed: [121, 241], sent: 5 }],
  limit: { scope: 'token', name: 'requests_total', max: 1, used: 1, left: 0 },
  jobId: '0b0a3b0e-5d0c-4a53-9d3f-1c8f3f1c2a77',
  retryAfterSeconds: 30,
};

/** What the client has to make of it. */
export const expected = ([call, code]: [string, ProblemCode]): Heard => ({
  call,
  asked: code,
  error: {
    name: 'ComfygateError',
    message: `refused: ${code}`,
    status: PROBLEMS[code].status,
    code,
    traceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    errors: EXTRA.errors,
    limit: EXTRA.limit,
    retryAfter: EXTRA.retryAfterSeconds,
    requestId: EXTRA.jobId,
  },
});

export async function openRefusingGate(): Promise<{ origin: string; end: () => void }> {
  const log = { info() {}, warn() {}, error() {} };
  const deps = { usable: true, clock: { now: () => 0 }, log } as unknown as Gateway;
  const shell = createShell(deps, (app) => {
    app.all('/refuse/:code/*', (c) => {
      const code = c.req.param('code') as ProblemCode;
      throw new Problem(code, `refused: ${code}`, EXTRA);
    });
  });
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/' } = request;
    const headers = new Headers(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    // The body is read to its end, as the platform does it.
    request.resume().on('end', () => {
      const asked = new Request(`http://gate${url}`, { method, headers });
      void Promise.resolve(shell.fetch(asked)).then((answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        if (answer.body === null) {
          response.end();
        } else {
          Readable.fromWeb(answer.body as never).pipe(response);
        }
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, end: () => server.close() };
}
