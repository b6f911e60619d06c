// Makes the `output` of a succeeded job: one URL or a list of URLs, under the key of the model's kind.
import type { CatalogueModel } from './catalogue/model.ts';
import type { Job } from './job.ts';
import { outputsOf } from './price.ts';

const EXTENSIONS = { image: 'png', images: 'png', video: 'mp4', videos: 'mp4', audio: 'wav' } as const;

/** `model` undefined: it was removed from the catalogue meanwhile. */
export function outputOf(
  model: CatalogueModel | undefined,
  job: Job,
  origin: string,
): Record<string, string | string[]> {
  const key = model?.output ?? 'video';
  const folder = `${origin}/files/${job.id}`;
  if (key !== 'images' && key !== 'videos') {
    return { [key]: `${folder}/output.${EXTENSIONS[key]}` };
  }
  const count = model ? outputsOf(model.entry, job.body) : 1;
  const names = Array.from(
    { length: count },
    (_, index) => `${folder}/output-${index + 1}.${EXTENSIONS[key]}`,
  );
  return { [key]: names };
}
