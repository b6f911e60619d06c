declare namespace Cloudflare {
  // What vitest.config.ts adds to the bindings for the tests.
  interface Env {
    MIGRATIONS: import('cloudflare:test').D1Migration[];
    /** The account of the environment. */
    RUNCOMFY_TOKEN: string;
    /** 32 bytes in base64. */
    VAULT_KEY: string;
    /** An empty database. */
    OLD_DB: D1Database;
    /** Published schemas of real models, where the machine has them. */
    REAL_SCHEMAS: { model_id: string; input_schema: Record<string, unknown> }[];
    /** The first seed of test/scenario/crashes.test.ts, and how many it plays. */
    CRASH_SEED: string;
    CRASH_SCHEDULES: string;
    /** `all`: test/scenario/cuts.test.ts cuts each call in each way, else in every third. */
    CRASH_CUTS: string;
    /** How many open jobs an outage leaves in test/scenario/g5-fairness.test.ts. */
    FAIRNESS_JOBS: string;
  }
}

interface ImportMeta {
  /** Vite's, as the tests use it: the texts of the files that match, by their path. */
  glob(pattern: string, options: { query: '?raw'; import: 'default'; eager: true }): Record<string, string>;
}
