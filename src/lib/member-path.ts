// The path of a value inside a JSON value, as people write it.

/** The name of a member or the index of an item. */
export type Step = string | number;

/** For example `image_urls[0].name`; '' for the whole value. */
export function memberPath(steps: Step[]): string {
  return steps
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}
