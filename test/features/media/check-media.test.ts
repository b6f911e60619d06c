// The media of a payload against played hosts: what refuses, what only warns, what is asked and how often.

import { expect, test } from 'vitest';
import { checkMedia } from '../../../src/features/media/check-media.ts';
import { findMedia, type MediaInput, type MediaKind } from '../../../src/features/media/media-inputs.ts';
import { newId } from '../../../src/lib/ids.ts';
import { base64, joined, padBytes } from '../../support/bytes.ts';
import { endless, fileHost, silence } from '../../support/file-host.ts';
import {
  avif,
  gif,
  heic,
  jpeg,
  png,
  webpExtended,
  webpLossless,
  webpLossy,
  type Sides,
} from '../../support/images.ts';
import { createWorld, IMAGE_TO_VIDEO, type World } from '../../support/world.ts';

const FRONT = 262_144;
const FORMATS = { png, jpeg, gif, webpLossy, webpLossless, webpExtended, avif, heic };
const SMALL = png({ width: 800, height: 600 });
const KEY = newId('key');
const OWN_HOSTS = ['gate.shop.dev'];
/** No file lies here. */
const known = async () => new Map();

type Rule = [rule: string, value: number];

type Given = { kind?: MediaKind; path?: string };

function input(
  url: string,
  rules: Rule[] = [],
  { kind = 'image', path = 'image_urls[0]' }: Given = {},
): MediaInput {
  const validations = rules.map(([validation_rule, validation_value]) => ({
    validation_rule,
    validation_value,
    validation_error: `Broken: ${validation_rule} ${validation_value}.`,
  }));
  const properties = { x: { format: `${kind}_uri`, validations } };
  return { ...findMedia({ properties }, { x: url })[0]!, path };
}

async function check(world: World, media: MediaInput[]) {
  let admitted = 0;
  const admit = async () => {
    admitted += 1;
  };
  const options = { ownHosts: OWN_HOSTS, key: KEY, known, admit };
  const { errors, warnings } = await checkMedia(world.deps, media, options);
  for (const warning of warnings) {
    expect(warning).toMatch(/^[ -~]{1,200}$/);
  }
  return { errors, warnings, admitted, rules: errors.map(({ rule }) => rule) };
}

/** The schema of dreamina as it is stored. */
async function dreamina(world: World, url: string): Promise<MediaInput[]> {
  const select = world.deps.db.prepare('SELECT input_schema FROM models WHERE id = ?1');
  const schema = await select.bind(IMAGE_TO_VIDEO).first<string>('input_schema');
  return findMedia(JSON.parse(schema ?? ''), { prompt: 'x', image_urls: [url] });
}

const TURNING = ['jpeg', 'avif', 'heic'];
const EDGES: [what: string, sides: Sides, rules: string[], turned?: string[]][] = [
  ['321 wide', { width: 321, height: 400 }, []],
  ['320 wide', { width: 320, height: 400 }, ['width_pixels>']],
  ['321 high', { width: 400, height: 321 }, []],
  ['320 high', { width: 400, height: 320 }, ['height_pixels>']],
  ['4096 wide', { width: 4096, height: 2000 }, []],
  ['4097 wide', { width: 4097, height: 2000 }, ['width_pixels<=']],
  ['4096 high', { width: 2000, height: 4096 }, []],
  ['4097 high', { width: 2000, height: 4097 }, ['height_pixels<=']],
  ['just within 3:1', { width: 2999, height: 1000 }, []],
  ['3:1', { width: 3000, height: 1000 }, ['width/height<'], []],
  ['1:3', { width: 1000, height: 3000 }, []],
  ['0.33', { width: 990, height: 3000 }, ['width/height>']],
  ['just within 0.33', { width: 991, height: 3000 }, []],
];

