// Base62 text: the alphabet that survives URLs, double clicks and RunComfy's clients.

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A non-negative integer in base62, left-padded with zeros to `length` characters. */
export function base62(value: number, length: number): string {
  let rest = value;
  let text = '';
  while (text.length < length) {
    text = ALPHABET.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Uniformly random characters of 5.95 bits each. */
export function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    // One byte in 32 is discarded; a few spare bytes make a second draw rare.
    for (const byte of crypto.getRandomValues(new Uint8Array(length + 10))) {
      const index = byte & 63;
      text += index < ALPHABET.length && text.length < length ? ALPHABET.charAt(index) : '';
    }
  }
  return text;
}
