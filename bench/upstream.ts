// The upstream of all who are measured: answers from memory and counts, in a thread of its own.

import { once } from 'node:events';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { isUpstreamOf } from './made-up.ts';
import { serveJson } from './serve-json.ts';

export type Upstream = { origin: string; calls: () => number; end: () => Promise<void> };

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
  const calls = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(import.meta.filename, { workerData: calls });
  const [port] = await once(thread, 'message');
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    calls: () => Atomics.load(calls, 0),
    end: async () => void (await thread.terminate()),
  };
}

/** RunComfy's answers, in brief: the jobs that were made up as ended have a result, all others run. */
function answer(method: string, path: string, call: number): object {
  const [, , , id = '', verb = ''] = path.split(/[/?]/);
  const isEnded = isUpstreamOf('ended', id);
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

if (!isMainThread) {
  const calls: Int32Array = workerData;
  const port = await serveJson((method, url) => answer(method, url, Atomics.add(calls, 0, 1)));
  parentPort?.postMessage(port, []);
}