test.for(Object.entries(FORMATS))("%s at the edges of dreamina's rules", async ([name, make]) => {
  const world = createWorld();
  const host = fileHost();
  for (const [what, sides, rules, turned] of EDGES) {
    const url = host.file(`/${what.replaceAll(/\W/g, '-')}.${name}`, make(sides));
    const result = await check(world, await dreamina(world, url));
    expect([what, result.rules]).toEqual([what, TURNING.includes(name) ? (turned ?? rules) : rules]);
    expect(result.warnings).toEqual([]);
  }
});

const SIZES: [size: number, rules: string[]][] = [
  [4_699_999, []],
  [4_700_000, []],
  [4_928_307, []],
  [4_928_308, ['file_size_mb<']],
];

// The format does not change how a size is compared, so only PNG is measured at both readings of a MB.
test.for(Object.entries(FORMATS))('%s at 4.7 MB in both readings', async ([name, make]) => {
  const world = createWorld();
  const host = fileHost();
  for (const [size, rules] of name === 'png' ? SIZES : SIZES.slice(2)) {
    const file = padBytes(make({ width: 800, height: 600 }), size);
    const byHost = await check(world, await dreamina(world, host.file(`/${size}`, file)));
    expect([size, byHost.rules]).toEqual([size, rules]);
    const uri = `data:image/x;base64,${base64(file)}`;
    const inline = await check(world, await dreamina(world, uri));
    expect([size, inline.rules, inline.admitted]).toEqual([size, rules, 0]);
  }
});

test("an error has the path, the rule, the schema's own words and what was measured", async () => {
  const world = createWorld();
  const url = fileHost().file('/a.png', padBytes(png({ width: 320, height: 5000 }), 6_000_000));
  const { errors } = await check(world, await dreamina(world, url));
  expect(errors.map(({ rule, allowed }) => [rule, allowed])).toEqual([
    ['file_size_mb<', 4.7],
    ['height_pixels<=', 4096],
    ['width_pixels>', 320],
    ['width/height>', 0.33],
  ]);
  expect(errors[0]).toEqual({
    path: 'image_urls[0]',
    rule: 'file_size_mb<',
    message:
      'image_urls[0] breaks a rule: File size must be less than 4.7 MB. Measured: PNG, 320x5000 pixels, 6000000 bytes.',
    allowed: 4.7,
    sent: url,
  });
});

test('of a long URL no more than 80 characters are repeated', async () => {
  const url = fileHost()
    .file('/missing', SMALL)
    .replace('missing', `${'x'.repeat(300)}?token=secret`);
  const { errors } = await check(createWorld(), [input(url)]);
  expect(errors[0]?.sent).toBe(`${url.slice(0, 80)}…`);
  expect(JSON.stringify(errors)).not.toContain('secret');
});

test('a host is asked with one ranged GET that carries nothing of the customer', async () => {
  const world = createWorld();
  const host = fileHost();
  const { admitted } = await check(world, [input(`${host.file('/a.png', SMALL)}?sig=1#part`)]);
  expect(admitted).toBe(1);
  const [request] = host.requests;
  expect(host.requests).toHaveLength(1);
  expect([request?.method, request?.url, request?.redirect]).toEqual([
    'GET',
    `${host.file('/a.png', SMALL)}?sig=1`,
    'manual',
  ]);
  expect(Object.fromEntries(request?.headers ?? [])).toEqual({
    accept: '*/*',
    'accept-encoding': 'identity',
    range: `bytes=0-${FRONT - 1}`,
    'user-agent': 'comfygate (+https://gate.shop.dev/)',
  });
  expect(world.clock.timeOuts()).toEqual([3000]);
});

