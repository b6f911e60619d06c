// POST /example/token: creates a browser token for the signed-in visitor. `gate` is the URL of the gateway for the page.

export type TokenEnv = { GATE: string; COMFYGATE_KEY: string };

export async function mintToken(visitor: string, page: string, env: TokenEnv): Promise<Response> {
  const answer = await fetch(`${env.GATE}/v1/tokens`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${env.COMFYGATE_KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      models: ['bytedance/dreamina-3-0/*'],
      origins: [page],
      end_user: visitor,
      max_requests: 5,
      max_spend_usd: 2,
    }),
  });
  const { token, end_user }: Record<string, string | undefined> = await answer.json();
  return Response.json({ gate: env.GATE, token, end_user }, { status: answer.ok ? 200 : 502 });
}
