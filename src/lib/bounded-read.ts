// Reads a body up to a cap and not a byte further; a larger one costs no more memory than the cap.

type Unread = { ok: false; reason: 'too_large' | 'broken' };
export type BoundedBody = { ok: true; bytes: Uint8Array } | Unread;

const decoder = new TextDecoder();

/** All bytes of `body`, or why not. A declared length over the cap is refused without reading. */
export async function readBounded(source: Request | Response, maxBytes: number): Promise<BoundedBody> {
  const size = declaredSize(source);
  if (size !== null && size > maxBytes) {
    await source.body?.cancel();
    return { ok: false, reason: 'too_large' };
  }
  try {
    return size === null
      ? await readAll(source.body, maxBytes)
      : { ok: true, bytes: new Uint8Array(await source.arrayBuffer()) };
  } catch {
    return { ok: false, reason: 'broken' };
  }
}

/** The same as text, in which what is no UTF-8 is replaced. */
export async function readBoundedText(
  source: Response,
  maxBytes: number,
): Promise<{ ok: true; text: string } | Unread> {
  const size = declaredSize(source);
  if (size !== null && size <= maxBytes) {
    return source.text().then(
      (text) => ({ ok: true, text }),
      () => ({ ok: false, reason: 'broken' }),
    );
  }
  const read = await readBounded(source, maxBytes);
  return read.ok ? { ok: true, text: decoder.decode(read.bytes) } : read;
}

/**
 * The length that the body cannot exceed, because HTTP ends it there, or null. Such a body can be taken in one step,
 * for far less CPU than a stream. The length of what is compressed says nothing of what comes out of it, and chunks
 * go on past it.
 */
function declaredSize({ headers }: Request | Response): number | null {
  const declared = headers.get('content-length');
  const isLength = declared !== null && /^\d+$/.test(declared);
  return isLength && !headers.has('content-encoding') && !headers.has('transfer-encoding')
    ? Number(declared)
    : null;
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
