// /v1/tokens: browser tokens, which a customer's server creates for a page.

import * as z from 'zod/mini';
import { KEY_STATUSES, SIGHTS, type Key } from '../../features/keys/key.ts';
import { mintToken, type TokenRequest } from '../../features/keys/mint.ts';
import { isOriginPattern } from '../../features/keys/origin.ts';
import { listTokens, revokeToken } from '../../features/keys/tokens.ts';
import { bytes, count, showLimits } from '../../http/limits.ts';
import { modelPattern } from '../../http/model-pattern.ts';
import { usdAmount } from '../../http/money-schema.ts';
import { pageBefore, paging, placeOf, showInstant, showPage } from '../../http/paging.ts';
import { route } from '../../http/route.ts';
import { endUserText, filter } from '../../http/text-schema.ts';
import type { NewTokenView, TokenView } from './token-view.ts';

const SECOND_MS = 1000;

const origin = z
  .string()
  .check(
    z.maxLength(300),
    z.refine(
      isOriginPattern,
      'is no origin such as https://shop.example, http://localhost:5173 or https://*.shop.example, as browsers write it',
    ),
  );

const newToken = z.pipe(
  z
    .strictObject({
      models: z.array(modelPattern).check(z.minLength(1), z.maxLength(100)),
      expires_in: z._default(z.int().check(z.minimum(10), z.maximum(86_400)), 900),
      max_requests: z.optional(count),
      max_spend_usd: z.optional(usdAmount),
      max_concurrent: z.optional(count),
      max_files_bytes: z.optional(bytes),
      origins: z.optional(z.array(origin).check(z.minLength(1), z.maxLength(20))),
      end_user: z.optional(endUserText),
      see: z.optional(z.enum(SIGHTS)),
    })
    .check(
      z.refine(({ see, end_user: endUser }) => see !== 'end_user' || endUser !== undefined, {
        path: ['see'],
        message: 'end_user needs an end_user',
      }),
    ),
  z.transform((body): TokenRequest => {
    const { max_requests, max_spend_usd, max_concurrent, max_files_bytes, end_user: endUser = '' } = body;
    return {
      models: body.models,
      limits: {
        ...(max_requests === undefined ? {} : { requests_total: max_requests }),
        ...(max_spend_usd === undefined ? {} : { spend_total: max_spend_usd }),
        ...(max_concurrent === undefined ? {} : { max_concurrent }),
        ...(max_files_bytes === undefined ? {} : { files_bytes: max_files_bytes }),
      },
      origins: body.origins ?? null,
      endUser,
      see: body.see ?? (endUser === '' ? 'own' : 'end_user'),
      lifetimeMs: body.expires_in * SECOND_MS,
    };
  }),
);

const tokensQuery = z.strictObject({
  ...paging,
  end_user: filter(endUserText),
  status: filter(z.enum(KEY_STATUSES)),
});

export const tokenRoutes = {
  mintToken: route({
    method: 'POST',
    path: '/v1/tokens',
    door: 'key',
    summary: 'Create a browser token. The token is shown only in this response.',
    body: newToken,
    status: 201,
    refusals: ['model_not_allowed', 'request_limit', 'gateway_limit'],
    async run({ runtime, principal, body }): Promise<NewTokenView> {
      const { token, text } = await mintToken(runtime, principal, body);
      return { token: text, ...showNarrow(token) };
    },
  }),
  listTokens: route({
    method: 'GET',
    path: '/v1/tokens',
    door: 'key',
    summary: 'List the browser tokens created with your key, newest first.',
    query: tokensQuery,
    refusals: [],
    async run({ runtime, principal, query }) {
      const { end_user: endUser, status, limit } = query;
      const asked = { filter: { endUser, status }, page: pageBefore(query) };
      return showPage(await listTokens(runtime, principal, asked), limit, {
        show: showToken,
        place: placeOf,
      });
    },
  }),
  revokeToken: route({
    method: 'DELETE',
    path: '/v1/tokens/{token}',
    door: 'key',
    summary: 'Revoke a browser token.',
    status: 204,
    rated: true,
    refusals: ['not_found'],
    async run({ runtime, principal, params, request }) {
      const { traceId, address } = request;
      await revokeToken(runtime, principal, { id: params.token, address, traceId });
      return null;
    },
  }),
};

function showNarrow(token: Key): Omit<NewTokenView, 'token'> {
  return {
    id: token.id,
    hint: token.hint,
    models: token.models,
    limits: showLimits(token.limits),
    origins: token.origins,
    end_user: token.endUser === '' ? null : token.endUser,
    see: token.see,
    expires_at: showInstant(token.expiresAtMs),
    created_at: showInstant(token.createdAtMs),
  };
}

function showToken(token: Key): TokenView {
  return { ...showNarrow(token), revoked_at: showInstant(token.revokedAtMs) };
}
