// Reads faults from a prompt: [sim:fail], [sim:delay=3000], [sim:429], [sim:status.503*2], [sim:reads.html=504~180]. The form
// is [sim:ENDPOINT.WORD=VALUE*TIMES~SECONDS]; only WORD is required. Unknown words are ignored.
import { FaultKind, FaultRule, type Endpoint, type Fault } from './fault.ts';

const WORD =
  /\[sim:(?:(?<on>[a-z]+)\.)?(?<word>[a-z_]+|\d{3})(?:=(?<value>[^\]*~]+))?(?:\*(?<times>[1-9]\d*))?(?:~(?<seconds>[1-9]\d*))?\]/g;

const USUAL_ENDPOINT: Partial<Record<FaultKind, Endpoint>> = {
  nan: 'result',
  not_ready: 'result',
  unknown_state: 'status',
  word: 'status',
};

/** Reads every top-level string of the input, because audio models call their prompt `tags`. */
export function faultsInPrompt(body: Record<string, unknown>): FaultRule[] {
  const texts = Object.values(body).filter((value) => typeof value === 'string');
  return texts.flatMap((text) => [...text.matchAll(WORD)].flatMap((match) => ruleOf(match.groups ?? {})));
}

function ruleOf(groups: Record<string, string>): FaultRule[] {
  const fault = faultOf(groups['word'] ?? '', groups['value']);
  if (!fault) {
    return [];
  }
  const on = FaultRule.shape.on.safeParse(groups['on']).data ?? USUAL_ENDPOINT[fault.kind] ?? 'submit';
  const { times, seconds } = groups;
  return [
    {
      on,
      fault,
      ...(times ? { times: Number(times) } : {}),
      ...(seconds ? { for_ms: Number(seconds) * 1000 } : {}),
    },
  ];
}

function faultOf(word: string, value: string | undefined): Fault | undefined {
  if (/^[2-5]\d\d$/.test(word)) {
    return { kind: 'status', status: Number(word) };
  }
  const kind = FaultKind.safeParse(word).data;
  if (!kind || value === undefined) {
    return kind && { kind };
  }
  const number = Number(value);
  if (!Number.isFinite(number)) {
    return { kind, word: value, error: value };
  }
  return kind === 'status' || kind === 'html' || kind === 'redis_lock'
    ? { kind, status: number }
    : { kind, ms: number };
}