test('an invalid value is refused without a fetch', async () => {
  const host = fileHost();
  const good = input(host.file('/a.png', SMALL), [], { path: 'image_urls[0]' });
  for (const [url, words] of [
    ['http://shop.dev/a.png', 'https only'],
    ['Runcomfy_example_1278_1.png', 'https only'],
    ['https://169.254.169.254/latest/meta-data', 'no IP address'],
    ['https://gate.shop.dev/v1/models', 'this gateway'],
    ['https://a:b@shop.dev/', 'user name'],
    ['data:image/png;base64,PGh0bWw+', 'no image'],
  ] as const) {
    const result = await check(createWorld(), [good, input(url, [], { path: 'image_urls[1]' })]);
    expect(result.rules).toEqual(['media']);
    expect(result.errors[0]).toMatchObject({
      path: 'image_urls[1]',
      message: expect.stringContaining(words),
      sent: url,
    });
    expect(result.admitted).toBe(0);
  }
  expect(host.requests).toEqual([]);
});

async function noRoom(): Promise<void> {
  throw new Error('no room');
}

test('where there is no room nothing is asked', async () => {
  const host = fileHost();
  const media = [input(host.file('/a.png', SMALL))];
  await expect(
    checkMedia(createWorld().deps, media, { ownHosts: [], key: KEY, known, admit: noRoom }),
  ).rejects.toThrow('no room');
  expect(host.requests).toEqual([]);
});

test('no media: nothing to do', async () => {
  expect(await check(createWorld(), [])).toMatchObject({ errors: [], warnings: [], admitted: 0 });
});

test('another port is not fetched, and a warning says so', async () => {
  const result = await check(createWorld(), [input('https://shop.dev:8443/a.png')]);
  expect(result).toMatchObject({ errors: [], admitted: 0 });
  expect(result.warnings).toEqual(['image_urls[0] was not checked: only port 443 is fetched.']);
});

test.for([404, 410])('an answer of %i refuses, without its words', async (status) => {
  const url = fileHost().on('/a', () => new Response('secret words', { status, statusText: 'Secret' }));
  for (const kind of ['image', 'video', 'audio'] as const) {
    const { errors, warnings } = await check(createWorld(), [input(url, [], { kind })]);
    expect(warnings).toEqual([]);
    expect(errors.map(({ message }) => message)).toEqual([
      'image_urls[0] cannot be used: its host answered that there is no such file.',
    ]);
  }
});

test.for([300, 304, 401, 406, 408, 416, 420, 421, 425, 426, 429, 431, 451, 500, 502, 503, 504, 530])(
  'an answer of %i only warns, and is not remembered',
  async (status) => {
    const world = createWorld();
    const host = fileHost();
    const url = host.on('/a', () => new Response(null, { status }));
    for (const kind of ['image', 'image', 'video'] as const) {
      const { errors, warnings } = await check(world, [input(url, [], { kind })]);
      expect(errors).toEqual([]);
      expect(warnings).toEqual(['image_urls[0] was not checked: its host did not give the file to us.']);
    }
    expect(host.requests).toHaveLength(3);
  },
);

test.for([400, 403, 404, 405, 410])(
  'a host that answers a range with %i is asked once more, without one',
  async (status) => {
    const host = fileHost();
    const { body, read } = endless(SMALL, new Uint8Array(16_384));
    const url = host.on('/a', (request) =>
      request.headers.has('range') ? new Response(null, { status }) : new Response(body),
    );
    const narrow: Rule[] = [['width_pixels<', 800]];
    expect((await check(createWorld(), [input(url, narrow)])).rules).toEqual(['width_pixels<']);
    expect(host.requests.map(({ headers }) => headers.has('range'))).toEqual([true, false]);
    expect(read()).toBeLessThanOrEqual(FRONT + 16_384);
    // A refusal that stays without a range may be meant for us, unless the file does not exist.
    const wall = host.on('/b', () => new Response(null, { status }));
    const { errors, warnings } = await check(createWorld(), [input(wall)]);
    const isThere = status !== 404 && status !== 410;
    expect([errors.length, warnings.length]).toEqual(isThere ? [0, 1] : [1, 0]);
    expect(host.requests).toHaveLength(4);
  },
);

