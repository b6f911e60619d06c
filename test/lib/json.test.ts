import * as fc from 'fast-check';
import { test } from 'vitest';
import { parseStrictJson } from '../../src/lib/json.ts';

const encoder = new TextEncoder();
const parse = (text: string) => parseStrictJson(encoder.encode(text));

test.for([
  ['{"a":1,"a":2}', '"a" stands twice'],
  ['{"a":1,"\\u0061":2}', '"a" stands twice'],
  ['{"o":{"b":[{"c":1,"c":1}]}}', '"c" stands twice'],
  ['{"a":[1,{"x":2}],"a":3}', '"a" stands twice'],
  ['{"__proto__":{}}', '"__proto__" is not accepted'],
  ['{"o":{"\\u005f_proto__":1}}', '"__proto__" is not accepted'],
  ['{"constructor":1}', '"constructor" is not accepted'],
  ['{"a":1e999}', '1e999 is too large'],
  ['{"a":[-1e999]}', '-1e999 is too large'],
  ['\uFEFF{}', 'byte-order mark'],
  ['', 'There is no body'],
  ['{', 'not valid JSON'],
  ['{}{}', 'not valid JSON'],
  ["{'a':1}", 'not valid JSON'],
  ['{"a":1,}', 'not valid JSON'],
  ['[NaN]', 'not valid JSON'],
  ['{"a":"x\\u0000"}', 'holds U+0000'],
  ['{"a":"\\\\\\u0000"}', 'holds U+0000'],
  ['{"a":[1,{"b":["\\u0000"]}]}', 'holds U+0000'],
  ['{"a\\u0000":1}', 'holds U+0000'],
  ['"\\u0000"', 'holds U+0000'],
  ['{"a":"\\ud83c"}', 'half of a surrogate pair'],
  ['{"a":"\\uD83C"}', 'half of a surrogate pair'],
  ['{"a":"\\udf89"}', 'half of a surrogate pair'],
  ['{"a":"\\udf89\\ud83c"}', 'half of a surrogate pair'],
  ['{"a":"\\ud83c🎉"}', 'half of a surrogate pair'],
  ['{"a":"🎉\\udf89"}', 'half of a surrogate pair'],
  ['{"a":[{"b":{"x\\ud83c":1}}]}', 'half of a surrogate pair'],
  ['{"a":"\u0000"}', 'not valid JSON'],
  [`${'['.repeat(65)}${']'.repeat(65)}`, 'deeper than 64'],
  [`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`, 'deeper than 64'],
] as const)('%s is refused: %s', ([text, reason], { expect }) => {
  expect(parse(text)).toEqual({ ok: false, isTooMany: false, detail: expect.stringContaining(reason) });
});

test.for([[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0xaf]])(
  'a string with the bytes %j is no UTF-8',
  (bytes, { expect }) => {
    const body = new Uint8Array([...encoder.encode('{"a":"'), ...bytes, ...encoder.encode('"}')]);
    expect(parseStrictJson(body)).toEqual({
      ok: false,
      isTooMany: false,
      detail: 'The body is not valid UTF-8.',
    });
  },
);

test.for([
  '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}',
  '{"a":"a","b":"a\\"}{,:a","c":"\\\\"}',
  '{"":1,"\\\\":2,"\\\\\\\\":3}',
  '["a","a",["a"]]',
  '{"\\u00e9\\ud83c\\udf89":["\\u0001","\\uD83C\\uDF89","🎉","\\ufffd","\\uffff"]}',
  '{"a":"\\\\u0000","b":"\\\\ud83c","c\\\\u0000":"\\\\\\\\u0000"}',
  ` {\n"a" :\t"x" , "b":null}\r\n`,
  '{"n":9007199254740993,"x":1e308,"y":-0.5E-3}',
  `${'['.repeat(64)}${']'.repeat(64)}`,
  '"text"',
  'true',
])('%s is read as JSON.parse reads it', (text, { expect }) => {
  expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
});

test('whatever JSON.stringify writes of text is accepted, and read back equal', ({ expect }) => {
  const names = fc.string({ unit: 'grapheme' }).filter((name) => !(name in Object.prototype));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\0\p{Surrogate}]/gu, '')),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(names, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.integer({ min: 0, max: 3 }), (json, indent) => {
      const text = JSON.stringify(json, null, indent);
      expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
    }),
    { numRuns: 500, seed: 1 },
  );
});

test('a duplicate key is found anywhere', ({ expect }) => {
  const key = fc.string({ minLength: 1 }).filter((name) => !(name in Object.prototype));
  fc.assert(
    fc.property(key, fc.array(fc.json({ maxDepth: 2 }), { maxLength: 4 }), (name, between) => {
      const quoted = JSON.stringify(name);
      const inner = between.map((json, index) => `${JSON.stringify(`${name}${index}`)}:${json}`);
      const text = `{"outer":[0,{${[`${quoted}:1`, ...inner, `${quoted}:2`].join(',')}}]}`;
      expect(parse(text)).toMatchObject({ ok: false });
    }),
    { numRuns: 300, seed: 2 },
  );
});

