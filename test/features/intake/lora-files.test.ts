// Which texts of a payload are LoRA files, and which of them everybody may use. Each row is a payload that goes through
// or one that somebody could try to reach another customer's file with.

import { test } from 'vitest';
import { requireLoras } from '../../../src/features/intake/lora.ts';

const SECRET = 'secret.safetensors';
const ALLOWED = ['ours.safetensors', 'acme-*'];

/** The path that the refusal names, or null where the payload goes through. */
function refusedAt(input: Record<string, unknown>, schema: Record<string, unknown> = {}): string | null {
  try {
    requireLoras(input, { schema, allowed: ALLOWED });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/: ".*$/s, '') : 'thrown';
  }
}

test.for([
  'lora',
  'loras',
  'LORA',
  'LORAS',
  'LoRA',
  'LoRAs',
  'LoRa',
  'LoRas',
  'myLoRaPath',
  'loRAs',
  'loRa_1',
  'Lora',
  'lora_path',
  'lora_weights',
  'lora_1',
  'lora1',
  '1lora',
  'loraWeights',
  'loraStyle',
  'lorasOfMine',
  'LoRAWeights',
  'LoRAs2',
  'LORAWeights',
  'useLora',
  'useLoRA',
  'myLORA',
  'XLLora',
  'SDXLLoRA',
  'style-lora',
  'style.lora.path',
  'my lora',
  '284_lora_name',
  'high_noise_loras',
  'colorLora',
  'ｌｏｒａ',
  'ﬁne_lora',
  'lora' + '_of_a_name_that_is_longer_than_any'.repeat(5),
  'a_very_long_name'.repeat(10) + 'lorax',
])('a member called %s holds files', (name, { expect }) => {
  expect(refusedAt({ [name]: SECRET })).toBe(name);
  expect(refusedAt({ advanced: [{ [name]: { any: { thing: [SECRET] } } }] })).toBe(
    `advanced[0].${name}.any.thing[0]`,
  );
});

test.for([
  'colorAdjust',
  'colora',
  'COLORADJUST',
  'flora',
  'floral_style',
  'explorable',
  'implorals',
  'lorawan',
  'LORASTYLE',
  'Colorado',
  'lor_a',
  'LoRange',
  'hiLoRatio',
  'prompt',
  'path',
  '',
])('a member called %j holds none', (name, { expect }) => {
  expect(refusedAt({ [name]: SECRET })).toBeNull();
});

type Row = [what: string, lora: unknown, refused: string | null];
const rows: Row[] = [
  ['a text', SECRET, 'lora'],
  ['a path', { path: SECRET }, 'lora.path'],
  ['a name', { name: SECRET }, 'lora.name'],
  ['a file', { file: SECRET }, 'lora.file'],
  ['a model', { model: SECRET }, 'lora.model'],
  ['any other member', { x: SECRET }, 'lora.x'],
  ['a list', [SECRET], 'lora[0]'],
  ['a list in a list', [[{ path: SECRET }]], 'lora[0][0].path'],
  ['the second of two', [{ path: 'ours.safetensors' }, { path: SECRET }], 'lora[1].path'],
  ['words beside an allowed file', { path: 'ours.safetensors', trigger: 'sks' }, 'lora.trigger'],
  ['the name of a member', { [SECRET]: 0.8 }, 'lora'],
  ['a member that climbs', { '../x': 1 }, 'lora'],
  ['a URL as the name of a member', { 'https://cdn.example.com/a.safetensors': 0.8 }, null],
  ['members of plain names', { network_multiplier: 1, 'high-noise': true, low: null }, null],
  ['JSON in a text', `[{"path": "${SECRET}"}]`, 'lora'],
  ['numbers and switches', { scale: 0.5, on: true, none: null, list: [1, 2] }, null],
  ['a strength as text', [{ path: '', scale: '0.8', weight: '-1', network_multiplier: '1.25' }], null],
  ['a number as the name of a file', { name: '7' }, 'lora.name'],
  ['a large number as a strength', { scale: '1234' }, 'lora.scale'],
  ['a file as a strength', { scale: SECRET }, 'lora.scale'],
  ['nothing', { path: '' }, null],
  ['a blank', { path: ' ' }, 'lora.path'],
];

