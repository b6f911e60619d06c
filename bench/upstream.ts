// The upstream of all who are measured: answers from memory and counts, in a thread of its own.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { Worker, isMainThread, workerData } from 'node:worker_threads';

export type Upstream = { origin: string; calls: () => number; end: () => Promise<void> };

/** Places in the memory that both threads share. */
const CALLS = 0;
const PORT = 1;

const RESULT = {
  status: 'succeeded',
  output: { videos: ['https://cdn.example/0123456789abcdef0123456789abcdef.mp4'] },
  model_id: 'bytedance/dreamina-3-0/pro/text-to-video',
  input: { prompt: 'a lighthouse in the rain, seen from the sea, '.repeat(16), resolution: '720p' },
  created_at: '2026-11-21T10:00:00Z',
  finished_at: '2026-11-21T10:02:00Z',
  cost: 0.25,
};

/** Starts it on a free port of the loopback. */
export async function startUpstream(): Promise<Upstream> {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const thread = new Worker(import.meta.filename, { workerData: shared });
  await once(thread, 'online');
  await Atomics.waitAsync(shared, PORT, 0).value;
  return {
    origin: `http://127.0.0.1:${Atomics.load(shared, PORT)}`,
    calls: () => Atomics.load(shared, CALLS),
    end: async () => void (await thread.terminate()),
  };
}

/** RunComfy's answers, in brief: jobs whose id says «ended» have a result, all others run. */
function answer(method: string, path: string, call: number): object {
  const [, , , id = '', verb = ''] = path.split(/[/?]/);
  const isEnded = id.includes('ended');
  if (method === 'POST') {
    return { request_id: `u-submitted-${call}`, status_url: '', result_url: '', cancel_url: '' };
  }
  if (verb === 'result' && isEnded) {
    return { request_id: id, ...RESULT };
  }
  return {
    request_id: id,
    status: isEnded ? 'completed' : 'in_progress',
    status_url: `https://model-api.runcomfy.net/v1/requests/${id}/status`,
    result_url: `https://model-api.runcomfy.net/v1/requests/${id}/result`,
  };
}

function serve(shared: Int32Array): void {
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/' } = request;
    const reply = () => {
      const body = JSON.stringify(answer(method, url, Atomics.add(shared, CALLS, 1)));
      response.writeHead(200, {
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
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    Atomics.store(shared, PORT, typeof address === 'object' ? (address?.port ?? 0) : 0);
    Atomics.notify(shared, PORT);
  });
}

if (!isMainThread) {
  serve(workerData);
}