test('an escaped key is read as itself, whatever keys were read before it', ({ expect }) => {
  // V8 13.6, of Node 24, takes the second key for the first one, whose text has the same characters: the quantity that
  // RunComfy reads would be absent here, and the job priced by its default.
  parse(String.raw`{"prompt":"x","\\u0066":1}`);
  expect(parse(String.raw`{"prompt":"x","\u0066rames":241}`)).toEqual({
    ok: true,
    value: { prompt: 'x', frames: 241 },
  });
});

test('100,000 values are read, more are never built', ({ expect }) => {
  const refused = { ok: false, isTooMany: true, detail: expect.stringContaining('100000 values') };
  const lists = [
    (count: number) => `[${'1,'.repeat(count - 2)}1]`,
    (count: number) => `[${' {} ,'.repeat(count - 2)}[]]`,

    (count: number) => `[${'[1],'.repeat((count - 2) / 2)}[]]`,
    (count: number) => `{${Array.from({ length: count - 1 }, (_, at) => `"k${String(at)}":1`).join(',')}}`,
  ];
  for (const list of lists) {
    expect(parse(list(100_000)).ok).toBe(true);
    expect(parse(list(100_002))).toEqual(refused);
  }
  expect(parse('1,'.repeat(4_000_000))).toEqual(refused);
  expect(parse('['.repeat(4_000_000))).toEqual(refused);
  expect(parse('['.repeat(90_000))).toMatchObject({ detail: expect.stringContaining('deeper than 64') });
});

/** V8 gives such strings hashes that anyone can compute: 15,000 of them took JSON.parse seconds, a set of them minutes. */
const numerals = [
  { what: 'values', one: (at: number) => `"${(at + 2) * 65_536}"`, around: ['[', ']'] },
  { what: 'keys', one: (at: number) => `"${(at + 2) * 65_536}":0`, around: ['{', '}'] },
  {
    what: 'values with escapes',
    one: (at: number) => `"\\u003${at % 10}${100_000 + at}"`,
    around: ['[', ']'],
  },
];

test.for(numerals)(
  '1,000 strings of 6 to 10 digits are read, and no more, as $what',
  ({ one, around }, { expect }) => {
    const [open, close] = around;
    const list = (count: number) =>
      `${open}${Array.from({ length: count }, (_, at) => one(at)).join(',')}${close}`;
    expect(parse(list(1_000)).ok).toBe(true);
    expect(parse(list(1_001))).toMatchObject({
      detail: expect.stringContaining('1000 strings of 6 to 10 digits'),
    });
    // A set of these would be filled for minutes.
    expect(parse(list(60_000).replace(close ?? '', `,"a":1,"a":2${close}`))).toMatchObject({ ok: false });
  },
);

test.for(['"12345"', '"12345678901"', '"1.5"', '"-1"', '"1x"', '"\\u0041"', '123456'])(
  'there may be any number of %s',
  (one, { expect }) => {
    expect(parse(`[${Array.from({ length: 1_001 }, () => one).join(',')}]`).ok).toBe(true);
  },
);

test.for(['{"a', '{"a":"b', '{"a":"b\\"', '{"\\x":1}', '[1-2]', '"a\nb"', '[1e5.5]'])(
  '%s is not valid JSON',
  (text, { expect }) => {
    expect(parse(text)).toEqual({ ok: false, isTooMany: false, detail: 'The body is not valid JSON.' });
  },
);

test('a string cut within a character is found wherever it stands, and a whole one is not', ({ expect }) => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: fc.constantFrom('a', '\\', '\ud83c', '\udf89', '\0', '🎉') }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string({ unit: fc.constantFrom('k', '\ud83c', '\udf89', '\0') }), tie('value'), {
        maxKeys: 3,
      }),
    ),
  }));
  fc.assert(
    fc.property(value, (json) => {
      const text = JSON.stringify(json);
      // JSON.stringify writes as escapes what UTF-8 cannot hold, so they are all that can be wrong.
      const isText = !/\\u(?:0000|d[89a-f])/.test(text.replaceAll('\\\\', ''));
      expect(parse(text).ok).toBe(isText);
    }),
    { numRuns: 1_000, seed: 3 },
  );
});

test('a body of 16 MiB in one string is parsed in linear time', ({ expect }) => {
  const text = `{"image":"data:image/png;base64,${'A'.repeat(16 * 1024 * 1024)}","image2":"\\\\"}`;
  expect(parse(text)).toMatchObject({ ok: true });
  expect(parse(text.replace('image2', 'image\\u0032'))).toMatchObject({ ok: true });
  expect(parse(text.replace('image2', 'image\\u0000'))).toMatchObject({ ok: false });
});
