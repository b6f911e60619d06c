// The outbound network of the tests: simulated RunComfy hosts, and nothing else. Any other host fails the test.

import { seeSent } from './witness.ts';

type Host = (request: Request) => Promise<Response>;

const hosts = new Map<string, Host>();

globalThis.fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
  const request = new Request(input, init);
  const { host } = new URL(request.url);
  const answer = hosts.get(host);
  if (answer === undefined) {
    throw new TypeError(`unexpected outbound host ${host}`);
  }
  await seeSent(request);
  return answer(request);
};

/** Plays `host` until the file's tests are over. */
export function serve(host: string, answer: Host): void {
  hosts.set(host, answer);
}

/** The next file has hosts of its own. */
export function closeHosts(): void {
  hosts.clear();
}
