// A valid WAV: one second of a quiet 440 Hz tone, 8 kHz, 8 bits, mono.
import { bytesOf, u32 } from './bytes.ts';

const RATE = 8000;
const TONE_HZ = 440;

export function wav(): Uint8Array {
  const samples = Uint8Array.from({ length: RATE }, (_, index) =>
    Math.round(128 + 40 * Math.sin((2 * Math.PI * TONE_HZ * index) / RATE)),
  );
  const format = bytesOf([1, 0, 1, 0], little(RATE), little(RATE), [1, 0, 8, 0]);
  const body = bytesOf('WAVEfmt ', little(16), format, 'data', little(RATE), samples);
  return bytesOf('RIFF', little(body.length), body);
}

function little(value: number): number[] {
  return u32(value).toReversed();
}
