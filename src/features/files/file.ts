// An uploaded file, its name and its URL. Pure.

import type { Facts } from '../media/facts.ts';
import { NO_IMAGE } from '../media/facts.ts';
import type { MediaKind } from '../media/media-inputs.ts';
import type { CustomerId, FileId, KeyId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import type { FileType, Sides } from './file-type.ts';

export type StoredFile = {
  id: FileId;
  /** Part of the URL. Everyone who has it may read the file. */
  secret: string;
  customerId: CustomerId;
  family: KeyId;
  /** The browser token that uploaded it, else ''. */
  tokenId: KeyId | '';
  endUser: string;
  /** The last part of the URL. */
  name: string;
  contentType: string;
  bytes: number;
  /** Null: the file is no image, or its size is unknown. */
  sides: Sides | null;
  createdAtMs: number;
  expiresAtMs: number;
};

/** 190 bits. */
export const SECRET_CHARS = 32;
const SECRET = `[0-9A-Za-z]{${SECRET_CHARS}}`;
const WHOLE_SECRET = new RegExp(`^${SECRET}$`);
const PATH = new RegExp(`^/files/(${SECRET})/([^/]+)$`);
const MAX_STEM = 80;

export function isSecret(text: string): boolean {
  return WHOLE_SECRET.test(text);
}

export function fileUrl(origin: string, { secret, name }: Pick<StoredFile, 'secret' | 'name'>): string {
  return `${origin}/files/${secret}/${name}`;
}

/** The secret in the URL of a file of this gateway; null for any other URL. */
export function secretIn(text: string, origins: string[]): string | null {
  const url = URL.parse(text);
  const isOwn = url !== null && origins.includes(url.origin) && url.username === '' && url.password === '';
  return isOwn ? (PATH.exec(url.pathname)?.[1] ?? null) : null;
}

/** A name that needs no escaping in a URL, a shell or a file system, with an extension of the file's true type. */
export function fileName(given: string, { endings }: FileType): string {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  const [, stem = last, ending = ''] = /^(.+)\.([^.]*)$/s.exec(last) ?? [];
  const plain = stem
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^0-9A-Za-z_]+/g, '-')
    .slice(0, MAX_STEM)
    .replaceAll(/^-|-$/g, '');
  const known = endings.find((one) => one === ending.toLowerCase()) ?? endings[0];
  return `${plain === '' ? 'file' : plain}.${known}`;
}

/** The facts of the file for an input of this kind. */
export function factsFor({ contentType, bytes, sides }: StoredFile, kind: MediaKind): Facts {
  const [isA, format = ''] = contentType.split('/');
  if (isA === 'image' && kind === 'image') {
    // EXIF was not stored. In any format but GIF it may rotate the image.
    return { kind: 'image', format, sides, canTurn: format !== 'gif', sizeBytes: bytes };
  }
  return kind === 'image' ? NO_IMAGE : { kind: 'played', isUsualType: isA !== 'image', sizeBytes: bytes };
}

/** The same answer for a foreign, a missing, an expired and a malformed file. */
export function noSuchFile(): Problem {
  return new Problem('not_found', 'There is no such file.');
}
