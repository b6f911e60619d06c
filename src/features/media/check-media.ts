// Checks the media of an input against their rules before anything is spent. Hosts are asked last: only if nothing else is
// wrong with the input, and its customer's limits have room for the job.

import type { InputError } from '../input-schema/input-error.ts';
import type { KeyId } from '../../lib/ids.ts';
import type { MediaRuntime } from './memory.ts';
import { isDataUri, readDataUri } from './data-uri.ts';
import type { Facts, Unknown } from './facts.ts';
import type { MediaInput } from './media-inputs.ts';
import { probe, type Probe, type ProbeOptions } from './probe.ts';
import { mayProbe, type Probed } from './probe-rate.ts';
import { judgeUrl } from './public-url.ts';
import { judgeFile, type Verdict } from './verdict.ts';

const MAX_URLS = 8;
const MAX_AT_ONCE = 5;
const TIMEOUT_MS = 3000;
/** Facts that refuse a file are used this long, because its owner may be replacing it; others as long as memory.ts says. */
const REFUSING_MS = 60_000;
/** More than any model takes. The rest is not checked. */
const MAX_MEDIA = 200;
const MAX_FINDINGS = 20;

export type MediaOptions = {
  /** Host names under which this gateway is reached. */
  ownHosts: string[];
  /** The key of the submit: the requests for it are counted. */
  key: KeyId;
  /** Returns the facts that are known without asking a host. */
  known: (media: MediaInput[]) => Promise<Map<MediaInput, Facts>>;
  /** Awaited once before the first host is asked; throws if the customer's limits have no room. */
  admit: () => Promise<void>;
};

export type MediaFindings = {
  errors: InputError[];
  warnings: string[];
  /** The hosts that were asked. */
  probed: Probed;
  /** A host that was not asked, because it was asked too often for this key; null: none. */
  heldBack: string | null;
};

type Found = { media: MediaInput; facts: Facts | Unknown };
type Asked = { media: MediaInput; key: string; probe: Probe };

/**
 * The errors and warnings about the media, at most 20 of each. Their sentences say what we measured, never what a host
 * answered. No host is asked if a file is refused without that.
 */
export async function checkMedia(
  deps: MediaRuntime,
  media: MediaInput[],
  { ownHosts, key, known: findKnown, admit }: MediaOptions,
): Promise<MediaFindings> {
  const probed: Probed = { key, hosts: [] };
  let heldBack: string | null = null;
  const mayAsk = async (host: string) => {
    const may = await mayProbe(deps, key, host);
    if (may) {
      probed.hosts.push(host);
    } else {
      heldBack = host;
    }
    return may;
  };
  const checked = media.slice(0, MAX_MEDIA);
  const given = await findKnown(checked);
  const sorted = checked.map((one) => {
    const facts = given.get(one);
    return facts === undefined ? factsOrProbe(deps, one, ownHosts) : { media: one, facts };
  });
  const known = sorted.filter((one) => 'facts' in one);
  const asked = sorted.filter((one) => 'probe' in one);
  const verdicts = known.map(({ media: one, facts }) => judgeFile(one, facts));
  if (asked.length > 0 && verdicts.every(({ errors }) => errors.length === 0)) {
    await admit();
    const facts = await askHosts(deps, asked, { ownHosts, mayAsk });
    verdicts.push(...asked.map((one) => judgeFile(one.media, facts.get(one.key) ?? TOO_MANY)));
  }
  return { ...summary(verdicts, media.length - checked.length), probed, heldBack };
}

const TOO_MANY: Unknown = { kind: 'unknown', reason: `at most ${MAX_URLS} URLs are checked in a submit` };

/** The facts that are known without asking the host, or the probe to ask it. */
function factsOrProbe(deps: MediaRuntime, media: MediaInput, ownHosts: string[]): Found | Asked {
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

/** Facts by key. Asks five hosts at once, each URL once, within three seconds in all; URLs past the eighth are left out. */
async function askHosts(
  deps: MediaRuntime,
  asked: Asked[],
  allowed: Pick<ProbeOptions, 'ownHosts' | 'mayAsk'>,
): Promise<Map<string, Facts | Unknown>> {
  const wanted = [...new Map(asked.map((one) => [one.key, one.probe]))].slice(0, MAX_URLS);
  const answers = new Map<string, Facts | Unknown>();
  const signal = deps.clock.timeout(TIMEOUT_MS);
  const queue = wanted.values();
  const work = async () => {
    for (const [key, target] of queue) {
      const facts = await probe(target, { signal, ...allowed });
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

function summary(verdicts: Verdict[], unchecked: number): { errors: InputError[]; warnings: string[] } {
  const warnings = verdicts.flatMap((verdict) => verdict.warnings);
  const rest = unchecked + Math.max(0, warnings.length - MAX_FINDINGS + 1);
  return {
    errors: verdicts.flatMap(({ errors }) => errors).slice(0, MAX_FINDINGS),
    warnings:
      unchecked === 0 && warnings.length <= MAX_FINDINGS
        ? warnings
        : [...warnings.slice(0, MAX_FINDINGS - 1), `${rest} more media inputs were not fully checked.`],
  };
}
