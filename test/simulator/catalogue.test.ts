import { test } from 'vitest';
import { z } from 'zod';
import { MODELS } from '../../simulator/catalogue/models.ts';
import { simulated, TEXT_TO_VIDEO } from './support.ts';

const Page = z.object({
  models: z.array(z.looseObject({ model_id: z.string() })),
  total: z.number(),
  limit: z.number(),
  offset: z.number(),
});

test('a page counts all models that match, and has schemas only on demand', async ({ expect }) => {
  const { call } = simulated();
  const plain = await call('/v1/models?limit=2&offset=1');
  const page = Page.parse(plain.body);
  expect(page).toMatchObject({ total: MODELS.length, limit: 2, offset: 1 });
  expect(page.models.map((model) => model.model_id)).toEqual(
    MODELS.slice(1, 3).map((model) => model.entry.model_id),
  );
  expect(page.models[0]).not.toHaveProperty('input_schema');
  const full = await call('/v1/models?limit=1&include_schema=true');
  expect(Page.parse(full.body).models[0]).toHaveProperty('input_schema.properties.prompt');
});

test.for([
  ['search=dreamina', 2],
  ['category=text-to-audio', 1],
  ['kind=workflow', 1],
  ['search=dreamina&category=text-to-video', 1],
  ['search=nothing-like-it', 0],
] as const)('%s finds %i', async ([query, total], { expect }) => {
  const { call } = simulated();
  const { body } = await call(`/v1/models?${query}`);
  expect(body['total']).toBe(total);
});

test('categories is no model', async ({ expect }) => {
  const { call } = simulated();
  const { body } = await call('/v1/models/categories');
  expect(body['categories']).toContain('image-to-video');
});

test('one model comes with its id, price and schema, keys in order and without titles', async ({
  expect,
}) => {
  const { call } = simulated();
  const { body } = await call(`/v1/models/${TEXT_TO_VIDEO}`);
  expect(body).toMatchObject({ model_id: TEXT_TO_VIDEO, base_price_usd: 0.05, price_unit: 'second' });
  expect(body).toHaveProperty('input_schema.properties.aspect_ratio.enum.0', '1920\u00D71088(16:9)');
  expect(Object.keys(body)).toEqual(Object.keys(body).toSorted());
  expect(JSON.stringify(body)).not.toContain('"title"');
});

test.for(MODELS.map((model) => model.entry.model_id))(
  '%s is served by its exact id',
  async (id, { expect }) => {
    const { call } = simulated();
    const { status, body } = await call(`/v1/models/${id}`);
    expect(status).toBe(200);
    expect(body['model_id']).toBe(id);
  },
);

test('ids are case-sensitive', async ({ expect }) => {
  const { call } = simulated();
  const { body } = await call('/v1/models/kling/kling-video-o3/4k/image-to-video');
  expect(body['error_code']).toBe(400001);
});

const BAD_INPUTS: [model: string, input: unknown, loc: (string | number)[]][] = [
  [TEXT_TO_VIDEO, {}, ['body', 'input', 'prompt']],
  [TEXT_TO_VIDEO, [], ['body', 'input']],
  [TEXT_TO_VIDEO, { prompt: 'x'.repeat(801) }, ['body', 'input', 'prompt']],
  [TEXT_TO_VIDEO, { prompt: 'a', frames: 122 }, ['body', 'input', 'frames']],
  [TEXT_TO_VIDEO, { prompt: 'a', aspect_ratio: '1920x1088(16:9)' }, ['body', 'input', 'aspect_ratio']],
  [
    'bytedance/dreamina-3-0/pro/image-to-video',
    { prompt: 'a', image_urls: [] },
    ['body', 'input', 'image_urls'],
  ],
  [
    'bytedance/dreamina-3-0/pro/image-to-video',
    { prompt: 'a', image_urls: [1] },
    ['body', 'input', 'image_urls', 0],
  ],
  [
    'blackforestlabs/flux-2/flash/text-to-image',
    { prompt: 'a', guidance_scale: 21 },
    ['body', 'input', 'guidance_scale'],
  ],
  ['acestep-ai/ace-step-1.5/text-to-audio', { tags: 'a', duration: 5.5 }, ['body', 'input', 'duration']],
  ['wan-ai/wan-2.7/edit', { prompt: 'a', image_urls: ['u'], num_images: 0 }, ['body', 'input', 'num_images']],
  [
    'kling/kling-3.0/standard/image-to-video',
    { prompt: 'a', image: 'u', elements: [{}] },
    ['body', 'input', 'elements', 0, 'frontal_image'],
  ],
];

test.for(BAD_INPUTS)('%s refuses %j', async ([model, input, loc], { expect }) => {
  const { post, runComfy } = simulated();
  const { status, body } = await post(`/v1/models/${model}`, input);
  expect(status).toBe(422);
  expect(body).toMatchObject({ error_code: 422001, detail: [{ loc }] });
  expect(runComfy.accepted().count).toBe(0);
});

const GOOD_INPUTS: [model: string, input: unknown, output: string][] = [
  ['blackforestlabs/flux-2/flash/text-to-image', { prompt: 'a', guidance_scale: 2.5, seed: null }, 'image'],
  ['bytedance/seedream-4-5/edit', { prompt: 'a', images: ['https://x.test/a.png'] }, 'images'],
  ['blackforestlabs/flux-3/text-to-video', { prompt: 'a', duration: '20' }, 'videos'],
  ['acestep-ai/ace-step-1.5/text-to-audio', { tags: 'jazz' }, 'audio'],
  [
    'tongyi-mai/z-image/turbo/inpainting/lora',
    { prompt: 'a', image: 'u', mask_image: 'u', lora: { path: 'mine.safetensors' } },
    'image',
  ],
  [
    'tongyi-mai/z-image/turbo/controlnet/lora',
    {
      prompt: 'a',
      image: 'u',
      loras: [{ path: 'alibaba-pai/Z-Image-Turbo-Fun-Controlnet-Union', scale: 1 }],
    },
    'image',
  ],
];

test.for(GOOD_INPUTS)('%s takes %j and gives %s', async ([model, input, output], { expect }) => {
  const { call, post, runComfy } = simulated();
  runComfy.settings({ queue_ms: 0, run_ms: 0 });
  const { body } = await post(`/v1/models/${model}`, input);
  const result = await call(`/v1/requests/${String(body['request_id'])}/result`);
  expect(Object.keys(z.object({ output: z.looseObject({}) }).parse(result.body).output)).toEqual([output]);
});
