// The schedules of the cron triggers, as in wrangler.toml. Two triggers, so that jobs and catalogue do not share the limits of
// one run.

export const SCHEDULES = { jobs: '* * * * *', books: '*/2 * * * *' } as const;
