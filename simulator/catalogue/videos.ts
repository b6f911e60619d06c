// Video models. Their quirks: numeric strings with "auto" (FLUX 3), no formats at all (sync), upper case in the id and
// structured inputs (Kling), a rule on a file's size (Runway), a workflow without a price whose inputs begin with
// digits and take file names, and an undocumented unit (lipsync).
import { model, type Property } from './model.ts';

const PROMPT: Property = { type: 'string', description: '' };
const PICTURE: Property = { type: 'string', description: '', format: 'image_uri' };

const AUTO_OR_SECONDS = ['auto', ...Array.from({ length: 16 }, (_, index) => String(index + 5))];

export const VIDEO_MODELS = [
  model({
    id: 'blackforestlabs/flux-3/text-to-video',
    name: 'FLUX 3 Text to Video',
    description: 'Clips of up to twenty seconds from words.',
    category: 'text-to-video',
    price: { usd: 0.1, unit: 'second' },
    output: 'videos',
    required: ['prompt'],
    properties: {
      prompt: PROMPT,
      duration: { type: 'string', description: 'Seconds, or auto.', enum: AUTO_OR_SECONDS, default: 'auto' },
      resolution: { type: 'string', description: '', enum: ['480p', '720P'], default: '720P' },
    },
  }),
  model({
    id: 'sync/react-1',
    name: 'react-1',
    description: 'Makes a speaker follow a new voice track.',
    category: 'edit-video',
    price: { usd: 0.17, unit: 'second' },
    output: 'video',
    required: ['video_url', 'audio_url'],
    properties: {
      video_url: { type: 'string', description: 'URL of the video, at most 15 seconds.' },
      audio_url: { type: 'string' },
    },
  }),
  model({
    id: 'kling/kling-video-o3/4K/image-to-video',
    name: 'Kling Video O3 4K Image to Video',
    description: 'Animates one picture in 4K.',
    category: 'image-to-video',
    price: { usd: 0.42, unit: 'second', note: 'Sound adds 20 % to the per-second cost.' },
    output: 'video',
    required: ['prompt', 'image'],
    properties: {
      prompt: PROMPT,
      image: PICTURE,
      duration: { type: 'integer', description: '', minimum: 3, maximum: 15, default: 5 },
      sound: { type: 'boolean', description: '', default: false },
    },
  }),
  model({
    id: 'kling/kling-3.0/standard/image-to-video',
    name: 'Kling 3.0 Standard Image to Video',
    description: 'Animates one picture, with named elements kept alike.',
    category: 'image-to-video',
    price: { usd: 0.084, unit: 'second' },
    output: 'video',
    required: ['prompt', 'image'],
    properties: {
      prompt: PROMPT,
      image: PICTURE,
      duration: { type: 'integer', description: '', minimum: 3, maximum: 15, default: 5 },
      cfg_scale: { type: 'number', description: '', minimum: 0, maximum: 1, default: 0.5 },
      elements: {
        type: 'array',
        description: 'People or things to keep alike.',
        maxItems: 3,
        items: {
          type: 'object',
          required: ['frontal_image'],
          properties: {
            frontal_image: { type: 'string', format: 'image_uri' },
            reference_images: { type: 'array', format: 'image_uris', maxItems: 3 },
          },
        },
      },
    },
  }),
  model({
    id: 'runwayml/runway-aleph-2/video-to-video',
    name: 'Runway Aleph 2',
    description: 'Edits a video by instruction.',
    category: 'edit-video',
    price: { usd: 0.18, unit: 'second', note: 'Billed by the length of the source video.' },
    output: 'video',
    required: ['video_url', 'prompt'],
    properties: {
      prompt: PROMPT,
      seed: { type: 'integer', description: '', minimum: 0, maximum: 4294967295 },
      video_url: {
        type: 'string',
        description: 'Between 2 and 30 seconds and under 16 MB.',
        format: 'video_uri',
        validations: [
          {
            validation_rule: 'file_size_mb<',
            validation_value: 16,
            validation_error: 'File size must be less than 16 MB.',
          },
        ],
      },
    },
  }),
  model({
    id: 'community/infinite-talk/image-to-video',
    name: 'Infinite Talk',
    description: 'A ComfyUI workflow that makes a portrait speak.',
    category: 'image-to-video',
    kind: 'workflow',
    output: 'video',
    required: ['241_positive_prompt', '284_image'],
    properties: {
      '241_positive_prompt': { ...PROMPT, default: 'a woman is talking' },
      '284_image': { type: 'string', description: '', default: 'sample_portrait.png' },
    },
  }),
  model({
    id: 'sync/sync/lipsync/v2/pro',
    name: 'Lipsync v2 Pro',
    description: 'Lip movement for a new voice track.',
    category: 'edit-video',
    price: { usd: 5, unit: 'minute' },
    output: 'video',
    required: ['video_url', 'audio_url'],
    properties: {
      video_url: { type: 'string', description: '', format: 'video_uri' },
      audio_url: { type: 'string', description: '', format: 'audio_uri' },
    },
  }),
];
