// Memory of the gateway's isolate after a collection, as V8 reports it to the inspector.

import { WebSocket } from 'undici';
import type { Stage } from '../stage.ts';

export type Heap = {
  /** Objects that are still in use. Collects garbage first, which stops the isolate for a moment. */
  keptMiB: () => Promise<number>;
  /** The same with the bytes of buffers, which are outside of V8's heap. */
  heldMiB: () => Promise<number>;
  close: () => void;
};

const ISOLATE = 'core:user:miniflare';
const POKE_MS = 50;

/** The stage must have been raised with `inspected`. */
export async function openHeap({ miniflare, origins }: Stage): Promise<Heap> {
  const url = await miniflare.getInspectorURL();
  const socket = new WebSocket(new URL(`/${ISOLATE}`, url));
  const waiting = new Map<number, (result: unknown) => void>();
  let sent = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = Object(JSON.parse(String(data)));
    waiting.get(id)?.(result);
    waiting.delete(id);
  });

  async function ask(method: string): Promise<unknown> {
    // An isolate without requests does not answer the inspector.
    const poke = setInterval(() => void fetch(`${origins.miniflare}/bench`).catch(() => null), POKE_MS);
    const answer = new Promise((resolve) => {
      sent += 1;
      waiting.set(sent, resolve);
      socket.send(JSON.stringify({ id: sent, method, params: {} }));
    });
    return answer.finally(() => clearInterval(poke));
  }

  async function usage(): Promise<{ [field: string]: unknown }> {
    await ask('HeapProfiler.collectGarbage');
    return Object(await ask('Runtime.getHeapUsage'));
  }

  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  return {
    async keptMiB() {
      const { usedSize } = await usage();
      return Number(usedSize) / 2 ** 20;
    },
    async heldMiB() {
      const { usedSize, backingStorageSize } = await usage();
      return (Number(usedSize) + Number(backingStorageSize)) / 2 ** 20;
    },
    close: () => socket.close(),
  };
}
