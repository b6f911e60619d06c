import { test } from 'vitest';
import { simulated } from './support.ts';

const ASCII = new TextDecoder('latin1');

async function bytesAt(path: string, headers: HeadersInit = {}) {
  const { runComfy } = simulated();
  const response = await runComfy.fetch(new Request(`https://runcomfy.test${path}`, { headers }));
  const buffer = await response.arrayBuffer();
  return { response, bytes: new Uint8Array(buffer), view: new DataView(buffer) };
}

test('a PNG has its signature and the size of its name', async ({ expect }) => {
  const { response, bytes, view } = await bytesAt('/media/800x600.png');
  expect(response.headers.get('Content-Type')).toBe('image/png');
  expect(ASCII.decode(bytes.subarray(1, 4))).toBe('PNG');
  expect(ASCII.decode(bytes.subarray(12, 16))).toBe('IHDR');
  expect([view.getUint32(16), view.getUint32(20)]).toEqual([800, 600]);
});

test('a file needs no folder, and what is no file is not found', async ({ expect }) => {
  const { response, view } = await bytesAt('/800x600.png');
  expect([response.status, view.getUint32(16)]).toEqual([200, 800]);
  expect((await bytesAt('/800x600')).response.status).toBe(404);
});

test('the sample picture of the seeds is a JPEG of 640 by 480', async ({ expect }) => {
  const { response, bytes, view } = await bytesAt('/tools/7013/media-files/usecase2-2-input.jpeg');
  expect(response.headers.get('Content-Type')).toBe('image/jpeg');
  expect([bytes[0], bytes[1], bytes.at(-2), bytes.at(-1)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
  const frame = bytes.findIndex((byte, index) => byte === 0xff && bytes[index + 1] === 0xc0);
  expect([view.getUint16(frame + 7), view.getUint16(frame + 5)]).toEqual([640, 480]);
});

test('an MP4 is a chain of whole boxes that begins with ftyp', async ({ expect }) => {
  const { response, bytes, view } = await bytesAt('/files/any/output.mp4');
  expect(response.headers.get('Content-Type')).toBe('video/mp4');
  const boxes: string[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    boxes.push(ASCII.decode(bytes.subarray(offset + 4, offset + 8)));
    offset += view.getUint32(offset);
  }
  expect(boxes).toEqual(['ftyp', 'mdat', 'moov']);
  expect(offset).toBe(bytes.length);
});

test('a WAV says how long it is', async ({ expect }) => {
  const { response, bytes, view } = await bytesAt('/files/any/output.wav');
  expect(response.headers.get('Content-Type')).toBe('audio/wav');
  expect(ASCII.decode(bytes.subarray(0, 4))).toBe('RIFF');
  expect(view.getUint32(4, true)).toBe(bytes.length - 8);
});

test.for([
  ['bytes=0-3', 206, 4],
  ['bytes=100-', 206, 8044 - 100],
  ['bytes=-10', 206, 10],
  ['bytes=90000-', 416, 0],
  ['lines=1-2', 200, 8044],
] as const)('range %s is answered %i with %i bytes', async ([range, status, length], { expect }) => {
  const { response, bytes } = await bytesAt('/media/a.wav', { Range: range });
  expect([response.status, bytes.length]).toEqual([status, length]);
});

test('a file can be padded to any size', async ({ expect }) => {
  const { bytes } = await bytesAt('/media/a.jpeg?bytes=5000000');
  expect(bytes.length).toBe(5_000_000);
});

test('an output can be fetched without a token', async ({ expect }) => {
  const { call, job, runComfy } = simulated();
  const id = await job();
  runComfy.finish(id, { as: 'succeeded' });
  const { body } = await call(`/v1/requests/${id}/result`);
  const url = /https[^"]+/.exec(JSON.stringify(body['output']))?.[0] ?? '';
  const response = await runComfy.fetch(new Request(url));
  expect(response.status).toBe(200);
});
