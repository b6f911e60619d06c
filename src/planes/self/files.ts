// /v1/files: files that a customer or its page uploads as model inputs. RunComfy accepts inputs only by URL.

import * as z from 'zod/mini';
import { fileUrl, type StoredFile } from '../../features/files/file.ts';
import { listFiles } from '../../features/files/list.ts';
import { deleteFile } from '../../features/files/remove.ts';
import { uploadFile } from '../../features/files/upload.ts';
import { pageBefore, paging, placeOf, showInstant, showPage } from '../../http/paging.ts';
import { route } from '../../http/route.ts';
import type { FileView } from './file-view.ts';

const uploadQuery = z.strictObject({ filename: z.optional(z.string().check(z.maxLength(1000))) });

export const fileRoutes = {
  uploadFile: route({
    method: 'POST',
    path: '/v1/files',
    door: 'key',
    tokens: true,
    summary: 'Upload an image, a video or an audio file. Use the URL in the response as a model input.',
    query: uploadQuery,
    body: 'file',
    status: 201,
    // A client that disconnects must not leave a partial file behind.
    held: true,
    rated: true,
    refusals: ['files_off', 'files_limit', 'gateway_limit'],
    async run({ runtime, principal, query, body, request: { origin } }) {
      const file = await uploadFile(runtime, principal, { ...body, name: query.filename ?? '' });
      return showFile(file, origin);
    },
  }),
  listFiles: route({
    method: 'GET',
    path: '/v1/files',
    door: 'key',
    tokens: true,
    summary: 'List your files, newest first.',
    query: z.strictObject(paging),
    refusals: ['files_off'],
    async run({ runtime, principal, query, request: { origin } }) {
      const files = await listFiles(runtime, principal, pageBefore(query));
      return showPage(files, query.limit, { show: (file) => showFile(file, origin), place: placeOf });
    },
  }),
  deleteFile: route({
    method: 'DELETE',
    path: '/v1/files/{file}',
    door: 'key',
    tokens: true,
    summary: 'Delete a file.',
    status: 204,
    rated: true,
    refusals: ['files_off', 'not_found'],
    async run({ runtime, principal, params, request }) {
      const { address, traceId } = request;
      await deleteFile(runtime, principal, { id: params.file, address, traceId });
      return null;
    },
  }),
};

function showFile(file: StoredFile, origin: string): FileView {
  return {
    id: file.id,
    url: fileUrl(origin, file),
    content_type: file.contentType,
    bytes: file.bytes,
    ...file.sides,
    expires_at: showInstant(file.expiresAtMs),
  };
}
