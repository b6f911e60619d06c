// /admin/sessions: the sessions of the console. Any of them can be ended here.

import { endSession, listSessions } from '../../features/sessions/read.ts';
import { operatorTokens } from '../../features/sessions/session.ts';
import type { Session } from '../../features/sessions/session.ts';
import type { PageView } from '../../http/page-view.ts';
import { showInstant } from '../../http/paging.ts';
import { route } from '../../http/route.ts';
import type { OpenedSessionView } from './opened-session-view.ts';

export const openedSessionRoutes = {
  listSessions: route({
    method: 'GET',
    path: '/admin/sessions',
    door: 'admin',
    summary: 'List sessions, those that end last first.',
    refusals: [],
    async run({ runtime, sessionId }): Promise<PageView<OpenedSessionView>> {
      const sessions = await listSessions(runtime, operatorTokens(runtime.settings));
      return { items: sessions.map((session) => showSession(session, sessionId)), next_cursor: null };
    },
  }),
  endSession: route({
    method: 'DELETE',
    path: '/admin/sessions/{session}',
    door: 'admin',
    summary: 'End a session. Its cookie stops working.',
    status: 204,
    refusals: ['not_found'],
    audit: 'session.end',
    async run({ runtime, params, change }) {
      await endSession(runtime, params.session, change(params.session));
      return null;
    },
  }),
};

function showSession(session: Session, current: string | null): OpenedSessionView {
  return {
    id: session.id,
    actor: session.actor,
    agent: session.agent,
    current: session.id === current,
    created_at: showInstant(session.createdAtMs),
    expires_at: showInstant(session.expiresAtMs),
  };
}
