// A valid PNG of any size: a chequerboard in two colours, one bit a pixel, in uncompressed deflate blocks.
import { bytesOf, u32 } from './bytes.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const PALETTE = [0xf2, 0x9f, 0x4b, 0x2b, 0x4a, 0x6f];
const MAX_BLOCK = 65_535;

export function png({ width, height }: { width: number; height: number }): Uint8Array {
  const header = bytesOf(u32(width), u32(height), [1, 3, 0, 0, 0]);
  return bytesOf(
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', bytesOf(PALETTE)),
    chunk('IDAT', zlib(rows(width, height))),
    chunk('IEND', bytesOf()),
  );
}

/** Each row starts with its filter type, 0 for none. The squares are 32 pixels wide. */
function rows(width: number, height: number): Uint8Array {
  const stride = 1 + Math.ceil(width / 8);
  return Uint8Array.from({ length: stride * height }, (_, index) => {
    const column = index % stride;
    const row = Math.floor(index / stride);
    return column > 0 && (((column - 1) >> 2) + (row >> 5)) % 2 === 1 ? 0xff : 0;
  });
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = bytesOf(type, data);
  return bytesOf(u32(data.length), body, u32(crc32(body)));
}

function zlib(data: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let start = 0; start < data.length; start += MAX_BLOCK) {
    const block = data.subarray(start, start + MAX_BLOCK);
    const last = start + MAX_BLOCK >= data.length ? 1 : 0;
    const { length } = block;
    blocks.push(bytesOf([last, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255], block));
  }
  return bytesOf([0x78, 0x01], ...blocks, u32(adler32(data)));
}

function adler32(data: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of data) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}
