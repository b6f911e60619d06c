// The media of a payload against their rules, before anything is spent. What can be told without the network is told
// first; hosts are asked only once there is nothing against the input and its sender has room.

import type { InputError } from '../input-schema/input-error.ts';
import type { MediaRuntime } from './memory.ts';
import { isDataUri, readDataUri } from './data-uri.ts';
import type { Facts, Unknown } from './facts.ts';
import type { MediaInput } from './media-inputs.ts';
import { probe, type Probe } from './probe.ts';
import { judgeUrl } from './public-url.ts';
import { judgeFile, type Verdict } from './verdict.ts';

const MAX_URLS = 8;
const MAX_AT_ONCE = 5;
const TIMEOUT_MS = 3000;
/** What refuses is believed this long: its owner may be mending it. What passes: as long as memory.ts keeps it. */
const REFUSING_MS = 60_000;
/** More than any model takes. The rest passes unseen. */
const MAX_MEDIA = 200;
const MAX_FINDINGS = 20;

export type MediaOptions = {
  /** Host names under which this gateway is reached. */
  ownHosts: string[];
  /** What is known already of some of them, without asking a host. */
  known: (media: MediaInput[]) => Promise<Map<MediaInput, Facts>>;
  /** Awaited once before the first host is asked; throws where the caller has no room. */
  admit: () => Promise<void>;
};

type Found = { media: MediaInput; facts: Facts | Unknown };
type Asked = { media: MediaInput; key: string; probe: Probe };

/**
 * What is wrong with the media, and what could not be told; at most 20 of each. The sentences say what we measured,
 * never what a host answered. Where the values themselves are refused already, no host is asked.
 */
export async function checkMedia(
  deps: MediaRuntime,
  media: MediaInput[],
  { ownHosts, known: findKnown, admit }: MediaOptions,
): Promise<{ errors: InputError[]; warnings: string[] }> {
  const seen = media.slice(0, MAX_MEDIA);
  const told = await findKnown(seen);
  const looked = seen.map((one) => {
    const facts = told.get(one);
    return facts === undefined ? look(deps, one, ownHosts) : { media: one, facts };
  });
  const known = looked.filter((one) => 'facts' in one);
  const asked = looked.filter((one) => 'probe' in one);
  const verdicts = known.map(({ media: one, facts }) => judgeFile(one, facts));
  if (asked.length > 0 && verdicts.every(({ errors }) => errors.length === 0)) {
    await admit();
    const facts = await askHosts(deps, asked, ownHosts);
    verdicts.push(...asked.map(({ media: one, key }) => judgeFile(one, facts.get(key) ?? TOO_MANY)));
  }
  return summary(verdicts, media.length - looked.length);
}

const TOO_MANY: Unknown = { kind: 'unknown', reason: `at most ${MAX_URLS} URLs are checked in a submit` };

/** What is known of a file without asking its host, or how to ask. */
function look(deps: MediaRuntime, media: MediaInput, ownHosts: string[]): Found | Asked {
  if (isDataUri(media.url)) {
    return { media, facts: readDataUri(media.url, media.kind) };
  }
  const verdict = judgeUrl(media.url, ownHosts);
  if (verdict.kind !== 'public') {
    const { kind, reason } = verdict;
    return { media, facts: { kind: kind === 'forbidden' ? 'refused' : 'unknown', reason } };
  }
  const isImage = media.kind === 'image';
  const key = `${isImage ? 'image' : 'played'} ${verdict.url.href}`;
  const facts = recall(deps, key, media);
  return facts === undefined ? { media, key, probe: { url: verdict.url, isImage } } : { media, facts };
}

function recall(deps: MediaRuntime, key: string, media: MediaInput): Facts | undefined {
  const nowMs = deps.clock.now();
  const entry = deps.memory.media.get(key, nowMs);
  const isYoung = entry !== undefined && nowMs < entry.atMs + REFUSING_MS;
  return isYoung || (entry && judgeFile(media, entry.facts).errors.length === 0) ? entry?.facts : undefined;
}

/** By key. Five at once, each URL once, all within the same three seconds; those past the eighth are missing. */
async function askHosts(
  deps: MediaRuntime,
  asked: Asked[],
  ownHosts: string[],
): Promise<Map<string, Facts | Unknown>> {
  const wanted = [...new Map(asked.map((one) => [one.key, one.probe]))].slice(0, MAX_URLS);
  const answers = new Map<string, Facts | Unknown>();
  const signal = deps.clock.timeout(TIMEOUT_MS);
  const queue = wanted.values();
  const work = async () => {
    for (const [key, target] of queue) {
      const facts = await probe(target, { signal, ownHosts });
      answers.set(key, facts);
      if (facts.kind !== 'unknown') {
        const atMs = deps.clock.now();
        deps.memory.media.set(key, { facts, atMs }, atMs);
      }
    }
  };
  await Promise.all(Array.from({ length: MAX_AT_ONCE }, work));
  return answers;
}

function summary(verdicts: Verdict[], unseen: number): { errors: InputError[]; warnings: string[] } {
  const warnings = verdicts.flatMap((verdict) => verdict.warnings);
  const rest = unseen + Math.max(0, warnings.length - MAX_FINDINGS + 1);
  return {
    errors: verdicts.flatMap(({ errors }) => errors).slice(0, MAX_FINDINGS),
    warnings:
      unseen === 0 && warnings.length <= MAX_FINDINGS
        ? warnings
        : [...warnings.slice(0, MAX_FINDINGS - 1), `${rest} more media inputs were not checked whole.`],
  };
}