test.for([
  ['cf-mitigated', 'challenge', 403],
  ['cf-mitigated', 'challenge', 404],
  ['x-amzn-waf-action', 'challenge', 202],
  ['x-amzn-waf-action', 'captcha', 405],
] as const)('a wall that wants a browser only warns: %s %s, %i', async ([name, value, status]) => {
  const url = fileHost().on('/a', () => new Response('<html>', { status, headers: { [name]: value } }));
  const { errors, warnings } = await check(createWorld(), [input(url)]);
  expect(errors).toEqual([]);
  expect(warnings).toEqual(['image_urls[0] was not checked: its host did not give the file to us.']);
});

const redirects =
  (...locations: string[]) =>
  () =>
    new Response(null, { status: 302, headers: locations.map((to) => ['Location', to]) });

test('two Location headers that say the same are one', async () => {
  const host = fileHost();
  const to = host.file('/there.png', SMALL);
  const same = await check(createWorld(), [
    input(host.on('/a', redirects(to, to)), [['width_pixels<', 800]]),
  ]);
  expect(same.rules).toEqual(['width_pixels<']);
  const other = await check(createWorld(), [input(host.on('/b', redirects(to, `${to}?2`)))]);
  expect(other.rules).not.toEqual([]);
});

test('a host that cannot be reached only warns, and is asked again', async () => {
  const world = createWorld();
  const host = fileHost();
  const url = host.on('/a', () => {
    throw new TypeError('internal error: connection refused by 10.1.2.3');
  });
  for (let times = 1; times <= 2; times += 1) {
    const { errors, warnings } = await check(world, [input(url)]);
    expect(errors).toEqual([]);
    expect(warnings).toEqual(['image_urls[0] was not checked: its host could not be reached.']);
    expect(host.requests).toHaveLength(times);
  }
});

test('a host that does not answer is waited for as long as the whole submit may wait', async () => {
  const world = createWorld();
  const host = fileHost();
  const slow = Array.from({ length: 7 }, (_, index) => input(host.on(`/${index}`, silence)));
  const checking = check(world, [...slow, input(host.file('/a.png', SMALL))]);
  await expect.poll(() => host.requests.length).toBe(5);
  world.clock.runOutTimeOuts();
  const { errors, warnings } = await checking;
  expect(errors).toEqual([]);
  expect(warnings.slice(0, 7)).toEqual(
    Array(7).fill('image_urls[0] was not checked: its host did not answer in time.'),
  );
  expect(world.clock.timeOuts()).toEqual([3000]);
});

/** Gives `first` and then nothing more. */
function stalled(first: Uint8Array) {
  return (request: Request) => {
    let isFirst = true;
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          if (isFirst) {
            isFirst = false;
            controller.enqueue(first);
            return;
          }
          await silence(request);
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { 'Content-Length': '9000000' } });
  };
}

test('a body that stops coming is waited for no longer, and what was measured counts', async () => {
  const world = createWorld();
  const host = fileHost();
  const rules: Rule[] = [['file_size_mb<', 5]];
  const measured = input(host.on('/a', stalled(SMALL)), rules, { path: 'measured' });
  const silent = input(host.on('/b', stalled(SMALL.subarray(0, 10))), rules, { path: 'silent' });
  const checking = check(world, [measured, silent]);
  await expect.poll(() => host.requests.length).toBe(2);
  world.clock.runOutTimeOuts();
  const { errors, warnings } = await checking;
  expect(errors.map(({ path, rule }) => [path, rule])).toEqual([['measured', 'file_size_mb<']]);
  expect(warnings).toEqual(['silent was not checked: its host did not answer in time.']);
});

test.for([
  ['an image', SMALL, 0],
  ['no image', joined('<html>'), 1],
  ['a JPEG that never comes to its size', jpeg({ width: 5, height: 5 }, 300_000).subarray(0, 20_000), 0],
] as const)('of an endless body no more than 256 KiB are read: %s', async ([, first, errors]) => {
  for (const status of [200, 206]) {
    const { body, read } = endless(first, new Uint8Array(16_384));
    const url = fileHost().on('/a', () => new Response(body, { status }));
    const result = await check(createWorld(), [input(url)]);
    expect(result.errors).toHaveLength(errors);
    expect(read()).toBeLessThanOrEqual(FRONT + 16_384);
  }
});