test.for(rows)('below lora, %s: %j', ([, lora, refused], { expect }) => {
  expect(refusedAt({ prompt: 'x', lora })).toBe(refused);
});

const everybodys = [
  'https://cdn.example.com/mine.safetensors',
  'https://cdn.example.com:8443/mine.safetensors?token=x',
  'https://huggingface.co/owner/name/resolve/main/a.safetensors',
  'https://trainers-storage.runcomfy.net/abc/my_first_lora_3000.safetensors',
  'https://files.runcomfy.net/train/abc/my_first_lora_3000.safetensors',
  'alibaba-pai/Z-Image-Turbo-Fun-Controlnet-Union',
  'black-forest-labs/FLUX.1-dev',
  'h94/IP-Adapter_2',
  'a/b',
  '0x/_x',
  'ours.safetensors',
  'acme-style.safetensors',
  'acme-',
];

test.for(everybodys)('%s may be used', (path, { expect }) => {
  expect(refusedAt({ loras: [{ path }] })).toBeNull();
});

const nobodys = [
  SECRET,
  'secret',
  'Ours.safetensors',
  'ours.safetensors ',
  ' ours.safetensors',
  'not-ours.safetensors',
  'ours.safetensors\u0000',
  'ours.sаfetensors',
  // Out of the folder that the prefix stands for.
  'acme-/../../secret.safetensors',
  'acme-..\\secret.safetensors',
  'acme-%2e%2e%2fsecret.safetensors',
  'acme-\u200bsecret',
  'acme- secret',
  // Not public, or not plainly a URL.
  'http://cdn.example.com/mine.safetensors',
  'HTTPS://cdn.example.com/../../secret.safetensors',
  ' https://cdn.example.com/mine.safetensors',
  'https:secret.safetensors',
  'https:/secret.safetensors',
  'https://127.0.0.1/mine.safetensors',
  'https://localhost/mine.safetensors',
  'https://user:pw@cdn.example.com/mine.safetensors',
  'https:\\\\cdn.example.com\\mine.safetensors',
  'file:///loras/secret.safetensors',
  'data:application/octet-stream;base64,AAAA',
  's3://bucket/secret.safetensors',
  '//cdn.example.com/mine.safetensors',
  // No repositories.
  'folder/secret.safetensors',
  'folder/secret.SafeTensors',
  'folder/secret.ckpt',
  'folder/secret.pt',
  'folder/secret.pth',
  'folder/secret.bin',
  'folder/secret.onnx',
  'folder/secret.gguf',
  'folder/secret.sft',
  'folder/secret.safetensors.',
  'secret.safetensors/x',
  'owner/name/secret',
  'owner/name/',
  '/owner/name',
  'owner//name',
  'owner/',
  '/name',
  './secret',
  '../secret',
  'owner/..',
  'owner/a..b',
  'owner/-x',
  'owner/na me',
  'owner/name@main',
  'owner/name:file',
  'owner/name?x',
  'owner/name#x',
  'owner\\name',
  'owner%2Fname',
  'оwner/name',
  'owner∕name',
  'owner/name\n',
  '~/secret',
];

test.for(nobodys)('%j may not be used', (path, { expect }) => {
  expect(refusedAt({ loras: [{ path }] })).toBe('loras[0].path');
});

