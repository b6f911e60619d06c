// The upstream of all Workers that are measured, in a process of its own.

import { join } from 'node:path';
import { startChild } from './child.ts';
import type { HeaderSet } from './header-sets.ts';
import type { UpstreamQuestion, UpstreamState } from './upstream-process.ts';

export type Upstream = {
  origin: string;
  /** Answers so far. */
  calls: () => Promise<number>;
  answerWith: (headers: HeaderSet) => Promise<void>;
  end: () => Promise<void>;
};

/** Starts it on a free port of the loopback. */
export async function startUpstream(): Promise<Upstream> {
  const child = startChild<UpstreamQuestion, UpstreamState>(join(import.meta.dirname, 'upstream-process.ts'));
  const { port } = await child.ask({});
  return {
    origin: `http://127.0.0.1:${port}`,
    calls: async () => (await child.ask({})).calls,
    answerWith: async (headers) => void (await child.ask({ headers })),
    end: child.end,
  };
}
