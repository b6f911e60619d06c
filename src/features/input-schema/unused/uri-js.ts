// In the place of a package in the bundle (`alias` in wrangler.toml). The validator would resolve references with it;
// the dialect lets no reference and no `$id` through.

export function resolve(): never {
  throw new Error('a reference has reached the validator');
}
