// A valid MP4 that plays: five seconds, one frame a second, from orange to blue. The frames precede the index, so that their
// place in the file is known when the index is written.
import { bytesOf, u16, u32 } from './bytes.ts';
import { keyFrame, pictureParameters, sequenceParameters } from './h264.ts';

const WIDTH = 64;
const HEIGHT = 48;
const BLOCKS = (WIDTH / 16) * (HEIGHT / 16);
const FRAMES = 5;
const TICKS_PER_SECOND = 1000;
const TICKS = FRAMES * TICKS_PER_SECOND;
const MATRIX = [1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30].flatMap(u32);

export function mp4(): Uint8Array {
  const type = box('ftyp', 'isom', u32(512), 'isomavc1mp41');
  const frames = Array.from({ length: FRAMES }, (_, index) => {
    const fade = index * 12;
    const nal = keyFrame({ index, luma: 170 - fade, blueness: 80 + fade, redness: 170 - fade }, BLOCKS);
    return bytesOf(u32(nal.length), nal);
  });
  const firstFrameAt = type.length + 8;
  const sizes = frames.map((frame) => frame.length);
  return bytesOf(type, box('mdat', ...frames), box('moov', movieHeader(), track(sizes, firstFrameAt)));
}

function box(type: string, ...content: (number[] | string | Uint8Array)[]): Uint8Array {
  const body = bytesOf(...content);
  return bytesOf(u32(body.length + 8), type, body);
}

/** A box that starts with a version and three bytes of flags. */
function fullBox(type: string, flags: number, ...content: (number[] | string | Uint8Array)[]): Uint8Array {
  return box(type, u32(flags), ...content);
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}

function movieHeader(): Uint8Array {
  const rateAndVolume = [...u32(1 << 16), ...u16(1 << 8), ...zeros(10)];
  const times = [...zeros(8), ...u32(TICKS_PER_SECOND), ...u32(TICKS)];
  return fullBox('mvhd', 0, times, rateAndVolume, MATRIX, zeros(24), u32(2));
}

function track(sizes: number[], firstFrameAt: number): Uint8Array {
  const times = [...zeros(8), ...u32(1), ...zeros(4), ...u32(TICKS)];
  const size = [...u32(WIDTH << 16), ...u32(HEIGHT << 16)];
  const header = fullBox('tkhd', 3, times, zeros(16), MATRIX, size);
  const mediaTimes = [...zeros(8), ...u32(TICKS_PER_SECOND), ...u32(TICKS), 0x55, 0xc4, 0, 0];
  const handler = fullBox('hdlr', 0, zeros(4), 'vide', zeros(12), 'video\0');
  const reference = box('dinf', fullBox('dref', 0, u32(1), fullBox('url ', 1)));
  const information = box('minf', fullBox('vmhd', 1, zeros(8)), reference, sampleTable(sizes, firstFrameAt));
  return box('trak', header, box('mdia', fullBox('mdhd', 0, mediaTimes), handler, information));
}

function sampleTable(sizes: number[], firstFrameAt: number): Uint8Array {
  return box(
    'stbl',
    fullBox('stsd', 0, u32(1), sampleEntry()),
    fullBox('stts', 0, [1, FRAMES, TICKS_PER_SECOND].flatMap(u32)),
    fullBox('stsc', 0, [1, 1, FRAMES, 1].flatMap(u32)),
    fullBox('stsz', 0, [0, FRAMES, ...sizes].flatMap(u32)),
    fullBox('stco', 0, [1, firstFrameAt].flatMap(u32)),
  );
}

function sampleEntry(): Uint8Array {
  const sequence = sequenceParameters(WIDTH, HEIGHT);
  const picture = pictureParameters();
  const configuration = bytesOf([1, ...sequence.subarray(1, 4), 0xff, 0xe1], u16(sequence.length), sequence);
  const resolution = [...u32(72 << 16), ...u32(72 << 16), ...zeros(4), ...u16(1)];
  return box(
    'avc1',
    [...zeros(6), ...u16(1), ...zeros(16), ...u16(WIDTH), ...u16(HEIGHT), ...resolution],
    [...zeros(32), ...u16(24), 0xff, 0xff],
    box('avcC', configuration, [1], u16(picture.length), picture),
  );
}
