// A file inside the input. Its text may be 16 MiB long, so only the front is decoded, and the size follows from the length.

import { isPlayedType, NO_IMAGE, type Facts, type Unknown } from './facts.ts';
import { readHeader } from './image-header.ts';
import type { MediaKind } from './media-inputs.ts';

const MAX_HEAD_CHARS = 1024;
/** Decodes to 256 KiB, a multiple of four. */
const MAX_FRONT_CHARS = 349_528;
const CUT_ESCAPE = /%[0-9a-f]?$/i;
const PERCENT = 37;
/** Blank, tab, line feed, form feed, carriage return. */
const SKIPPED = [32, 9, 10, 12, 13];

export function isDataUri(value: string): boolean {
  return /^\s*data:/i.test(value);
}

/** Reads a data URI without copying the whole text. */
export function readDataUri(value: string, kind: MediaKind): Facts | Unknown {
  const comma = value.slice(0, MAX_HEAD_CHARS).indexOf(',');
  if (comma === -1) {
    return { kind: 'refused', reason: 'it is not a valid data URI' };
  }
  const [type = '', ...parameters] = value.slice(value.indexOf(':') + 1, comma).split(';');
  if (parameters.at(-1)?.trim().toLowerCase() !== 'base64') {
    return { kind: 'unknown', reason: 'only data URIs in base64 are read' };
  }
  const front = decodeFront(value, comma + 1);
  if (front === null) {
    return { kind: 'refused', reason: `it is no ${kind}: its base64 is broken` };
  }
  const sizeBytes = decodedBytes(value, comma + 1);
  if (kind !== 'image') {
    return { kind: 'played', isUsualType: isPlayedType(type), sizeBytes };
  }
  const header = readHeader(front, front.length >= sizeBytes ? 'ends' : 'unread');
  return header.kind === 'image' ? { ...header, sizeBytes } : NO_IMAGE;
}

/** The first bytes; null: they are not base64. */
function decodeFront(value: string, start: number): Uint8Array | null {
  const isWhole = value.length - start <= MAX_FRONT_CHARS;
  const given = value.slice(start, start + MAX_FRONT_CHARS).replace(isWhole ? '' : CUT_ESCAPE, '');
  const text = (given.includes('%') ? unescaped(given) : given).replaceAll(/\s/g, '');
  try {
    const bytes = atob(isWhole ? text : text.slice(0, text.length - (text.length % 4)));
    const front = new Uint8Array(bytes.length);
    for (let index = 0; index < bytes.length; index += 1) {
      front[index] = bytes.charCodeAt(index);
    }
    return front;
  } catch {
    return null;
  }
}

function unescaped(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_match, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** The number of bytes that the base64 after `start` encodes. */
function decodedBytes(value: string, start: number): number {
  const hasOthers = [...SKIPPED, PERCENT].some((code) => value.includes(String.fromCharCode(code), start));
  const tail = unescaped(value.slice(Math.max(start, value.length - 64))).trimEnd();
  const padding = /=*$/.exec(tail)?.[0].length ?? 0;
  const chars = hasOthers ? countChars(value, start) : value.length - start;
  return Math.floor(((chars - padding) * 3) / 4);
}

/** Counts characters without whitespace; an escape counts as one. */
function countChars(value: string, start: number): number {
  let chars = 0;
  for (let index = start; index < value.length; index += 1) {
    const isEscape = value.charCodeAt(index) === PERCENT;
    const code = isEscape ? Number.parseInt(value.slice(index + 1, index + 3), 16) : value.charCodeAt(index);
    chars += SKIPPED.includes(code) ? 0 : 1;
    index += isEscape ? 2 : 0;
  }
  return chars;
}
