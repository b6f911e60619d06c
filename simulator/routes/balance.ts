// GET /prod/v2/balance, which the real RunComfy answers on another host.
import { serve } from '../serve.ts';
import { balanceOf, type Simulation } from '../simulation.ts';

export function balance(sim: Simulation, request: Request): Promise<Response> {
  return serve(sim, { endpoint: 'balance', request }, ({ account }) => {
    const { balance_usd } = balanceOf(sim, account);
    return Response.json({
      balance_usd,
      balance_microdollars: Math.round(balance_usd * 1e6),
      currency: 'USD',
    });
  });
}
