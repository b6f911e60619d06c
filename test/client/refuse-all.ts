// Each call of the client against one refusal after another. It runs in Node and, bundled, in a page.

import { ComfygateError, createClient, type Client } from '../../client/src/index.ts';

export type Heard = {
  call: string;
  asked: string;
  error: Record<string, unknown>;
};

const CALLS: Record<string, (client: Client) => Promise<unknown>> = {
  listOfferedModels: (client) => client.models({ search: 'x' }),
  getOfferedModel: (client) => client.model('some/model'),
  getOwnKey: (client) => client.key(),
  estimate: (client) => client.estimate('some/model', { prompt: 'x' }),
  submit: (client) => client.submit('some/model', { prompt: 'x' }),
  getStatus: (client) => client.status('job-1'),
  getResult: (client) => client.result('job-1'),
  cancelJob: (client) => client.cancel('job-1'),
  uploadFile: (client) => client.upload(new Blob(['png'], { type: 'image/png' }), { filename: 'a.png' }),
};

/** The operations that the client calls. */
export const CALLED = Object.keys(CALLS);

/** `pairs`: an operation, and what it is to be refused with. */
export async function hearAll(gate: string, pairs: [call: string, code: string][]): Promise<Heard[]> {
  const heard: Heard[] = [];
  for (const [call, code] of pairs) {
    const client = createClient({
      baseUrl: `${gate}/refuse/${code}`,
      credentials: 'cgt_token',
      wait: async () => undefined,
    });
    heard.push({ call, asked: code, error: await errorOf(CALLS[call]!(client)) });
  }
  return heard;
}

/** The progress events of an upload of this size, with any outcome. */
export async function progressOf(gate: string, bytes: number): Promise<{ sent: number; total: number }[]> {
  const told: { sent: number; total: number }[] = [];
  const client = createClient({ baseUrl: `${gate}/refuse/unsupported_file`, credentials: 'cgt_token' });
  await errorOf(
    client.upload(new Blob([new Uint8Array(bytes)]), { onProgress: (share) => told.push(share) }),
  );
  return told;
}

/** The outcome of an upload that its page aborts at once. */
export async function stoppedUpload(gate: string): Promise<unknown> {
  const controller = new AbortController();
  const client = createClient({ baseUrl: `${gate}/refuse/internal`, credentials: 'cgt_token' });
  const upload = client.upload(new Blob(['png']), { signal: controller.signal });
  // The token is read first.
  await Promise.resolve();
  await Promise.resolve();
  controller.abort(new Error('enough'));
  return errorOf(upload);
}

async function errorOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    return { answered: await promise };
  } catch (error) {
    if (!(error instanceof ComfygateError)) {
      return { thrown: String(error) };
    }
    const { name, message, status, code, traceId, errors, limit, retryAfter, requestId } = error;
    return { name, message, status, code, traceId, errors, limit, retryAfter, requestId };
  }
}
