// The gateway's own shell and renderer in front of routes that do nothing but refuse, with what the path asks for. A
// process of its own: its first argument lists operations, its one line of output is where it listens and each refusal
// of their rows.

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Gateway } from '../../src/compose.ts';
import { answerRequests } from '../../src/http/answer-request.ts';
import { refusalsOf } from '../../src/http/door-refusals.ts';
import { PROBLEMS } from '../../src/http/problems.ts';
import type { Route } from '../../src/http/route.ts';
import { Problem, type ProblemCode } from '../../src/lib/problem.ts';
import { dataRoutes } from '../../src/planes/data/routes.ts';
import { selfRoutes } from '../../src/planes/self/routes.ts';

const ROWS = new Map<string, Route>(Object.entries({ ...dataRoutes, ...selfRoutes }));

/** More than any of them says at once. */
const EXTRA = {
  errors: [{ path: '/frames', rule: 'enum', message: 'is none of 121, 241', allowed: [121, 241], sent: 5 }],
  limit: { scope: 'token', name: 'requests_total', max: 1, used: 1, left: 0 },
  jobId: '0b0a3b0e-5d0c-4a53-9d3f-1c8f3f1c2a77',
  retryAfterSeconds: 30,
};

const log = { info() {}, warn() {}, error() {} };
const deps = { usable: true, clock: { now: () => 0 }, log } as unknown as Gateway;
const answer = answerRequests(deps, ({ path }) => {
  const [, , code] = path.split('/');
  return Promise.reject(new Problem(code as ProblemCode, `refused: ${code}`, EXTRA));
});

const server = createServer((request, response) => {
  const { method = 'GET', url = '/' } = request;
  const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const respond = async () => {
    // The body is read to its end, as the platform does it.
    await text(request);
    const {
      status,
      headers: more,
      body,
    } = await answer(new Request(`http://gate${url}`, { method, headers }));
    response.writeHead(status, Object.fromEntries(more));
    response.end(body === null ? '' : await new Response(body).text());
  };
  void respond();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const called: string[] = JSON.parse(process.argv[2] ?? '[]');
  const refusals = called.flatMap((call) => {
    const row = ROWS.get(call);
    return row === undefined
      ? []
      : refusalsOf(row).map((code) => ({ call, code, status: PROBLEMS[code].status }));
  });
  process.stdout.write(`${JSON.stringify({ origin: `http://127.0.0.1:${port}`, refusals, extra: EXTRA })}\n`);
});