test('only the bytes that show the size, or that there is no image, are read', async () => {
  for (const first of [SMALL, padBytes(joined('hello'), 5000)]) {
    const { body, read } = endless(first, new Uint8Array(16_384));
    const headers = { 'Content-Range': 'bytes 0-262143/3000000' };
    const url = fileHost().on('/a', () => new Response(body, { status: 206, headers }));
    await check(createWorld(), [input(url)]);
    expect(read()).toBe(first.length);
  }
});

test('a body in single bytes is measured, and quickly', async () => {
  const bytes = padBytes(SMALL, 100_000);
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(bytes.subarray(at, at + 1));
      at += 1;
      if (at === bytes.length) {
        controller.close();
      }
    },
  });
  const url = fileHost().on('/a', () => new Response(body));
  const { rules } = await check(createWorld(), [
    input(url, [
      ['width_pixels<', 800],
      ['file_size_mb>', 0.1],
    ]),
  ]);
  expect(rules).toEqual(['width_pixels<', 'file_size_mb>']);
});

const redirect =
  (to: string, status = 302) =>
  () =>
    new Response(null, { status, headers: { Location: to } });

test.for([
  'https://127.0.0.1/a.png',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/a.png',
  'https://[::ffff:7f00:1]/a.png',
  'https://2130706433/a.png',
  'https://0177.0.0.1/a.png',
  'https://0x7f.0.0.1/a.png',
  'https://127.1/a.png',
  'https://localhost/a.png',
  'https://db.internal/a.png',
  'https://user:pass@shop.dev/a.png',
  'https://GATE.shop.dev./v1/models',
  'http://shop.dev/a.png',
  '//127.0.0.1/a.png',
  'file:///etc/passwd',
  'data:image/png;base64,AAAA',
])('a redirect to %s is not followed and refuses, without saying where it leads', async (to) => {
  for (const status of [301, 302, 303, 307, 308]) {
    const host = fileHost();
    const { errors } = await check(createWorld(), [input(host.on('/a', redirect(to, status)))]);
    expect(errors.map(({ message }) => message)).toEqual([
      'image_urls[0] cannot be used: its host redirects to a place that is not allowed.',
    ]);
    expect(JSON.stringify(errors)).not.toContain(to);
    expect(host.requests).toHaveLength(1);
  }
});

test('three redirects are followed, relative and to other hosts, a fourth is not', async () => {
  const host = fileHost();
  const other = fileHost();
  const last = other.file('/last', png({ width: 100, height: 100 }));
  host.on('/3', redirect(last));
  host.on('/2', redirect('3'));
  host.on('/1', redirect('/2#x'));
  const url = host.on('/0', redirect('./1'));
  const rules: Rule[] = [['width_pixels>', 320]];
  const three = await check(createWorld(), [input(url.replace('/0', '/1'), rules)]);
  expect(three.rules).toEqual(['width_pixels>']);
  const four = await check(createWorld(), [input(url, rules)]);
  expect(four.errors).toEqual([]);
  expect(four.warnings).toEqual(['image_urls[0] was not checked: its host redirects more than 3 times.']);
  expect(other.requests).toHaveLength(1);
});

test('a loop of redirects ends after four requests with a warning', async () => {
  const host = fileHost();
  const { errors, warnings } = await check(createWorld(), [input(host.on('/a', redirect('/a')))]);
  expect([errors, warnings.length, host.requests.length]).toEqual([[], 1, 4]);
});

test.for([
  ['https://shop.dev:8443/a.png', 'a place that is not fetched'],
  ['https://', 'an invalid URL'],
])('a redirect to %s only warns', async ([to, words]) => {
  const { errors, warnings } = await check(createWorld(), [input(fileHost().on('/a', redirect(to!)))]);
  expect(errors).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining(words!)]);
});

