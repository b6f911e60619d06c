// The bytes of a file that a call asks for (RFC 9110, section 14). Pure.

/** `whole`: no range, or one that the gateway ignores. `none`: the file has no such bytes. */
export type Range = { offset: number; length: number } | 'whole' | 'none';

const ONE_RANGE = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i;

/** A list of ranges and a malformed range are ignored: the whole file is a correct answer. */
export function rangeOf(header: string | null, bytes: number): Range {
  const [, first, last] = ONE_RANGE.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') {
    return 'whole';
  }
  if (first === '') {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'none' : { offset: bytes - length, length };
  }
  const offset = Number(first);
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < offset) {
    return 'whole';
  }
  return offset >= bytes ? 'none' : { offset, length: end - offset + 1 };
}
