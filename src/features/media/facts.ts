// The facts that are known of a file. Nothing else of a host's answer is kept, so nothing else can be disclosed.

type Size = { sizeBytes: number | null };

/** `sides` null: the size of this format or variant cannot be read. */
export type ImageFacts = Size & {
  kind: 'image';
  format: string;
  sides: { width: number; height: number } | null;
  /** Its metadata may demand a rotation, which swaps the sides. */
  canTurn: boolean;
};

/** A video or a sound: only the headers of the answer are read. */
export type PlayedFacts = Size & { kind: 'played'; isUsualType: boolean };

/** The file cannot be used for its input. `reason` is a clause about "it". */
export type RefusedFacts = { kind: 'refused'; reason: string };

/** The file could not be checked; this refuses nothing. */
export type Unknown = { kind: 'unknown'; reason: string };

export type Facts = ImageFacts | PlayedFacts | RefusedFacts;

/** `atMs`: when the facts were learnt. */
export type RememberedFacts = { facts: Facts; atMs: number };

export const NO_IMAGE: RefusedFacts = { kind: 'refused', reason: 'it is no image' };

const PLAYED_TYPE =
  /^\s*(?:(?:video|audio)\/|(?:application\/octet-stream|binary\/octet-stream|application\/ogg)\s*(?:;|$))/i;

/** True if a video or a sound may have this content type. S3 answers `binary/octet-stream` for most files. */
export function isPlayedType(contentType: string): boolean {
  return contentType.trim() === '' || PLAYED_TYPE.test(contentType);
}
