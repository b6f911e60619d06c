// A handler of requests as an HTTP server on the loopback.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Served = { url: string; end: () => void };

export async function serveFetch(handle: (request: Request) => Promise<Response>): Promise<Served> {
  const server = createServer((request, response) => void answer(handle, request, response));
  const url = await new Promise<string>((done) => {
    server.listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
  return {
    url,
    end() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(
  handle: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/' } = incoming;
  const body = method === 'GET' ? null : new Uint8Array(await bytesOf(incoming));
  const headers = new Headers(incoming.headers as Record<string, string>);
  const request = new Request(`http://${incoming.headers.host}${url}`, { method, headers, body });
  const response = await handle(request);
  // Undecoded lengths and encodings are those of the connection behind.
  const shown = [...response.headers].filter(([name]) => !/^(content-length|transfer-encoding)$/.test(name));
  outgoing.writeHead(response.status, Object.fromEntries(shown));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

export async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
