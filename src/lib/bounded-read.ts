// Reads a body up to a cap and not a byte further; a larger one costs no more memory than the cap.

export type BoundedBody = { ok: true; bytes: Uint8Array } | { ok: false; reason: 'too_large' | 'broken' };

/** All bytes of `body`, or why not. A declared length over the cap is refused without reading. */
export async function readBounded(source: Request | Response, maxBytes: number): Promise<BoundedBody> {
  const declared = source.headers.get('content-length');
  if (declared !== null && Number(declared) > maxBytes) {
    await source.body?.cancel();
    return { ok: false, reason: 'too_large' };
  }
  try {
    // HTTP ends a body at its declared length, so it can be taken in one step, for far less CPU than a stream; the
    // length of what is compressed says nothing of what comes out of it.
    return declared === null || source.headers.has('content-encoding')
      ? await readAll(source.body, maxBytes)
      : bounded(new Uint8Array(await source.arrayBuffer()), maxBytes);
  } catch {
    return { ok: false, reason: 'broken' };
  }
}

function bounded(bytes: Uint8Array, maxBytes: number): BoundedBody {
  return bytes.byteLength > maxBytes ? { ok: false, reason: 'too_large' } : { ok: true, bytes };
}

async function readAll(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<BoundedBody> {
  if (body === null) {
    return { ok: true, bytes: new Uint8Array() };
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Not `for await`, whose iterator costs several times as much CPU.
  const reader = body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      return { ok: false, reason: 'too_large' };
    }
    chunks.push(read.value);
  }
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) {
    return { ok: true, bytes: only };
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return { ok: true, bytes };
}
