// In the place of a package in the bundle (`alias` in wrangler.toml). The validator would judge formats with it, and
// formats are not asserted.

export function isWebUri(): undefined {
  return undefined;
}
