// In the place of a package in the bundle (`alias` in wrangler.toml). The validator would compare values with it for
// `const` and `uniqueItems`, which are replaced in validator.ts.

export default function equal(): never {
  throw new Error('a keyword that was replaced has been called');
}
