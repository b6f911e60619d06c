// Base62 text: the alphabet that survives URLs, double clicks and RunComfy's clients.

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `value` in base62, left-padded with zeros to `length` characters. */
export function base62(value: bigint, length: number): string {
  let rest = value;
  let text = '';
  while (text.length < length) {
    text = ALPHABET.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}

/** `bits` random bits (a multiple of 8) as one number. */
export function randomBits(bits: number): bigint {
  let value = 0n;
  for (const byte of crypto.getRandomValues(new Uint8Array(bits / 8))) {
    value = (value << 8n) | BigInt(byte);
  }
  return value;
}
