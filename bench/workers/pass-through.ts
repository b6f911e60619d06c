// The floor: what any Worker costs that stands between a client and one upstream. One fetch, headers copied.

type Bindings = { UPSTREAM: string };

export default {
  async fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.set('Authorization', 'Bearer of-the-upstream');
    const response = await fetch(`${env.UPSTREAM}${pathname}${search}`, {
      method: request.method,
      headers,
      body: request.body,
    });
    return new Response(response.body, response);
  },
} satisfies ExportedHandler<Bindings>;
