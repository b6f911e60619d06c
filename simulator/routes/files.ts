// Serves files without authentication: outputs of jobs and sample inputs. A file is made from its name: 800x600.png has that
// size, and ?bytes=5000000 pads a file to that length.
import { jpeg } from '../media/jpeg.ts';
import { mp4 } from '../media/mp4.ts';
import { png } from '../media/png.ts';
import { wav } from '../media/wav.ts';

type Size = { width: number; height: number };
type FileKind = { type: string; make: (size: Size) => Uint8Array };

const PNG: FileKind = { type: 'image/png', make: png };
const JPEG: FileKind = { type: 'image/jpeg', make: jpeg };
const MP4: FileKind = { type: 'video/mp4', make: mp4 };
const WAV: FileKind = { type: 'audio/wav', make: wav };
const KINDS = new Map([
  ['png', PNG],
  ['jpg', JPEG],
  ['jpeg', JPEG],
  ['mp4', MP4],
  ['wav', WAV],
]);

const MAX_SIDE = 8192;
const MAX_BYTES = 32 * 1024 * 1024;

export function serveFile(request: Request): Response {
  const url = new URL(request.url);
  const name = url.pathname.split('/').at(-1) ?? '';
  const kind = KINDS.get(name.split('.').at(-1)?.toLowerCase() ?? '');
  if (!kind) {
    return new Response('no such file', { status: 404 });
  }
  const bytes = padded(kind.make(sizeIn(name)), Number(url.searchParams.get('bytes') ?? 0));
  return ranged(bytes, kind.type, request.headers.get('Range'));
}

function sizeIn(name: string): Size {
  const [, width = 640, height = 480] = /(\d+)x(\d+)\./.exec(name) ?? [];
  return { width: sideOf(Number(width)), height: sideOf(Number(height)) };
}

function sideOf(pixels: number): number {
  return Math.min(Math.max(pixels, 1), MAX_SIDE);
}

/** Readers of these formats ignore bytes after the end. */
function padded(bytes: Uint8Array, length: number): Uint8Array {
  if (!(length > bytes.length)) {
    return bytes;
  }
  const longer = new Uint8Array(Math.min(length, MAX_BYTES));
  longer.set(bytes);
  return longer;
}

function ranged(bytes: Uint8Array, type: string, header: string | null): Response {
  const headers = { 'Content-Type': type, 'Accept-Ranges': 'bytes' };
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') {
    return new Response(bytes, { headers });
  }
  const size = bytes.length;
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) {
    return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${size}` } });
  }
  return new Response(bytes.slice(start, end + 1), {
    status: 206,
    headers: { ...headers, 'Content-Range': `bytes ${start}-${end}/${size}` },
  });
}
