// Finds the URLs in the output of a job, and the way to show each of them.

export type Output = { url: string; kind: 'picture' | 'video' | 'sound' | 'file' };

const KINDS: [RegExp, Output['kind']][] = [
  [/\.(?:png|jpe?g|webp|gif|avif)$/i, 'picture'],
  [/\.(?:mp4|webm|mov)$/i, 'video'],
  [/\.(?:mp3|wav|ogg|flac|m4a)$/i, 'sound'],
];

export function outputsIn(value: unknown): Output[] {
  if (typeof value === 'string') {
    const url = URL.parse(value);
    // A javascript: URL is not an output.
    if (url === null || !['https:', 'http:'].includes(url.protocol)) {
      return [];
    }
    const kind = KINDS.find(([names]) => names.test(url.pathname))?.[1] ?? 'file';
    return [{ url: url.href, kind }];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(outputsIn) : [];
}
