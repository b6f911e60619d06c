// Uploads by POST /v1/files.

import { png } from './images.ts';
import type { Isolate, Reply } from './world.ts';

export const PICTURE = png({ width: 640, height: 480 });

type Sent = { token: string; query?: string; headers?: Record<string, string> };

/** `bytes` as a body of known length. */
export function upload(
  by: Isolate,
  bytes: Uint8Array,
  { token, query = '', headers = {} }: Sent,
): Promise<Reply> {
  return by.call(`/v1/files${query}`, {
    method: 'POST',
    token,
    body: bytes,
    headers: { ...headOf(bytes), ...headers },
  });
}

export function headOf(bytes: Uint8Array): Record<string, string> {
  return { 'Content-Type': 'image/png', 'Content-Length': String(bytes.length) };
}
