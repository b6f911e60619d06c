// The floor: the cost of any Worker between a client and one upstream. One fetch, headers copied.

export type Bindings = { UPSTREAM: string };

export async function passThrough(request: Request, env: Bindings): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers = new Headers(request.headers);
  headers.set('Authorization', 'Bearer of-the-upstream');
  const response = await fetch(`${env.UPSTREAM}${pathname}${search}`, {
    method: request.method,
    headers,
    body: request.body,
  });
  return new Response(response.body, response);
}

export default { fetch: passThrough } satisfies ExportedHandler<Bindings>;
