// The process that bench/upstream.ts starts: answers as RunComfy does, from memory, and counts the answers.

import { answerParent } from './child.ts';
import { ANSWER_HEADERS, type HeaderSet } from './header-sets.ts';
import { isUpstreamOf } from './made-up.ts';
import { serveJson } from './serve-json.ts';

export type UpstreamQuestion = {
  /** It answers with these headers from now on. */
  headers?: HeaderSet;
};
export type UpstreamState = { port: number; calls: number };

const RESULT = {
  status: 'succeeded',
  output: { videos: ['https://cdn.example/0123456789abcdef0123456789abcdef.mp4'] },
  model_id: 'bytedance/dreamina-3-0/pro/text-to-video',
  input: { prompt: 'a lighthouse in the rain, seen from the sea, '.repeat(16), resolution: '720p' },
  created_at: '2026-11-21T10:00:00Z',
  finished_at: '2026-11-21T10:02:00Z',
  cost: 0.25,
};

let calls = 0;
let headers: HeaderSet = 'few';

/** Jobs of the kind `ended` have a result, all others run. */
function answer(method: string, path: string): object {
  calls += 1;
  const [, , , id = '', verb = ''] = path.split(/[/?]/);
  const isEnded = isUpstreamOf('ended', id);
  if (method === 'POST') {
    return { request_id: `u-submitted-${calls}`, status_url: '', result_url: '', cancel_url: '' };
  }
  if (verb === 'result' && isEnded) {
    return { request_id: id, ...RESULT };
  }
  return {
    request_id: id,
    status: isEnded ? 'completed' : 'in_progress',
    status_url: `https://model-api.runcomfy.net/v1/requests/${id}/status`,
    result_url: `https://model-api.runcomfy.net/v1/requests/${id}/result`,
  };
}

const listening = serveJson(answer, () => ANSWER_HEADERS[headers]);

async function state(): Promise<UpstreamState> {
  return { port: await listening, calls };
}

process.on('message', (question: UpstreamQuestion) => {
  headers = question.headers ?? headers;
  void answerParent(state());
});
