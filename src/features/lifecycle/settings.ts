// Settings of this feature; env.ts reads them.

export type Plan = 'free' | 'paid';

export type LifecycleSettings = {
  /** The operator's plan at Cloudflare, which limits what one run of the cron may use. */
  plan: Plan;
  /** An `unconfirmed` job is given up as lost after so long. */
  unconfirmedLostMs: number;
  /** So many submits of a customer in a row of which nobody knows the outcome hold the customer back. */
  unknownOutcomes: number;
  /** A poll within so long of the last answer for its job is answered from memory; 0: never. */
  pollMaxAgeMs: number;
};