test('a redirect without a target is no answer about the file', async () => {
  const url = fileHost().on('/a', () => new Response(null, { status: 302 }));
  expect(await check(createWorld(), [input(url)])).toMatchObject({
    errors: [],
    warnings: [expect.any(String)],
  });
});

/** A body in small pieces, for a 200 that ignores the range. */
function pieces(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        controller.enqueue(bytes.slice(at, at + 16_384));
        at += 16_384;
        if (at >= bytes.length) {
          controller.close();
        }
      },
    },
    { highWaterMark: 0 },
  );
}

const BELOW: Rule[] = [['file_size_mb<', 0.2]];

test.for<[string, number, Record<string, string>, string[], number]>([
  ['too long a claim for a body that was seen whole', 100_000, { 'Content-Length': '9000000' }, [], 0],
  [
    'too short a claim for a body that was seen whole',
    250_000,
    { 'Content-Length': '1000' },
    ['file_size_mb<'],
    0,
  ],
  ['too short a claim for a body that goes on', 500_000, { 'Content-Length': '1000' }, ['file_size_mb<'], 0],
  ['no claim for a body that was seen whole', 250_000, {}, ['file_size_mb<'], 0],
  ['no claim for a body that goes on', 500_000, {}, [], 1],
  ['a true claim', 500_000, { 'Content-Length': '500000' }, ['file_size_mb<'], 0],
  ['nonsense for a claim', 500_000, { 'Content-Length': '-5' }, [], 1],
  ['the length of an encoded body', 500_000, { 'Content-Length': '5', 'Content-Encoding': 'br' }, [], 1],
])('a host that ignores the range: %s', async ([, size, headers, rules, warnings]) => {
  const url = fileHost().on(
    '/a',
    () => new Response(pieces(padBytes(SMALL, size)), { headers, encodeBody: 'manual' }),
  );
  const result = await check(createWorld(), [input(url, BELOW)]);
  expect(result.rules).toEqual(rules);
  expect(result.warnings).toHaveLength(warnings);
});

test.for<[string, number, Record<string, string>, string[], number]>([
  ['the total', 100_000, { 'Content-Range': 'bytes 0-99999/9000000' }, ['file_size_mb<'], 0],
  ['a total below what came', 250_000, { 'Content-Range': 'bytes 0-9/10' }, ['file_size_mb<'], 0],
  ['no total, and less than was asked for', 100_000, { 'Content-Range': 'bytes 0-99999/*' }, [], 0],
  ['no total, and all that was asked for', FRONT, { 'Content-Range': 'bytes 0-262143/*' }, [], 1],
  ['the length of the part alone', FRONT, { 'Content-Length': String(FRONT) }, [], 1],
  ['another part', 1000, { 'Content-Range': 'bytes 5-1004/9000000' }, [], 1],
])('a host that serves a part and says %s', async ([, size, headers, rules, warnings]) => {
  // A JPEG with its size at the end, so that the part is read to its end.
  const file = jpeg({ width: 800, height: 600 }, size - 24);
  const url = fileHost().on('/a', () => new Response(pieces(file), { status: 206, headers }));
  const result = await check(createWorld(), [input(url, BELOW)]);
  expect(result.rules).toEqual(rules);
  expect(result.warnings).toHaveLength(warnings);
});

test('an image bomb is measured and breaks the rules', async () => {
  const world = createWorld();
  const url = fileHost().file('/bomb.png', png({ width: 60_000, height: 60_000 }));
  expect((await check(world, await dreamina(world, url))).rules).toEqual([
    'width_pixels<=',
    'height_pixels<=',
  ]);
});

