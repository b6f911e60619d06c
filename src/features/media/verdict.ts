// Turns the facts about a file into errors, if it breaks a rule, and warnings, if it could not be checked. Pure.

import type { InputError } from '../input-schema/input-error.ts';
import type { Facts, ImageFacts, PlayedFacts, Unknown } from './facts.ts';
import type { MediaInput } from './media-inputs.ts';
import { breaches, isOfSides } from './rules.ts';

export type Verdict = { errors: InputError[]; warnings: string[] };

/** RunComfy's recommended sizes. A MB is taken as 2^20 bytes, the larger reading. */
const ADVISED_MB = { image: 50, played: 100 };
const MEGABYTE = 2 ** 20;

const MAX_SENT_CHARS = 80;

export function judgeFile(media: MediaInput, facts: Facts | Unknown): Verdict {
  switch (facts.kind) {
    case 'unknown':
      return { errors: [], warnings: [warning(media, `was not checked: ${facts.reason}.`)] };
    case 'refused':
      return { errors: [{ ...placed(media, 'media', `cannot be used: ${facts.reason}.`) }], warnings: [] };
    case 'image':
    case 'played':
      return judgeMeasured(media, facts);
  }
}

function judgeMeasured(media: MediaInput, facts: ImageFacts | PlayedFacts): Verdict {
  const sides = facts.kind === 'image' ? facts.sides : null;
  const canTurn = facts.kind === 'image' && facts.canTurn;
  const broken = breaches(media.rules, { sizeBytes: facts.sizeBytes, sides, canTurn });
  if (broken.length > 0) {
    const errors = broken.map(({ name, error, value }) => ({
      ...placed(media, name, `breaks a rule: ${error.trim() || `${name} ${value}.`} ${measuredText(facts)}`),
      allowed: value,
    }));
    return { errors, warnings: [] };
  }
  return { errors: [], warnings: doubts(media, facts).map((doubt) => warning(media, doubt)) };
}

function doubts({ rules, kind }: MediaInput, facts: ImageFacts | PlayedFacts): string[] {
  const isSizeRuled = rules.some((rule) => !isOfSides(rule));
  const areSidesRuled = rules.some(isOfSides);
  const advisedMb = ADVISED_MB[facts.kind];
  return [
    ...(facts.kind === 'image' && facts.sides === null && areSidesRuled
      ? ['was not fully checked: its dimensions could not be read.']
      : []),
    ...(facts.sizeBytes === null && isSizeRuled
      ? ['was not fully checked: its host does not say how large it is.']
      : []),
    ...(!isSizeRuled && (facts.sizeBytes ?? 0) > advisedMb * MEGABYTE
      ? [`is larger than the ${advisedMb} MB that RunComfy recommends.`]
      : []),
    ...(facts.kind === 'played' && !facts.isUsualType
      ? [`has a content type that is not usual for ${kind}.`]
      : []),
  ];
}

function measuredText(facts: ImageFacts | PlayedFacts): string {
  const size = facts.sizeBytes === null ? null : `${facts.sizeBytes} bytes`;
  const sides = facts.kind === 'image' && facts.sides;
  const parts = [
    facts.kind === 'image' ? facts.format.toUpperCase() : null,
    sides ? `${sides.width}x${sides.height} pixels` : null,
    size,
  ];
  return `Measured: ${parts.filter((part) => part !== null).join(', ')}.`;
}

function placed({ path, url }: MediaInput, rule: string, words: string): InputError {
  const sent = url.length > MAX_SENT_CHARS ? `${url.slice(0, MAX_SENT_CHARS).toWellFormed()}…` : url;
  return { path, rule, message: `${path} ${words}`, sent };
}

/** Printable ASCII only, for the header. */
function warning({ path }: MediaInput, words: string): string {
  return `${path.slice(0, MAX_SENT_CHARS)} ${words}`.replaceAll(/[^ -~]/g, '?');
}
