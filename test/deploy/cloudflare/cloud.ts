// A stand-in for the part of Cloudflare that a deployment needs: its API on the loopback, and behind it real D1, KV and
// workerd. Any call of an account can be refused, cut or left without an answer.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { accountRoutes } from './account-routes.ts';
import { newAccount, type Account, type Call } from './account.ts';
import { bucketRoutes } from './bucket-routes.ts';
import { databaseRoutes, fileRoutes } from './database-routes.ts';
import { namespaceRoutes } from './namespace-routes.ts';
import { failed, type Reply, type Route } from './reply.ts';
import { bytesOf, serveFetch } from '../serve-fetch.ts';
import { createRuntime, type Runtime } from './runtime.ts';
import { workerRoutes } from './worker-routes.ts';

const ROUTES = [...accountRoutes, ...databaseRoutes, ...namespaceRoutes, ...bucketRoutes, ...workerRoutes];

export type Cloud = {
  /** For CLOUDFLARE_API_BASE_URL. */
  url: string;
  /** Where the Worker that was deployed last answers, whatever its account: it stands for workers.dev. */
  front: string;
  runtime: Runtime;
  /** A new account, empty. */
  account: () => Account;
  /** Calls of unknown routes; empty if there are none. */
  unknown: string[];
  end: () => Promise<void>;
};

type Options = { isPlayed?: boolean };

/** With room for so many databases, and as many namespaces. */
export async function openCloud(slots: number, { isPlayed = false }: Options = {}): Promise<Cloud> {
  const runtime = await createRuntime(slots, isPlayed);
  const accounts: Account[] = [];
  const unknown: string[] = [];
  const api = createServer((request, response) => void serve(request, response));
  const front = await serveFetch((request) => runtime.fetch(request).catch(notThere));
  const url = await listen(api);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = new URL(request.url ?? '/', url);
    const method = request.method ?? 'GET';
    const body = await bytesOf(request);
    const headers = new Headers(request.headers as Record<string, string>);
    const ask = { runtime, base: url, query: target.searchParams, headers, body };
    const file = find(fileRoutes, method, target.pathname);
    if (file !== null) {
      const reply = await file.route.run({ ...ask, account: newAccount(0), params: file.params });
      send(response, reply);
      return;
    }
    const account = accounts.find(({ token }) => headers.get('authorization') === `Bearer ${token}`);
    if (account === undefined) {
      send(response, failed(401, 10_000, 'Authentication error'));
      return;
    }
    const call: Call = { number: account.calls.length + 1, method, path: target.pathname };
    account.calls.push(call);
    const fault = await account.fault(call);
    if (fault === 'refuse') {
      send(response, failed(500, 10_013, 'An unknown error has occurred.'));
      return;
    }
    const found = find(ROUTES, method, target.pathname);
    if (found === null) {
      unknown.push(`${method} ${target.pathname}`);
    }
    const reply = await (found?.route.run({ ...ask, account, params: found.params }) ??
      failed(404, 7000, `No route for that URI: ${method} ${target.pathname}`));
    if (fault === null) {
      send(response, reply);
    } else if (fault === 'lose') {
      request.socket.destroy();
    } else {
      account.onHang();
    }
  }

  return {
    url,
    front: front.url,
    runtime,
    account() {
      const account = newAccount(accounts.length + 1);
      accounts.push(account);
      return account;
    },
    unknown,
    async end() {
      api.closeAllConnections();
      api.close();
      front.end();
      await runtime.end();
    },
  };
}

/** The answer of workers.dev for a Worker that does not exist. */
function notThere(): Response {
  return new Response('error code: 1042', { status: 404 });
}

function listen(server: Server): Promise<string> {
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

function find(routes: Route[], method: string, path: string): { route: Route; params: string[] } | null {
  for (const route of routes) {
    const params = route.method === method ? matched(route.path, path) : null;
    if (params !== null) {
      return { route, params };
    }
  }
  return null;
}

/** The segments that stand in the place of the template's `:`, or null. */
function matched(template: string, path: string): string[] | null {
  const wanted = template.split('/');
  const given = path.split('/');
  const fits =
    wanted.length === given.length && wanted.every((part, index) => part === ':' || part === given[index]);
  return fits ? given.filter((_segment, index) => wanted[index] === ':') : null;
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const { 'content-length': _length, 'transfer-encoding': _encoding, ...others } = headers;
  response.writeHead(status, others);
  response.end(body);
}
