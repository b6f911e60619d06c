// A valid baseline JPEG of any size in one grey. Its own Huffman tables make a block two bits long: the first block has the
// brightness, every other one only "as before" and "no detail".
import { bytesOf, u16 } from './bytes.ts';

const BLOCK = 8;

export function jpeg({ width, height }: { width: number; height: number }): Uint8Array {
  const blocks = Math.ceil(width / BLOCK) * Math.ceil(height / BLOCK);
  return bytesOf(
    [0xff, 0xd8],
    segment(0xe0, bytesOf('JFIF\0', [1, 1, 0, 0, 1, 0, 1, 0, 0])),
    segment(
      0xdb,
      bytesOf(
        [0],
        Array.from({ length: 64 }, () => 8),
      ),
    ),
    segment(0xc0, bytesOf([8], u16(height), u16(width), [1, 1, 0x11, 0])),
    segment(0xc4, huffman(0x00, [1, 1], [0, 6])),
    segment(0xc4, huffman(0x10, [1], [0])),
    segment(0xda, bytesOf([1, 1, 0x00, 0, 63, 0])),
    scan(blocks),
    [0xff, 0xd9],
  );
}

function segment(marker: number, data: Uint8Array): Uint8Array {
  return bytesOf([0xff, marker], u16(data.length + 2), data);
}

/** `counts`: the number of codes with 1, 2, … bits. */
function huffman(id: number, counts: number[], symbols: number[]): Uint8Array {
  const lengths = Array.from({ length: 16 }, (_, index) => counts[index] ?? 0);
  return bytesOf([id], lengths, symbols);
}

/** First block: code 10 (six bits follow), 101000 = brighter by 40 steps, code 0 = no detail. The rest: 0 and 0. */
function scan(blocks: number): Uint8Array {
  const bits = 9 + (blocks - 1) * 2;
  const data = new Uint8Array(Math.ceil(bits / 8));
  data.set([0b1010_1000, 0b0000_0000]);
  const spare = data.length * 8 - bits;
  data[data.length - 1] = (data.at(-1) ?? 0) | ((1 << spare) - 1);
  return data;
}
