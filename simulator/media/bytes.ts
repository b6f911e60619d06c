// Small builders for binary formats.

export function bytesOf(...parts: (number[] | string | Uint8Array)[]): Uint8Array {
  const arrays = parts.map((part) =>
    typeof part === 'string' ? new TextEncoder().encode(part) : Uint8Array.from(part),
  );
  const all = new Uint8Array(arrays.reduce((length, array) => length + array.length, 0));
  let offset = 0;
  for (const array of arrays) {
    all.set(array, offset);
    offset += array.length;
  }
  return all;
}

/** Big-endian, as in PNG, JPEG and MP4. */
export function u32(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

export function u16(value: number): number[] {
  return [(value >>> 8) & 255, value & 255];
}
