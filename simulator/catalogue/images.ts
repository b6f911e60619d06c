// Image models. Their quirks: the type "float" and a null default (FLUX), a required name that no property has
// (Seedream), image lists with and without formats, an id of five segments, a `lora` object and a list of
// `loras` (Z-Image).
import { model } from './model.ts';

const SIZES = ['square_hd', 'square', 'portrait_4_3', 'portrait_16_9', 'landscape_4_3', 'landscape_16_9'];

export const IMAGE_MODELS = [
  model({
    id: 'blackforestlabs/flux-2/flash/text-to-image',
    name: 'FLUX.2 Flash',
    description: 'Fast pictures from words.',
    category: 'text-to-image',
    price: { usd: 0.012, unit: 'output' },
    output: 'image',
    required: ['prompt'],
    properties: {
      prompt: { type: 'string', description: '' },
      guidance_scale: {
        type: 'float',
        description: 'How closely to follow the prompt.',
        minimum: 0,
        maximum: 20,
        default: 2.5,
      },
      seed: { type: 'integer', description: '', default: null },
      image_size: { type: 'string', description: '', enum: SIZES, default: 'landscape_4_3' },
      output_format: { type: 'string', description: '', enum: ['jpeg', 'png', 'webp'], default: 'png' },
    },
  }),
  model({
    id: 'bytedance/seedream-4-5/edit',
    name: 'Seedream 4.5 Edit',
    description: 'Edits pictures by instruction.',
    category: 'image-to-image',
    price: { usd: 0.04, unit: 'output' },
    output: 'images',
    required: ['prompt', 'image_urls'],
    properties: {
      prompt: { type: 'string', description: 'At most 600 English words are recommended.' },
      images: { type: 'array', description: '1 to 14 images, JPEG or PNG.', items: { type: 'string' } },
    },
  }),
  model({
    id: 'openai/gpt-image-2/edit',
    name: 'GPT Image 2 Edit',
    description: 'Edits up to ten reference pictures.',
    category: 'image-to-image',
    price: { usd: 0.06, unit: 'output', note: '1k is billed at $0.06, 2k at $0.12, 4k at $0.24 per image.' },
    output: 'image',
    required: ['prompt', 'images'],
    properties: {
      prompt: { type: 'string', description: '' },
      images: {
        type: 'array',
        description: 'Reference images to edit, up to 10.',
        format: 'image_uris',
        items: { type: 'string', format: 'image_uri' },
        minItems: 1,
        maxItems: 10,
      },
      quality: { type: 'string', description: '', enum: ['low', 'medium', 'high'], default: 'medium' },
      resolution: { type: 'string', description: '', enum: ['1k', '2k', '4k'], default: '1k' },
    },
  }),
  model({
    id: 'wan-ai/wan-2.7/edit',
    name: 'Wan 2.7 Edit',
    description: 'Edits up to four pictures and gives up to four back.',
    category: 'image-to-image',
    price: { usd: 0.03, unit: 'output' },
    output: 'images',
    required: ['prompt', 'image_urls'],
    properties: {
      prompt: { type: 'string', description: '' },
      image_urls: { type: 'array', description: '', format: 'image_uris', minItems: 1, maxItems: 4 },
      image_size: { type: 'string', description: '', enum: SIZES, default: 'square_hd' },
      num_images: { type: 'integer', description: '', minimum: 1, maximum: 4, default: 1 },
      enable_prompt_expansion: { type: 'boolean', description: '', default: true },
    },
  }),
  model({
    id: 'tongyi-mai/z-image/turbo/inpainting/lora',
    name: 'Z-Image Turbo Inpainting with LoRA',
    description: 'Repaints a masked part in the style of a LoRA.',
    category: 'image-to-image',
    price: { usd: 0.02, unit: 'output' },
    output: 'image',
    required: ['prompt', 'image', 'mask_image'],
    properties: {
      prompt: { type: 'string', description: '' },
      image: { type: 'string', description: '', format: 'image_uri' },
      mask_image: { type: 'string', description: '', format: 'image_uri' },
      lora: {
        type: 'object',
        description: 'A LoRA of the account by name, or a public URL.',
        required: ['path'],
        properties: {
          path: { type: 'string', default: 'my_first_lora_3000.safetensors' },
          scale: { type: 'float', minimum: 0, maximum: 2, default: 1 },
        },
      },
    },
  }),
  model({
    id: 'tongyi-mai/z-image/turbo/controlnet/lora',
    name: 'Z-Image Turbo ControlNet with LoRA',
    description: 'A picture that follows another, in the style of several LoRAs.',
    category: 'image-to-image',
    price: { usd: 0.02, unit: 'output' },
    output: 'image',
    required: ['prompt', 'image'],
    properties: {
      prompt: { type: 'string', description: '' },
      image: { type: 'string', description: '', format: 'image_uri' },
      loras: {
        type: 'array',
        description: 'Each a LoRA of the account by name, a public URL or a Hugging Face repository.',
        items: {
          type: 'object',
          required: ['path'],
          properties: {
            path: { type: 'string' },
            scale: { type: 'float', minimum: 0, maximum: 4, default: 1 },
          },
        },
      },
    },
  }),
];
