// A server that costs next to nothing: JSON from memory on a free port of the loopback.

import { createServer } from 'node:http';

/** Answers every request with 200, without a look at the body of a POST; resolves to the port. */
export function serveJson(
  answer: (method: string, url: string) => object,
  headers: () => Record<string, string> = () => ({}),
): Promise<number> {
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/' } = request;
    const reply = () => {
      const body = JSON.stringify(answer(method, url));
      response.writeHead(200, {
        ...headers(),
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
      });
      response.end(body);
    };
    if (method === 'POST') {
      request.resume().once('end', reply);
    } else {
      reply();
    }
  });
  server.keepAliveTimeout = 60_000;
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      done(typeof address === 'object' ? (address?.port ?? 0) : 0);
    });
  });
}
