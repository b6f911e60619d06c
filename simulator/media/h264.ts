// The part of H.264 that a playable film needs: baseline profile, key frames only, each made of raw (I_PCM) blocks of one
// colour. Section numbers are those of ITU-T H.264.
import { bytesOf } from './bytes.ts';

const MACROBLOCK = 16;
const I_PCM = 25;
/** Constrained baseline (66), level 1.0. */
const PROFILE_AND_LEVEL = '010000101100000000001010';

export type Frame = { index: number; luma: number; blueness: number; redness: number };

/** Sequence parameters (7.3.2.1.1); width and height are multiples of 16. */
export function sequenceParameters(width: number, height: number): Uint8Array {
  const bits = PROFILE_AND_LEVEL + ue(0) + ue(0) + ue(2) + ue(0) + '0';
  return unit(0x67, bits + ue(width / MACROBLOCK - 1) + ue(height / MACROBLOCK - 1) + '11001');
}

/** Picture parameters (7.3.2.2) with the simplest values. */
export function pictureParameters(): Uint8Array {
  return unit(0x68, ue(0) + ue(0) + '00' + ue(0) + ue(0) + ue(0) + '000' + ue(0) + ue(0) + ue(0) + '0001');
}

/** A key frame: slice header (7.3.3), then its blocks, each aligned to a byte after its type. */
export function keyFrame(frame: Frame, blocks: number): Uint8Array {
  const header = ue(0) + ue(7) + ue(0) + '0000' + ue(frame.index % 2) + '00' + ue(0);
  const first = packed(header + ue(I_PCM), '0');
  const next = packed(ue(I_PCM), '0');
  const samples = bytesOf(filled(256, frame.luma), filled(64, frame.blueness), filled(64, frame.redness));
  const rest = Array.from({ length: blocks - 1 }, () => [next, samples]).flat();
  return bytesOf([0x65], escaped(bytesOf(first, samples, ...rest, [0x80])));
}

function filled(length: number, value: number): number[] {
  return Array.from({ length }, () => value);
}

/** Exp-Golomb code (9.1). */
function ue(value: number): string {
  const binary = (value + 1).toString(2);
  return '0'.repeat(binary.length - 1) + binary;
}

function unit(header: number, bits: string): Uint8Array {
  return bytesOf([header], escaped(packed(bits, '0')));
}

function packed(bits: string, filler: string): Uint8Array {
  const length = Math.ceil(bits.length / 8);
  const whole = bits.padEnd(length * 8, filler);
  return Uint8Array.from({ length }, (_, index) => Number.parseInt(whole.slice(index * 8, index * 8 + 8), 2));
}

/** Two zero bytes must not be followed by one below 4 (7.4.1): a 3 is put between. */
function escaped(data: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const byte of data) {
    if (byte < 4 && out.at(-1) === 0 && out.at(-2) === 0) {
      out.push(3);
    }
    out.push(byte);
  }
  return Uint8Array.from(out);
}
