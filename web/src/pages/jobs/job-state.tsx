// A job's state in a word and a colour.

import { useLingui } from '@lingui/react/macro';
import type { AnswerOf } from '../../api/client.ts';
import { Badge, type Tone } from '../../ui/layout.tsx';

export type State = AnswerOf<'getJob'>['state'];

export const STATES: State[] = [
  'reserved',
  'running',
  'unconfirmed',
  'refused',
  'succeeded',
  'failed',
  'cancelled',
  'lost',
];

const TONES: Record<State, Tone> = {
  reserved: 'info',
  running: 'info',
  unconfirmed: 'warn',
  refused: 'quiet',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'quiet',
  lost: 'warn',
};

export function useStateNames(): Record<State, string> {
  const { t } = useLingui();
  return {
    reserved: t`reserved`,
    running: t`running`,
    unconfirmed: t`unconfirmed`,
    refused: t`refused`,
    succeeded: t`succeeded`,
    failed: t`failed`,
    cancelled: t`cancelled`,
    lost: t`lost`,
  };
}

export function JobState({ state }: { state: State }) {
  return <Badge tone={TONES[state]}>{useStateNames()[state]}</Badge>;
}
