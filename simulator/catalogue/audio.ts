// Models that produce or use sound. The prompt of the first one is called `tags`. The second one requires a prompt if there
// is no picture, but only its description says so.
import { model } from './model.ts';

export const AUDIO_MODELS = [
  model({
    id: 'acestep-ai/ace-step-1.5/text-to-audio',
    name: 'ACE-Step 1.5',
    description: 'Music from a list of tags.',
    category: 'text-to-audio',
    price: { usd: 0.0005, unit: 'second' },
    output: 'audio',
    required: ['tags'],
    properties: {
      tags: { type: 'string', description: 'Genre, mood and instruments, separated by commas.' },
      lyrics: { type: 'string', description: '', default: '' },
      duration: { type: 'integer', description: 'In seconds.', minimum: 5, maximum: 240, default: 60 },
      seed: { type: 'integer', description: '', minimum: -1, maximum: 2147483647, default: -1 },
    },
  }),
  model({
    id: 'lightricks/ltx-2.5/audio-to-video/fast',
    name: 'LTX 2.5 Audio to Video Fast',
    description: 'A clip that follows a sound track.',
    category: 'image-to-video',
    price: { usd: 0.04, unit: 'second', note: 'Billed by the length of the audio.' },
    output: 'video',
    required: ['audio_url'],
    properties: {
      audio_url: { type: 'string', description: 'Between 2 and 20 seconds.', format: 'audio_uri' },
      image_url: { type: 'string', description: 'Without it, prompt is required.', format: 'image_uri' },
      prompt: { type: 'string', description: '', default: '' },
      guidance_scale: { type: 'number', description: '', minimum: 1, maximum: 50, default: 9 },
    },
  }),
];
