// Hono with a router that is soon ready: the one it comes with takes several ms of a cold start to save a microsecond
// of each request.

import { HonoBase } from 'hono/hono-base';
import { SmartRouter } from 'hono/router/smart-router';
import { TrieRouter } from 'hono/router/trie-router';
import type { Env } from 'hono/types';
import { routedPath } from './path.ts';

export class Hono<E extends Env> extends HonoBase<E> {
  constructor() {
    // Around it one that only collects: routes of a part of the app are looked up in the whole alone.
    super({ router: new SmartRouter({ routers: [new TrieRouter()] }), getPath: routedPath });
  }
}
