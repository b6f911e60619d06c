// Uploads a file as an input that RunComfy can fetch. In pages it uses XMLHttpRequest, because fetch reports no progress of
// an upload.

import { insist, type Answer, type CallOptions, type Link } from './call.ts';
import type { Held } from './credentials.ts';
import { ComfygateError } from './errors.ts';
import type { Operations } from './wire.ts';

export type StoredFile = Operations['uploadFile']['answer'];

export type UploadOptions = CallOptions & {
  /** The last part of the URL. By default the name of the File. */
  filename?: string;
  /** Called in pages only. Both numbers are bytes. */
  onProgress?: (progress: { sent: number; total: number }) => void;
};

/** Never repeated after a lost answer: the file may be stored already. */
export function upload(link: Link, file: Blob, options: UploadOptions = {}): Promise<StoredFile> {
  const name = options.filename ?? ('name' in file ? String(file.name) : '');
  const url = `${link.baseUrl}/v1/files${name === '' ? '' : `?filename=${encodeURIComponent(name)}`}`;
  const send = typeof XMLHttpRequest === 'function' ? sendFromPage : sendByFetch;
  return insist(link, {
    send: (held) => send({ link, url, file, options, held }),
    signal: options.signal,
    tries: 1,
  });
}

type Sent = { link: Link; url: string; file: Blob; options: UploadOptions; held: Held };

async function sendByFetch({ link, url, file, options: { signal }, held }: Sent): Promise<Answer> {
  try {
    const response = await link.fetch(url, {
      method: 'POST',
      headers: headersOf(file, held),
      body: file,
      signal: signal ?? null,
    });
    const text = await response.text();
    return { status: response.status, text, retryAfter: response.headers.get('Retry-After') };
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ComfygateError(null, { status: 0, cause });
  }
}

function sendFromPage({ url, file, options: { signal, onProgress }, held }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open('POST', url);
    for (const [name, value] of Object.entries(headersOf(file, held))) {
      request.setRequestHeader(name, value);
    }
    request.upload.addEventListener('progress', ({ loaded: sent }) => {
      onProgress?.({ sent, total: file.size });
    });
    request.addEventListener('loadend', () => {
      signal?.removeEventListener('abort', stop);
      if (request.status !== 0) {
        const { status, responseText: text } = request;
        resolve({ status, text, retryAfter: request.getResponseHeader('Retry-After') });
      } else {
        reject(signal?.aborted ? signal.reason : new ComfygateError(null, { status: 0 }));
      }
    });
    signal?.addEventListener('abort', stop);
    request.send(file);
  });
}

function headersOf({ type }: Blob, { token }: Held): Record<string, string> {
  return {
    Authorization: `Bearer ${token}`,
    'Content-Type': type === '' ? 'application/octet-stream' : type,
  };
}
