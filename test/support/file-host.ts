// Hosts of customers' files: a good one that serves ranges, and what bad ones answer.

import { serve } from './network.ts';

type Answer = (request: Request) => Response | Promise<Response>;

export type FileHost = {
  /** Every request that came, in order. */
  requests: Request[];
  /** How many were being answered at once, at most. */
  busiest: () => number;
  /** What `path` answers from now on; gives its URL. */
  on: (path: string, answer: Answer) => string;
  /** Serves these bytes, or the part that was asked for. */
  file: (path: string, bytes: Uint8Array, headers?: Record<string, string>) => string;
};

let hosts = 0;

export function fileHost(): FileHost {
  hosts += 1;
  const host = `files${hosts}.shop.dev`;
  const answers = new Map<string, Answer>();
  const requests: Request[] = [];
  let now = 0;
  let most = 0;
  serve(host, async (request) => {
    requests.push(request);
    now += 1;
    most = Math.max(most, now);
    try {
      const answer = answers.get(new URL(request.url).pathname);
      return answer === undefined ? new Response('no such file', { status: 404 }) : await answer(request);
    } finally {
      now -= 1;
    }
  });
  const on: FileHost['on'] = (path, answer) => {
    answers.set(path, answer);
    return `https://${host}${path}`;
  };
  return {
    requests,
    busiest: () => most,
    on,
    file: (path, bytes, headers = {}) => on(path, (request) => ranged(bytes, headers, request)),
  };
}

function ranged(bytes: Uint8Array, headers: Record<string, string>, request: Request): Response {
  const last = Number(/^bytes=0-(\d+)$/.exec(request.headers.get('Range') ?? '')?.[1]);
  const part = bytes.slice(0, last + 1);
  const range = `bytes 0-${part.length - 1}/${bytes.length}`;
  return new Response(part, { status: 206, headers: { 'Content-Range': range, ...headers } });
}

/** A body that gives `chunk` for ever, and counts. `read`: how many bytes were taken. */
export function endless(first: Uint8Array, chunk: Uint8Array): { body: ReadableStream; read: () => number } {
  let read = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = read === 0 ? first : chunk;
        read += next.length;
        controller.enqueue(next);
      },
    },
    { highWaterMark: 0 },
  );
  return { body, read: () => read };
}

/** Never answers; ends with the caller's patience. */
export function silence(request: Request): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = () => reject(new DOMException('aborted', 'AbortError'));
    request.signal.addEventListener('abort', give);
    if (request.signal.aborted) {
      give();
    }
  });
}
