// Bytes put together by hand.

/** Texts stand for one byte a character. */
export function joined(...parts: (string | Uint8Array | number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string' ? Array.from(part, (char) => char.charCodeAt(0)) : Array.from(part),
    ),
  );
}

/** With zeros behind, up to that length. */
export function padBytes(bytes: Uint8Array, length: number): Uint8Array {
  const longer = new Uint8Array(length);
  longer.set(bytes);
  return longer;
}

export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 30_000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 30_000));
  }
  return btoa(text);
}