const inTexts: [what: string, text: string, isRefused: boolean][] = [
  ['an object', `{"lora": "${SECRET}"}`, true],
  ['a list', ` \n[{"loras": [{"path": "${SECRET}"}]}]`, true],
  ['the name of a member', `{"lora": {"${SECRET}": 1}}`, true],
  ['escaped', '{"\\u006cora": "secret"}', true],
  ['JSON in JSON', JSON.stringify({ a: JSON.stringify({ lora: SECRET }) }), true],
  ['what Python writes', `{"x": NaN, "lora": "${SECRET}"}`, true],
  ['a workflow', '{"3": {"class_type": "LoraLoader", "inputs": {"lora_name": "x.pt"}}}', true],
  ['an allowed file', '{"lora": "ours.safetensors", "scale": 1}', false],
  ['no JSON', '[lora style] {a cat}', false],
  ['JSON that names no member so', '{"style": "lora", "list": ["loras"]}', false],
  ['no more than a prompt', 'a lora of "secret.safetensors"', false],
  ['too long to be looked into', `["lora"${',0'.repeat(200_000)}]`, true],
  ['long, and not about LoRA', `["x"${',0'.repeat(200_000)}]`, false],
];

test.for(inTexts)('in a text that is JSON: %s', ([, config, isRefused], { expect }) => {
  expect(refusedAt({ options: { config } })).toBe(isRefused ? 'options.config' : null);
});

test('a text nested as deeply as it is long is still searched', ({ expect }) => {
  const depth = 100_000;
  const config = `${'['.repeat(depth)}{"lora": "${SECRET}"}${']'.repeat(depth)}`;
  expect(refusedAt({ config })).toBe('config');
});

test('there is an end to texts that are JSON, and to files', ({ expect }) => {
  const config = '["lora"]';
  expect(refusedAt({ many: Array.from({ length: 100 }, () => config) })).toBeNull();
  expect(refusedAt({ many: Array.from({ length: 101 }, () => config) })).toBe('many[100]');
  const inOne = JSON.stringify(Array.from({ length: 100 }, () => config));
  expect(refusedAt({ config: inOne })).toBe('config');
  // V8 hashes such strings where their sender wants.
  const numerals = JSON.stringify([
    'lora',
    ...Array.from({ length: 501 }, (_, at) => `${(at + 2) * 65_536}`),
  ]);
  expect(refusedAt({ many: [numerals] })).toBeNull();
  expect(refusedAt({ many: [numerals, numerals] })).toBe('many[1]');
  const loras = Array.from({ length: 1001 }, () => 'ours.safetensors');
  expect(refusedAt({ loras })).toBe('loras[1000]');
  expect(refusedAt({ loras: loras.slice(1) })).toBeNull();
});

const listed: [what: string, property: unknown, lora: unknown, refused: string | null][] = [
  ['an enum', { enum: ['', SECRET] }, SECRET, null],
  ['an enum without it', { enum: ['', 'x'] }, SECRET, 'lora'],
  ['a constant', { const: SECRET }, SECRET, null],
  ['a default', { default: SECRET }, SECRET, null],
  ['an enum of an item', { type: 'array', items: { enum: [SECRET] } }, [SECRET], null],
  ['an enum of a member', { properties: { path: { enum: [SECRET] } } }, { path: SECRET }, null],
  ['an enum of another member', { properties: { path: { enum: [SECRET] } } }, { name: SECRET }, 'lora.name'],
  ['a default of the whole', { default: { path: SECRET, scale: 1 } }, { path: SECRET, scale: 0.5 }, null],
  ['a default of the whole list', { default: [{ path: SECRET }] }, [{}, { path: SECRET }], null],
  ['a default of another member', { default: { path: SECRET } }, { name: SECRET }, 'lora.name'],
  ['one of several forms', { anyOf: [{ type: 'null' }, { enum: [SECRET] }] }, SECRET, null],
  ['members of any name', { additionalProperties: { enum: [SECRET] } }, { x: SECRET }, null],
  ['a description', { description: SECRET, title: SECRET }, SECRET, 'lora'],
  ['no schema', 'x', SECRET, 'lora'],
];

test.for(listed)('the schema lists %s: %j', ([, lora, sent, refused], { expect }) => {
  expect(refusedAt({ lora: sent }, { type: 'object', properties: { lora } })).toBe(refused);
  // A value that is listed for one input is not listed for another.
  expect(refusedAt({ lora2: sent }, { type: 'object', properties: { lora } })).not.toBeNull();
});