test.for([
  ['a page', joined('<!doctype html><html><body>Sign in</body></html>')],
  ['an empty file', joined()],
  ['0 x 600', png({ width: 0, height: 600 })],
  ['a video', joined([0, 0, 0, 0x18], 'ftypisom', [0, 0, 2, 0], 'isommp42')],
] as const)('%s in the place of an image is refused, whatever it says it is', async ([, bytes]) => {
  const url = fileHost().on(
    '/a.png',
    () => new Response(bytes, { headers: { 'Content-Type': 'image/png' } }),
  );
  const { errors } = await check(createWorld(), [input(url)]);
  expect(errors.map(({ rule, message }) => [rule, message])).toEqual([
    ['media', 'image_urls[0] cannot be used: it is no image.'],
  ]);
});

test('a 204 has no image either', async () => {
  const url = fileHost().on('/a', () => new Response(null, { status: 204 }));
  expect((await check(createWorld(), [input(url)])).rules).toEqual(['media']);
});

test('an image of unknown size warns where its size is ruled, and the rule of bytes still holds', async () => {
  const world = createWorld();
  const bytes = joined('II*\0', [8, 0, 0, 0]);
  const url = fileHost().file('/a.tiff', padBytes(bytes, 5_000_000));
  expect(await check(world, await dreamina(world, url))).toMatchObject({ rules: ['file_size_mb<'] });
  const small = fileHost().file('/a.tiff', bytes);
  const { rules, warnings } = await check(world, await dreamina(world, small));
  expect(rules).toEqual([]);
  expect(warnings).toEqual(['image_urls[0] was not fully checked: its dimensions could not be read.']);
});

test('a JPEG whose size does not come in 256 KiB warns', async () => {
  const world = createWorld();
  const url = fileHost().file('/a.jpg', jpeg({ width: 5, height: 5 }, 300_000));
  const { rules, warnings } = await check(world, await dreamina(world, url));
  expect([rules, warnings.length]).toEqual([[], 1]);
});

test.for<[MediaKind, string | null, number, string | null]>([
  ['video', 'video/mp4', 100 * 2 ** 20, null],
  ['video', 'video/mp4', 100 * 2 ** 20 + 1, 'larger than the 100 MB'],
  ['audio', 'Audio/MPEG', 1000, null],
  ['audio', 'application/ogg', 1000, null],
  ['video', 'application/octet-stream; x=1', 1000, null],
  ['video', 'binary/octet-stream', 1000, null],
  ['video', null, 1000, null],
  ['video', 'text/html', 1000, 'content type that is not usual for video'],
  ['audio', 'application/octet-streams', 1000, 'content type that is not usual for audio'],
  ['image', 'text/html', 50 * 2 ** 20, null],
  ['image', 'image/png', 50 * 2 ** 20 + 1, 'larger than the 50 MB'],
])('%s as %s of %i bytes: %s', async ([kind, type, size, warning]) => {
  const url = fileHost().on('/a', () => {
    const headers = new Headers({ 'Content-Range': `bytes 0-1/${size}` });
    if (type !== null) {
      headers.set('Content-Type', type);
    }
    return new Response(SMALL, { status: 206, headers });
  });
  const { errors, warnings } = await check(createWorld(), [input(url, [], { kind })]);
  expect(errors).toEqual([]);
  expect(warnings).toEqual(warning === null ? [] : [expect.stringContaining(warning)]);
});

test('the body of a video is not read, and its own size rule refuses', async () => {
  const { body, read } = endless(SMALL, SMALL);
  const headers = { 'Content-Type': 'video/mp4', 'Content-Length': '17000000' };
  const url = fileHost().on('/a', () => new Response(body, { headers }));
  const { errors } = await check(createWorld(), [
    input(url, [['file_size_mb<', 16]], { kind: 'video', path: 'video_url' }),
  ]);
  expect(errors.map(({ message }) => message)).toEqual([
    'video_url breaks a rule: Broken: file_size_mb< 16. Measured: 17000000 bytes.',
  ]);
  expect(read()).toBe(0);
});

