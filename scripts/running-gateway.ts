// The gateway that a command calls: the one on this machine, or the one that COMFYGATE_URL and COMFYGATE_ADMIN name.

import { resolve } from 'node:path';
import { readSecrets } from './secrets.ts';

export function runningGateway(): { base: string; token: string } {
  const base = process.env['COMFYGATE_URL'] ?? 'http://127.0.0.1:8787';
  const token =
    process.env['COMFYGATE_ADMIN'] ??
    readSecrets(resolve(import.meta.dirname, '../.dev.vars'), base).adminToken;
  return { base, token };
}
