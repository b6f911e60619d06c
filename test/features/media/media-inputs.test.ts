// The values of a payload that are files.

import { test } from 'vitest';
import { findMedia } from '../../../src/features/media/media-inputs.ts';

const A = 'https://shop.dev/a';
const B = 'https://shop.dev/b';
const validations = [{ validation_rule: 'width_pixels<', validation_value: 5, validation_error: 'No.' }];

function found(properties: object, input: Record<string, unknown>) {
  return findMedia({ type: 'object', properties }, input).map(({ path, kind, url }) => [path, kind, url]);
}

test.for([
  [{ x: { type: 'string', format: 'image_uri' } }, { x: A }, [['x', 'image', A]]],
  [{ x: { type: 'string', format: 'video_uri' } }, { x: A }, [['x', 'video', A]]],
  [{ x: { type: ['string', 'null'], format: 'audio_uri' } }, { x: A }, [['x', 'audio', A]]],
  [
    { x: { type: 'array', format: 'image_uris' } },
    { x: [A, B] },
    [
      ['x[0]', 'image', A],
      ['x[1]', 'image', B],
    ],
  ],
  [
    { x: { type: 'array', format: 'video_uris', items: { type: 'string' } } },
    { x: [A] },
    [['x[0]', 'video', A]],
  ],
  [
    { x: { type: 'array', format: 'audio_uris', items: { format: 'audio_uri' } } },
    { x: [A] },
    [['x[0]', 'audio', A]],
  ],
  [
    { x: { type: 'array', items: { type: 'string', format: 'image_uri' } } },
    { x: [A] },
    [['x[0]', 'image', A]],
  ],
  [{ x: { type: 'string', validations } }, { x: A }, [['x', 'image', A]]],
  [{ x: { type: 'array', validations } }, { x: [A] }, [['x[0]', 'image', A]]],
  [{ x: { type: 'string', validations: [] } }, { x: 'a cat' }, []],
  [{ x: { validations: [{ validation_rule: 'file_size_mb<', validation_value: 5 }] } }, { x: A }, []],
  [{ x: { validations: [{ validation_rule: 'words<', validation_value: 5 }] } }, { x: 'a cat' }, []],
  [{ x: { validations: [{ validation_rule: 'duration_seconds<', validation_value: 5 }] } }, { x: A }, []],
  [{ x: { validations: [{ validation_rule: 'frame_rate>', validation_value: 8 }] } }, { x: A }, []],
  [{ x: { validations: [{ validation_rule: 'codec=', validation_value: 'h264' }] } }, { x: A }, []],
  [{ x: { validations, items: { format: 'video_uri' } } }, { x: [A] }, [['x[0]', 'video', A]]],
  [{ x: { type: 'string', format: 'uri' }, y: { type: 'string' } }, { x: A, y: B }, []],
  [{ x: { format: 'image_uri' } }, { x: '', y: A }, []],
  [{ x: { format: 'image_uri' } }, { x: '  ' }, []],
  [{ x: { format: 'image_uris' } }, { x: [null, 5, '', { url: A }, A] }, [['x[4]', 'image', A]]],
  [{ x: { format: 'image_uri' } }, { x: 5 }, []],
  [{ x: { format: 'image_uri' } }, { x: null }, []],
  [{ x: { format: 'image_uri', default: A } }, { x: A }, []],
  [{ x: { format: 'image_uri', default: A } }, { x: B }, [['x', 'image', B]]],
  [{ x: { format: 'image_uri', enum: [A, B] } }, { x: B }, []],
  [{ x: { items: { format: 'image_uri' }, default: [A] } }, { x: [A, B] }, [['x[1]', 'image', B]]],
  [{ x: { format: 'image_uris', enum: [[A], [B]] } }, { x: [B] }, []],
  [{ x: { properties: { y: { format: 'image_uri' } }, default: { y: A } } }, { x: { y: A } }, []],
  [
    { x: { items: { properties: { y: { format: 'image_uris' }, z: { format: 'video_uri' } } } } },
    { x: [{ y: [A] }, { z: B }] },
    [
      ['x[0].y[0]', 'image', A],
      ['x[1].z', 'video', B],
    ],
  ],
  [
    { x: { format: 'image_uris', items: { properties: { name: { type: 'string' } } } } },
    { x: [{ name: A }] },
    [],
  ],
  [{ x: true, y: null, z: 'nonsense', w: { items: false } }, { x: A, y: A, z: A, w: [A] }, []],
  [{ constructor: { format: 'image_uri' } }, {}, []],
] as [object, Record<string, unknown>, unknown[]][])(
  '%j of %j',
  ([properties, input, wanted], { expect }) => {
    expect(found(properties, input)).toEqual(wanted);
  },
);

test('the rules of an array hold for each item, together with those of the items', ({ expect }) => {
  const more = [{ validation_rule: 'file_size_mb<', validation_value: 1 }];
  const schema = {
    properties: {
      x: { validations, items: { format: 'image_uri', validations: more } },
      y: { format: 'image_uri' },
    },
  };
  const media = findMedia(schema, { x: [A, B], y: A });
  expect(media.map(({ rules }) => rules.map(({ name }) => name))).toEqual([
    ['width_pixels<', 'file_size_mb<'],
    ['width_pixels<', 'file_size_mb<'],
    [],
  ]);
});

test('a schema without properties has no media', ({ expect }) => {
  expect(findMedia({}, { x: A })).toEqual([]);
  expect(findMedia({ properties: [] }, { x: A })).toEqual([]);
});
