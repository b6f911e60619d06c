// The whole catalogue. Only the prices of Dreamina 3.0 are real.
import { AUDIO_MODELS } from './audio.ts';
import { DREAMINA_MODELS } from './dreamina.ts';
import { IMAGE_MODELS } from './images.ts';
import type { CatalogueModel } from './model.ts';
import { VIDEO_MODELS } from './videos.ts';

export const MODELS: readonly CatalogueModel[] = [
  ...DREAMINA_MODELS,
  ...IMAGE_MODELS,
  ...VIDEO_MODELS,
  ...AUDIO_MODELS,
];
