// Reads a body up to a cap and not a byte further; a larger one costs no more memory than the cap.

export type BoundedBody = { ok: true; bytes: Uint8Array } | { ok: false; reason: 'too_large' | 'broken' };

/** All bytes of `body`, or why not. A declared length over the cap is refused without reading. */
export async function readBounded(source: Request | Response, maxBytes: number): Promise<BoundedBody> {
  if (Number(source.headers.get('content-length') ?? 0) > maxBytes) {
    await source.body?.cancel();
    return { ok: false, reason: 'too_large' };
  }
  if (source.body === null) {
    return { ok: true, bytes: new Uint8Array() };
  }
  try {
    return await readAll(source.body, maxBytes);
  } catch {
    return { ok: false, reason: 'broken' };
  }
}

async function readAll(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<BoundedBody> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      return { ok: false, reason: 'too_large' };
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return { ok: true, bytes };
}
