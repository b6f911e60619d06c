// Settings of this feature; env.ts reads them.

export type LifecycleSettings = {
  /** Jobs that one run of the cron takes on; 8 fit the 50 D1 queries and subrequests of the free plan. */
  cronJobs: number;
  /** An `unconfirmed` job is given up as lost after so long. */
  unconfirmedLostMs: number;
  /** So many submits in a row of which nobody knows the outcome stop further ones. */
  unknownOutcomes: number;
  /** A poll within so long of the last answer for its job is answered from memory; 0: never. */
  pollMaxAgeMs: number;
};
