// Files inside the payload.

import { test } from 'vitest';
import { isDataUri, readDataUri } from '../../../src/features/media/data-uri.ts';
import { base64, joined, padBytes } from '../../support/bytes.ts';
import { jpeg, png } from '../../support/images.ts';

const SIDES = { width: 800, height: 600 };
const PNG = padBytes(png(SIDES), 1000);

function image(sizeBytes: number, format = 'png') {
  const canTurn = ['jpeg', 'avif', 'heic'].includes(format);
  return { kind: 'image', format, sides: SIDES, canTurn, sizeBytes };
}

test.for([
  ['data:image/png;base64,', true],
  [' DATA:,', true],
  ['database', false],
  ['https://shop.dev/data:', false],
] as const)('%j is a data URI: %s', ([value, is], { expect }) => {
  expect(isDataUri(value)).toBe(is);
});

test.for([
  'data:image/png;base64,',
  'data:;base64,',
  'DATA:IMAGE/PNG;BASE64,',
  ' data:image/png;charset=utf-8; base64 ,',
  'data:text/html;base64,',
])('%j before the bytes of a PNG: the bytes decide', (head, { expect }) => {
  expect(readDataUri(`${head}${base64(PNG)}`, 'image')).toEqual(image(1000));
});

test.for([998, 999, 1000, 1001])(
  '%i bytes are counted exactly, padded, unpadded and in lines',
  (size, { expect }) => {
    const text = base64(padBytes(png(SIDES), size));
    const bare = text.replace(/=+$/, '');
    for (const form of [
      text,
      bare,
      text.replaceAll('=', '%3D'),
      text.replaceAll('+', '%2B').replaceAll('A', '%41'),
      text.replaceAll(/.{76}/g, '$&\r\n'),
      `${text}\n`,
      `\t${bare} %0a`,
    ]) {
      expect(readDataUri(`data:image/png;base64,${form}`, 'image')).toEqual(image(size));
    }
  },
);

test('of 16 MiB only the front is decoded, and the size is exact', ({ expect }) => {
  const front = base64(padBytes(png(SIDES), 3000));
  const text = `${front}${'A'.repeat(16 * 1024 * 1024 - front.length)}`;
  const size = (text.length / 4) * 3;
  expect(readDataUri(`data:image/png;base64,${text}`, 'image')).toEqual(image(size));
  expect(readDataUri(`data:image/png;base64,${text}\n`, 'image')).toEqual(image(size));
  // Nothing after the front is decoded, so a mistake there is not noticed.
  expect(readDataUri(`data:image/png;base64,${text}!!!!`, 'image')).toEqual(image(size + 3));
});

test('an escape at the end of the front does not break it', ({ expect }) => {
  const text = base64(padBytes(png(SIDES), 600_000));
  for (const spaces of ['', ' ', '  ', '   ']) {
    const escaped = `${spaces}${text.slice(0, 100)}${text.slice(100).replaceAll('A', '%41')}`;
    expect(readDataUri(`data:image/png;base64,${escaped}`, 'image')).toEqual(image(600_000));
  }
});

test('a JPEG whose size comes behind the front has an unknown one', ({ expect }) => {
  const bytes = jpeg(SIDES, 300_000);
  expect(readDataUri(`data:image/jpeg;base64,${base64(bytes)}`, 'image')).toEqual({
    kind: 'image',
    format: 'jpeg',
    sides: null,
    canTurn: false,
    sizeBytes: bytes.length,
  });
});

test.for([
  ['data:image/png;base64,!!!!', 'its base64 is broken'],
  [`data:image/png;base64,${base64(PNG).slice(0, 40)}*`, 'its base64 is broken'],
  ['data:image/png;base64,A', 'its base64 is broken'],
  ['data:image/png;base64,%', 'its base64 is broken'],
  ['data:image/png;base64,%zz', 'its base64 is broken'],
  ['data:image/png;base64', 'not a valid data URI'],
  [`data:${'x'.repeat(2000)},`, 'not a valid data URI'],
  ['data:image/png;base64,', 'no image'],
  [`data:image/png;base64,${base64(joined('<html>'))}`, 'no image'],
] as const)('%j is refused: %s', ([value, reason], { expect }) => {
  const facts = readDataUri(value, 'image');
  expect(facts.kind).toBe('refused');
  expect(facts).toHaveProperty('reason', expect.stringContaining(reason));
});

test.for(['data:,hello', 'data:image/svg+xml,%3Csvg/%3E', 'data:image/png;base64;x=1,AAAA'])(
  '%j is not in base64 and is not checked',
  (value, { expect }) => {
    expect(readDataUri(value, 'image').kind).toBe('unknown');
  },
);

test('a video has its size, and its type is checked', ({ expect }) => {
  const video = readDataUri(`data:video/mp4;base64,${'A'.repeat(4000)}`, 'video');
  expect(video).toEqual({ kind: 'played', isUsualType: true, sizeBytes: 3000 });
  const page = readDataUri('data:text/html;base64,AAAA', 'audio');
  expect(page).toEqual({ kind: 'played', isUsualType: false, sizeBytes: 3 });
});
