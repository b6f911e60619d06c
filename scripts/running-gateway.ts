// The gateway that a command calls: the one on this machine, or the one that COMFYGATE_URL and COMFYGATE_ADMIN name.

import { resolve } from 'node:path';
import { over, type Gateway } from './call.ts';
import { readSecrets } from './secrets.ts';
import { Mistake } from './terminal.ts';

const HERE = 'http://127.0.0.1:8787';
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

export type RunningGateway = { token: string; call: Gateway };

export function runningGateway(): RunningGateway {
  const url = urlOf(process.env['COMFYGATE_URL'] || HERE);
  const { origin: base } = url;
  const call = over(base);
  return {
    token: process.env['COMFYGATE_ADMIN'] || tokenOfThisMachine(url),
    call: (path, init) =>
      call(path, init).catch((error: unknown) => {
        const silent = `No gateway answers at ${base}. Start it with npm start, or set COMFYGATE_URL.`;
        throw error instanceof Mistake ? error : new Mistake(silent);
      }),
  };
}

function urlOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Mistake(
      `COMFYGATE_URL is ${JSON.stringify(text)}, and no URL such as https://gate.example.com.`,
    );
  }
  return url;
}

/** Another machine must not get it. */
function tokenOfThisMachine({ origin, hostname }: URL): string {
  if (!LOOPBACK.includes(hostname)) {
    throw new Mistake(
      `Set COMFYGATE_ADMIN to an admin token of ${origin}: docs/operations.md says how. The token in .dev.vars belongs to ` +
        'the gateway on this machine.',
    );
  }
  return readSecrets(resolve(import.meta.dirname, '../.dev.vars'), origin).adminToken;
}
