// The settings of the simulator, which can change while it runs. `hold` keeps every job that has not ended in one state,
// whatever the clock says. `accounts` are further RunComfy accounts by name, each with its own balance and its own jobs,
// which it keeps when its token is replaced.
import { z } from 'zod';

export const Settings = z.strictObject({
  queue_ms: z.number().min(0),
  run_ms: z.number().min(0),
  hold: z.enum(['in_queue', 'in_progress']).nullable(),
  balance_usd: z.number(),
  token: z.string(),
  accounts: z.record(z.string(), z.strictObject({ token: z.string(), balance_usd: z.number() })),
  bad_token_status: z.int().min(400).max(499),
  no_balance_status: z.int().min(400).max(499),
  cost_delay_ms: z.number().min(0),
  echo_input: z.boolean(),
  /** The state word of a success on /result: the documentation has one, some programs know only the other. */
  success_word: z.enum(['succeeded', 'completed']),
  files_origin: z.url().nullable(),
});
export type Settings = z.infer<typeof Settings>;

export const DEFAULT_SETTINGS: Settings = {
  queue_ms: 2000,
  run_ms: 3000,
  hold: null,
  balance_usd: 100_000,
  token: 'rc-test-token-0123456789',
  accounts: {},
  bad_token_status: 400,
  no_balance_status: 400,
  cost_delay_ms: 0,
  echo_input: false,
  success_word: 'succeeded',
  files_origin: null,
};
