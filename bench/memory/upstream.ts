// An upstream whose results echo what the prompt asked for: nothing, 32 KiB in tiny values, or 15.9 MiB. In a thread of its
// own. Every job has ended at its first poll.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';

export type Echo = 'usual' | 'tiny' | 'large';

const PROMPT = 'a lighthouse in the rain';
const ECHOES: Record<Echo, object> = {
  usual: { prompt: PROMPT },
  tiny: { prompt: PROMPT, list: JSON.parse(`[${'{},'.repeat(10_000)}{}]`) },
  large: { prompt: PROMPT, image: 'x'.repeat(15.9 * 2 ** 20) },
};

/** The prompt that asks for an echo. */
export function promptFor(echo: Echo): string {
  return `echo ${echo}`;
}

export async function startEchoUpstream(): Promise<{ origin: string; end: () => Promise<void> }> {
  const thread = new Worker(import.meta.filename);
  const [port] = await once(thread, 'message');
  return { origin: `http://127.0.0.1:${String(port)}`, end: async () => void (await thread.terminate()) };
}

function serve(): void {
  const whole = Object.fromEntries(
    Object.entries(ECHOES).map(([echo, input]) => {
      const result = {
        status: 'succeeded',
        output: { video: 'https://cdn.example/x.mp4' },
        cost: 0.1,
        input,
      };
      return [echo, Buffer.from(JSON.stringify(result))];
    }),
  );
  let jobs = 0;
  const server = createServer((request, response) => {
    const reply = (body: Buffer) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.byteLength });
      response.end(body);
    };
    const replyJson = (value: object) => reply(Buffer.from(JSON.stringify(value)));
    const [, , , id = '', verb = ''] = (request.url ?? '').split(/[/?]/);
    if (request.method !== 'POST') {
      const echo = id.split('-')[1] ?? '';
      return verb === 'result' ? reply(whole[echo] ?? Buffer.from('{}')) : replyJson({ status: 'completed' });
    }
    let start = '';
    request.on('data', (data: Buffer) => {
      start ||= data.subarray(0, 100).toString('latin1');
    });
    request.once('end', () => {
      const [, echo = 'usual'] = /"prompt":"echo (\w+)"/.exec(start) ?? [];
      jobs += 1;
      replyJson({ request_id: `u-${echo}-${jobs}` });
    });
    return undefined;
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    parentPort?.postMessage(typeof address === 'object' ? address?.port : 0, []);
  });
}

if (!isMainThread) {
  serve();
}
