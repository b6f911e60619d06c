declare namespace Cloudflare {
  // What vitest.config.ts adds to the bindings for the tests.
  interface Env {
    MIGRATIONS: import('cloudflare:test').D1Migration[];
  }
}
