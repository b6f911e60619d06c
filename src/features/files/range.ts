// Which bytes of a file a call asks for (RFC 9110, section 14). Pure.

/** `whole`: no range, or one that need not be honoured. `none`: there are no such bytes. */
export type Range = { offset: number; length: number } | 'whole' | 'none';

const ONE_RANGE = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i;

/** Of a list of ranges, and of what is no range at all, nothing is honoured: the whole file is a right answer. */
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
