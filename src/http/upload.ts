// The body of an upload. It is streamed to storage, so its length must be declared.

import { Problem } from '../lib/problem.ts';
import { headerOf, type RequestContext } from './context.ts';

export type UploadBody = { bytes: number; stream: ReadableStream<Uint8Array> };

/** Throws 411 without a Content-Length and 415 for a compressed body. */
export function uploadOf(context: RequestContext): UploadBody {
  const declared = headerOf(context, 'Content-Length') ?? '';
  if (!/^\d{1,15}$/.test(declared)) {
    throw new Problem('length_required', 'Send the file as the body, with its Content-Length.');
  }
  if (!/^(?:identity)?$/i.test(headerOf(context, 'Content-Encoding') ?? '')) {
    throw new Problem('unsupported_file', 'Send the file as it is, without a Content-Encoding.');
  }
  const { body } = context.request;
  if (body === null || declared === '0') {
    throw new Problem('unsupported_file', 'The body is empty. Send the file as the body.');
  }
  return { bytes: Number(declared), stream: body };
}
