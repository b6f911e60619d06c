// What is known of a file. Nothing else of what a host says is kept, so nothing else can be told on.

type Size = { sizeBytes: number | null };

/** `sides` null: an image of a format or build that is not measured here. */
export type ImageFacts = Size & {
  kind: 'image';
  format: string;
  sides: { width: number; height: number } | null;
  /** Its metadata may say that the picture is to be turned, which swaps the sides. */
  canTurn: boolean;
};

/** A video or a sound, of which only the headers of the answer are read. */
export type PlayedFacts = Size & { kind: 'played'; isUsualType: boolean };

/** The file is not what its input needs. `reason` is a clause of ours about "it". */
export type RefusedFacts = { kind: 'refused'; reason: string };

/** Nobody could tell; this refuses nothing. */
export type Unknown = { kind: 'unknown'; reason: string };

export type Facts = ImageFacts | PlayedFacts | RefusedFacts;

/** `atMs`: when it was learned. */
export type RememberedFacts = { facts: Facts; atMs: number };

export const NO_IMAGE: RefusedFacts = { kind: 'refused', reason: 'it is no image' };

const PLAYED_TYPE =
  /^\s*(?:(?:video|audio)\/|(?:application\/octet-stream|binary\/octet-stream|application\/ogg)\s*(?:;|$))/i;

/** Whether a video or a sound may be of this content type. `binary/octet-stream` is what S3 says of most files. */
export function isPlayedType(contentType: string): boolean {
  return contentType.trim() === '' || PLAYED_TYPE.test(contentType);
}
