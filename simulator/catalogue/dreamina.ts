// Dreamina 3.0 Pro, both ends: the picture rules of image-to-video and the Unicode aspect ratios of text-to-video.
import { model, type Property, type Validation } from './model.ts';

const PROMPT: Property = { type: 'string', description: '', maxLength: 800 };

const FRAMES: Property = {
  type: 'integer',
  description: 'Total number of frames to generate. Supported values: 121 (≈5s) and 241 (≈10s).',
  enum: [121, 241],
  default: 121,
};

const SEED: Property = { type: 'integer', description: '', default: -1 };

const PRICE = { usd: 0.05, unit: 'second', note: 'Billed by the length of the video: 121 frames are 5 s.' };

const PICTURE_RULES: readonly Validation[] = [
  rule('file_size_mb<', 4.7, 'File size must be less than 4.7 MB.'),
  rule('width_pixels<=', 4096, 'Maximum resolution is 4096x4096.'),
  rule('height_pixels<=', 4096, 'Maximum resolution is 4096x4096.'),
  rule('width_pixels>', 320, 'The shortest side must be at least 320 pixels.'),
  rule('height_pixels>', 320, 'The shortest side must be at least 320 pixels.'),
  rule('width/height<', 3, 'The ratio of long side to short side must be within 3:1.'),
  rule('width/height>', 0.33, 'The ratio of long side to short side must be greater than 0.33.'),
];

export const DREAMINA_MODELS = [
  model({
    id: 'bytedance/dreamina-3-0/pro/image-to-video',
    name: 'Dreamina 3.0 Pro Image to Video',
    description: 'Animates one picture into a clip of five or ten seconds.',
    category: 'image-to-video',
    price: PRICE,
    output: 'video',
    required: ['prompt', 'image_urls'],
    properties: {
      prompt: { ...PROMPT, default: 'A slow tracking shot through a sunlit old street.' },
      image_urls: {
        type: 'array',
        description: 'Upload JPEG or PNG only.',
        items: { type: 'string', format: 'image_uri' },
        minItems: 1,
        maxItems: 1,
        default: [
          'https://playgrounds-storage-public.runcomfy.net/tools/7013/media-files/usecase2-2-input.jpeg',
        ],
        validations: PICTURE_RULES,
      },
      seed: SEED,
      frames: FRAMES,
    },
  }),
  model({
    id: 'bytedance/dreamina-3-0/pro/text-to-video',
    name: 'Dreamina 3.0 Pro Text to Video',
    description: 'Makes a clip of five or ten seconds from words alone.',
    category: 'text-to-video',
    price: PRICE,
    output: 'video',
    required: ['prompt'],
    properties: {
      prompt: { ...PROMPT, default: 'Tea leaves unfold in a glass pot, macro view.' },
      aspect_ratio: {
        type: 'string',
        description: '',
        enum: [
          '1920×1088(16:9)',
          '1664×1248(4:3)',
          '1440×1440(1:1)',
          '1248×1664(3:4)',
          '1088×1920(9:16)',
          '2176×928(21:9)',
        ],
        default: '1920×1088(16:9)',
      },
      frames: FRAMES,
      seed: SEED,
    },
  }),
];

function rule(name: string, value: number, error: string): Validation {
  return { validation_rule: name, validation_value: value, validation_error: error };
}
