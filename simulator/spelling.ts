// Spellings that RunComfy accepts too: extra slashes, and booleans as Python writes them.

export function isYes(value: string | null): boolean {
  return value !== null && /^(?:true|1|yes)$/i.test(value);
}

/** `//v1/models/` is `/v1/models`. */
export function withoutExtraSlashes(request: Request): Request {
  const url = new URL(request.url);
  const path = url.pathname.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  if (path === url.pathname) {
    return request;
  }
  url.pathname = path;
  return new Request(url, request);
}
