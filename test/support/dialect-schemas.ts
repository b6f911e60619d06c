// A small schema for each quirk of RunComfy's dialect of JSON Schema, with inputs that RunComfy takes and some that
// it does not. Made up for these tests; the quirks are real.

export type DialectSchema = {
  quirk: string;
  schema: Record<string, unknown>;
  good: Record<string, unknown>[];
  /** What is wrong: the path and the rule of the first error. */
  bad: [input: Record<string, unknown>, path: string, rule: string][];
  /** Parts of what is noted, one for each note. */
  notes?: string[];
};

const prompt = { type: 'string', title: 'Prompt', description: 'What to show.', maxLength: 20 };
const IMAGE = 'https://files.example/a.png';

export const DIALECT_SCHEMAS: DialectSchema[] = [
  {
    quirk: 'float is a type',
    schema: {
      type: 'object',
      required: ['prompt'],
      properties: {
        prompt,
        guidance_scale: { type: 'float', title: 'Guidance', default: 2.5, minimum: 0, maximum: 20 },
      },
    },
    good: [{ prompt: 'a' }, { prompt: 'a', guidance_scale: 0.1 }, { prompt: 'a', guidance_scale: 20 }],
    bad: [
      [{ prompt: 'a', guidance_scale: '2.5' }, 'guidance_scale', 'type'],
      [{ prompt: 'a', guidance_scale: 20.1 }, 'guidance_scale', 'maximum'],
      [{ prompt: 'a', guidance_scale: -0.1 }, 'guidance_scale', 'minimum'],
      [{ prompt: 'a', guidance_scale: null }, 'guidance_scale', 'type'],
    ],
  },
  {
    quirk: 'a default of null says that null is accepted',
    schema: {
      type: 'object',
      properties: {
        seed: { type: 'integer', default: null, minimum: 0 },
        style: { type: 'string', enum: ['film', 'anime'], default: null },
        strength: { type: 'number', nullable: true, maximum: 1 },
        steps: { type: ['integer', 'null'] },
      },
    },
    good: [
      {},
      { seed: null, style: null, strength: null, steps: null },
      { seed: 5, style: 'film', strength: 1 },
    ],
    bad: [
      [{ seed: -1 }, 'seed', 'minimum'],
      [{ seed: 1.5 }, 'seed', 'type'],
      [{ style: 'oil' }, 'style', 'enum'],
      [{ strength: 2 }, 'strength', 'maximum'],
      [{ steps: '1' }, 'steps', 'type'],
    ],
  },
  {
    quirk: 'numbers as text in an enum',
    schema: {
      type: 'object',
      properties: { duration: { type: 'string', enum: ['auto', '5', '10', '20'], default: 'auto' } },
    },
    good: [{ duration: 'auto' }, { duration: '5' }],
    bad: [
      [{ duration: 5 }, 'duration', 'enum'],
      [{ duration: '6' }, 'duration', 'enum'],
    ],
  },
  {
    quirk: 'an enum that contradicts its type decides alone',
    schema: {
      type: 'object',
      properties: {
        duration: { type: 'integer', enum: ['5', '10'], default: '5', minimum: 1 },
        frames: { type: 'string', enum: [121, 241] },
        fps: { type: 'float', enum: ['24', '30'], default: null },
      },
    },
    good: [{ duration: '5', frames: 121, fps: '24' }, { fps: null }],
    bad: [
      [{ duration: 5 }, 'duration', 'enum'],
      [{ duration: '6' }, 'duration', 'enum'],
      [{ frames: '121' }, 'frames', 'enum'],
      [{ fps: 24 }, 'fps', 'enum'],
      [{ frames: null }, 'frames', 'enum'],
    ],
    notes: ['/properties/duration: no value of the enum is of type integer', 'frames', 'type number'],
  },
  {
    quirk: 'numbers in an enum',
    schema: { type: 'object', properties: { frames: { type: 'integer', enum: [121, 241], default: 121 } } },
    good: [{ frames: 121 }],
    bad: [
      [{ frames: 120 }, 'frames', 'enum'],
      [{ frames: '121' }, 'frames', 'enum'],
    ],
  },
  {
    quirk: 'letters beyond ASCII and both cases in an enum',
    schema: {
      type: 'object',
      properties: { size: { type: 'string', enum: ['1920×1088(16:9)', '4K', '720p'] } },
    },
    good: [{ size: '1920×1088(16:9)' }, { size: '4K' }],
    bad: [
      [{ size: '1920x1088(16:9)' }, 'size', 'enum'],
      [{ size: '4k' }, 'size', 'enum'],
      [{ size: '720P' }, 'size', 'enum'],
    ],
  },
  {
    quirk: 'formats of media, on texts and on lists',
    schema: {
      type: 'object',
      required: ['image', 'clips'],
      properties: {
        image: {
          type: 'string',
          format: 'image_uri',
          validations: [{ validation_rule: 'width_pixels>', validation_value: 320 }],
        },
        video: { type: 'string', format: 'video_uri' },
        clips: { type: 'array', format: 'video_uris', minItems: 1 },
        images: {
          type: 'array',
          format: 'image_uris',
          items: { type: 'string', format: 'image_uri' },
          maxItems: 2,
        },
        voices: { type: 'array', items: { type: 'string', format: 'audio_uri' } },
      },
    },
    good: [
      { image: IMAGE, clips: [IMAGE] },
      { image: 'data:image/png;base64,AA==', clips: ['no address'], images: [], voices: [IMAGE] },
    ],
    bad: [
      [{ image: [IMAGE], clips: [IMAGE] }, 'image', 'type'],
      [{ image: IMAGE, clips: [] }, 'clips', 'minItems'],
      [{ image: IMAGE, clips: [IMAGE], images: [IMAGE, 5] }, 'images[1]', 'type'],
      [{ image: IMAGE, clips: [IMAGE], images: [IMAGE, IMAGE, IMAGE] }, 'images', 'maxItems'],
    ],
  },
  {
    quirk: 'a required name that no property has',
    schema: {
      type: 'object',
      required: ['prompt', 'image_urls'],
      properties: { prompt, images: { type: 'array', format: 'image_uris' } },
    },
    good: [{ prompt: 'a', images: [IMAGE] }],
    bad: [[{ images: [IMAGE] }, 'prompt', 'required']],
    notes: ['required input "image_urls" is not among the properties; not enforced'],
  },
  {
    quirk: 'inputs with structure',
    schema: {
      type: 'object',
      required: ['keyframes'],
      properties: {
        keyframes: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['image', 'at'],
            properties: {
              image: { type: 'string', format: 'image_uri' },
              at: { type: 'number', minimum: 0 },
            },
          },
        },
        lora: { type: 'object', properties: { path: { type: 'string' } } },
      },
    },
    good: [{ keyframes: [{ image: IMAGE, at: 0.5 }], lora: { path: 'a.safetensors', scale: 1 } }],
    bad: [
      [{ keyframes: [{ image: IMAGE }] }, 'keyframes[0].at', 'required'],
      [
        {
          keyframes: [
            { image: IMAGE, at: 0 },
            { image: IMAGE, at: -1 },
          ],
        },
        'keyframes[1].at',
        'minimum',
      ],
      [{ keyframes: [{ image: IMAGE, at: 0 }], lora: { path: 5 } }, 'lora.path', 'type'],
    ],
  },
  {
    quirk: 'names that start with digits, as workflows have them',
    schema: {
      type: 'object',
      properties: {
        '241_positive_prompt': { type: 'string' },
        '284_image': { type: 'string', default: 'example_1278_1.png' },
      },
    },
    good: [{ '241_positive_prompt': 'a', '284_image': 'example_1278_1.png' }],
    bad: [[{ '241_positive_prompt': 1 }, '241_positive_prompt', 'type']],
  },
  {
    quirk: 'an input called title, and titles in all other places',
    schema: {
      type: 'object',
      title: 'A model',
      properties: { title: { type: 'string', title: 'Title', maxLength: 5 } },
    },
    good: [{ title: 'a' }, {}],
    bad: [[{ title: 'longer' }, 'title', 'maxLength']],
  },
];

