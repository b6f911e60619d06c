// The wire between the gateway and RunComfy, tapped: what was sent, byte by byte, and answers made up by a test.

import { serve } from './network.ts';
import type { World } from './world.ts';

export type Sent = {
  method: string;
  url: string;
  headers: Record<string, string>;
  redirect: string;
  body: Uint8Array;
};

type Change = (response: Response, request: Request) => Response | Promise<Response>;

/** Stands between a world and its simulated RunComfy; `change` may answer something else. */
export function tapUpstream(world: World, change: Change = (response) => response): Sent[] {
  const sent: Sent[] = [];
  serve(new URL(world.deps.settings.runcomfyOrigin).host, async (request) => {
    const { method, url, headers, redirect } = request;
    const body = new Uint8Array(await request.clone().arrayBuffer());
    sent.push({ method, url, headers: Object.fromEntries(headers), redirect, body });
    return change(await world.runcomfy.fetch(request), request);
  });
  return sent;
}