test('a URL that occurs twice is asked once, and each input is judged by its own rules', async () => {
  const host = fileHost();
  const url = host.file('/a.png', SMALL);
  const { errors, admitted } = await check(createWorld(), [
    input(url, [['width_pixels<', 800]], { path: 'first' }),
    input(`${url}#again`, [['height_pixels<', 600]], { path: 'second' }),
    input(url, [['height_pixels<', 601]], { path: 'third' }),
  ]);
  expect(errors.map(({ path }) => path)).toEqual(['first', 'second']);
  expect([host.requests.length, admitted]).toEqual([1, 1]);
});

test('eight URLs are asked, at most five at once, and the rest passes with a warning', async () => {
  const host = fileHost();
  const url = (index: number) =>
    host.on(`/${index}`, async (request) => {
      await scheduler.wait(1);
      return new Response(SMALL, { status: request.method === 'GET' ? 200 : 405 });
    });
  const media = Array.from({ length: 11 }, (_, index) =>
    input(url(index % 10), [], { path: `images[${index}]` }),
  );
  const { errors, warnings, admitted } = await check(createWorld(), media);
  expect([errors, admitted, host.requests.length, host.busiest()]).toEqual([[], 1, 8, 5]);
  expect(warnings).toEqual(
    [8, 9].map((index) => `images[${index}] was not checked: at most 8 URLs are checked in a submit.`),
  );
});

function many(url: (index: number) => string): MediaInput[] {
  return Array.from({ length: 300 }, (_, index) => input(url(index), [], { path: `images[${index}]` }));
}

test('neither errors nor warnings are more than twenty, and the last warning counts the rest', async () => {
  const bad = await check(
    createWorld(),
    many((index) => `http://shop.dev/${index}`),
  );
  expect(bad.errors).toHaveLength(20);
  const odd = await check(
    createWorld(),
    many((index) => `https://shop.dev:8443/${index}`),
  );
  expect(odd.warnings).toHaveLength(20);
  expect(odd.warnings.at(-1)).toBe('281 more media inputs were not fully checked.');
});

test('what passes is remembered for five minutes, for other models too, and needs no room', async () => {
  const world = createWorld();
  const host = fileHost();
  const url = host.file('/a.png', SMALL);
  expect((await check(world, [input(url)])).admitted).toBe(1);
  world.clock.advance(299_999);
  expect((await check(world, [input(url, [['width_pixels>', 320]])])).admitted).toBe(0);
  expect(host.requests).toHaveLength(1);
  world.clock.advance(1);
  expect((await check(world, [input(url)])).admitted).toBe(1);
  expect(host.requests).toHaveLength(2);
});

test('what refuses is remembered for one minute: a file that was mended is seen', async () => {
  const rules: Rule[] = [['width_pixels<', 800]];
  const mended = png({ width: 799, height: 600 });
  for (const broken of [SMALL, joined('<html>')]) {
    const world = createWorld();
    const host = fileHost();
    const url = host.file('/a.png', broken);
    expect((await check(world, [input(url, rules)])).errors).toHaveLength(1);
    host.file('/a.png', mended);
    world.clock.advance(59_999);
    expect(await check(world, [input(url, rules)])).toMatchObject({ admitted: 0, errors: [{}] });
    world.clock.advance(1);
    expect(await check(world, [input(url, rules)])).toMatchObject({ admitted: 1, errors: [] });
  }
});

test('a URL is remembered for images apart from videos', async () => {
  const world = createWorld();
  const host = fileHost();
  const url = host.file('/page', joined('<html>'), { 'Content-Type': 'text/html' });
  expect((await check(world, [input(url, [], { kind: 'video' })])).warnings).toHaveLength(1);
  expect((await check(world, [input(url)])).errors).toHaveLength(1);
  expect(host.requests).toHaveLength(2);
});

test('one isolate remembers for itself alone', async () => {
  const world = createWorld();
  const host = fileHost();
  const media = [input(host.file('/a.png', SMALL))];
  const options = { ownHosts: [], key: KEY, known, admit: async () => {} };
  await checkMedia(world.deps, media, options);
  await checkMedia(world.isolate().deps, media, options);
  expect(host.requests).toHaveLength(2);
});