/** Not as the standard has it: no inputs can be made from these. */
export const ODD_SCHEMAS: DialectSchema[] = [
  {
    quirk: 'keywords that mean nothing, and bounds as in draft 4',
    schema: {
      type: 'object',
      properties: {
        strength: { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: false },
        steps: { type: 'integer', minimum: 1, maximum: null },
        style: { type: 'string', enum: null },
        images: { type: 'array', items: null, maxItems: 2 },
        duration: { type: 'int', maximum: 10 },
        cfg: { type: 'number', exclusiveMinimum: true },
      },
    },
    good: [
      { strength: 0.1, steps: 1_000, style: 'any', images: ['a', 5], duration: 10, cfg: -1 },
      { strength: 1, duration: '5' },
    ],
    bad: [
      [{ strength: 0 }, 'strength', 'exclusiveMinimum'],
      [{ strength: 1.1 }, 'strength', 'maximum'],
      [{ steps: 0 }, 'steps', 'minimum'],
      [{ style: 5 }, 'style', 'type'],
      [{ images: [1, 2, 3] }, 'images', 'maxItems'],
      [{ duration: 11 }, 'duration', 'maximum'],
    ],
    notes: [
      '/properties/strength: exclusiveMaximum',
      '/properties/steps: maximum does not have its standard shape',
      '/properties/style: enum',
      '/properties/images: items',
      '/properties/duration: the type "int" is not known; not enforced',
      '/properties/cfg: exclusiveMinimum',
    ],
  },
];
