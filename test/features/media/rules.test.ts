// The rules of a schema: how they are read, reported, and judged under every reading.

import { test } from 'vitest';
import { breaches, readRules, ruleNotes, type Measured } from '../../../src/features/media/rules.ts';

type Given = [rule: string, value: unknown];

function rulesOf(...given: Given[]) {
  return readRules({
    validations: given.map(([rule, value]) => ({
      validation_rule: rule,
      validation_value: value,
      validation_error: `No: ${rule} ${String(value)}.`,
    })),
  }).rules;
}

function broken(given: Given[], measured: Partial<Measured>): string[] {
  const all = { sizeBytes: null, sides: null, canTurn: false, ...measured };
  return breaches(rulesOf(...given), all).map(({ name }) => name);
}

const sides = (width: number, height: number) => ({ sides: { width, height } });

test.for([
  ['<', [true, false, false]],
  ['<=', [true, true, false]],
  ['>', [false, false, true]],
  ['>=', [false, true, true]],
  ['=', [false, true, false]],
  ['==', [false, true, false]],
  ['!=', [true, false, true]],
] as const)('width_pixels%s 100 is judged at 99, 100 and 101', ([comparison, passes], { expect }) => {
  const judged = [99, 100, 101].map((width) =>
    broken([[`width_pixels${comparison}`, 100]], sides(width, 50)),
  );
  expect(judged.map((names) => names.length === 0)).toEqual(passes);
});

test('each metric is measured by its own figure', ({ expect }) => {
  const measured = { ...sides(400, 200), sizeBytes: 3_000_000 };
  const rules: Given[] = [
    ['width_pixels==', 400],
    ['height_pixels==', 200],
    ['width/height==', 2],
    ['file_size_mb==', 3],
  ];
  expect(broken(rules, measured)).toEqual([]);
  for (const [name] of rules) {
    expect(broken([[name, 7]], measured)).toEqual([name]);
  }
});

test('spaces around the comparison and numbers in quotes are understood', ({ expect }) => {
  expect(broken([[' width_pixels <= ', ' 100 ']], sides(101, 1))).toEqual([' width_pixels <= ']);
});

test.for([
  [['width_pixels', 5]],
  [['width_pixels=<', 5]],
  [['width_pixels<<', 5]],
  [['WIDTH_PIXELS<', 5]],
  [['width_pixels<', 'wide']],
  [['width_pixels<', '']],
  [['width_pixels<', null]],
  [['width_pixels<', true]],
  [['constructor<', 5]],
] as [Given][])('%j is ignored and reported with its path', ([given], { expect }) => {
  expect(rulesOf(given)).toEqual([]);
  const [rule, value] = given;
  const validations = [{ validation_rule: rule, validation_value: value }];
  expect(ruleNotes({ properties: { image: { validations } } })).toEqual([
    `/properties/image: the media rule ${JSON.stringify(rule)} is not understood; not enforced`,
  ]);
});

test.for([
  'duration<=',
  'duration_seconds>',
  'frame_rate<',
  'fps>=',
  'codec=',
  'video_codec',
  'sample_rate>',
])('the rule %s is reported as not checked', (rule, { expect }) => {
  const validations = [{ validation_rule: rule, validation_value: 'h264' }];
  expect(ruleNotes({ properties: { clip: { validations } } })).toEqual([
    `/properties/clip: the media rule "${rule}" is about the content of the file; not enforced`,
  ]);
});

test('invalid rules are reported, wherever they are', ({ expect }) => {
  const schema = {
    properties: {
      a: { validations: 'width<5' },
      b: { items: { properties: { c: { validations: [5, null, { validation_rule: 'x'.repeat(500) }] } } } },
      d: { validations: null },
      e: { validations: [{ validation_rule: 'width_pixels<', validation_value: 5 }] },
    },
  };
  const notes = ruleNotes(schema);
  expect(notes.map((note) => note.split(':')[0])).toEqual([
    '/properties/a',
    ...Array(3).fill('/properties/b/items/properties/c'),
  ]);
  expect(Math.max(...notes.map((note) => note.length))).toBeLessThan(200);
});

test('a rule about pixels on a video is reported, one about its size is not', ({ expect }) => {
  const validations = [
    { validation_rule: 'file_size_mb<', validation_value: 16 },
    { validation_rule: 'width_pixels<', validation_value: 1280 },
  ];
  const note = 'the media rule "width_pixels<" is for images only; not enforced';
  expect(ruleNotes({ properties: { v: { format: 'video_uri', validations } } })).toEqual([
    `/properties/v: ${note}`,
  ]);
  expect(ruleNotes({ properties: { v: { items: { format: 'audio_uri' }, validations } } })).toEqual([
    `/properties/v: ${note}`,
  ]);
});

test('MB are read as 10^6 and as 2^20 bytes, and only what is too much in both is refused', ({ expect }) => {
  const below: Given[] = [['file_size_mb<', 4.7]];
  expect(broken(below, { sizeBytes: 4_699_999 })).toEqual([]);
  expect(broken(below, { sizeBytes: 4_700_000 })).toEqual([]);
  expect(broken(below, { sizeBytes: 4_928_307 })).toEqual([]);
  expect(broken(below, { sizeBytes: 4_928_308 })).toEqual(['file_size_mb<']);
});

test('a ratio is read as width by height and as long by short', ({ expect }) => {
  const atMost: Given[] = [['width/height<', 3]];
  expect(broken(atMost, sides(2999, 1000))).toEqual([]);
  expect(broken(atMost, sides(3000, 1000))).toEqual(['width/height<']);
  expect(broken(atMost, sides(1000, 3000))).toEqual([]);
  const both: Given[] = [...atMost, ['width/height>', 0.33]];
  expect(broken(both, sides(1000, 3000))).toEqual([]);
  expect(broken(both, sides(1000, 3031))).toEqual(['width/height>']);
});

test('the set is judged as a whole: no reading may take one rule this way and the next one that way', ({
  expect,
}) => {
  // By width and height it breaks the second rule, by long and short side the first one.
  const rules: Given[] = [
    ['width/height<', 1.5],
    ['width/height>', 1],
  ];
  expect(broken(rules, sides(100, 200))).toEqual(['width/height>']);
});

test('sides that a rotation may swap are read both ways', ({ expect }) => {
  const rules: Given[] = [['width_pixels<=', 100]];
  expect(broken(rules, sides(101, 50))).toEqual(['width_pixels<=']);
  expect(broken(rules, { ...sides(101, 50), canTurn: true })).toEqual([]);
  expect(broken(rules, { ...sides(101, 101), canTurn: true })).toEqual(['width_pixels<=']);
});

test('what was not measured breaks nothing', ({ expect }) => {
  const rules: Given[] = [
    ['width_pixels<', 1],
    ['width/height<', 0],
    ['file_size_mb<', 1],
  ];
  expect(broken(rules, {})).toEqual([]);
  expect(broken(rules, { sizeBytes: 2_000_000 })).toEqual(['file_size_mb<']);
});
