// Child processes that answer one question at a time, so that load generator and upstream share no event loop with
// Miniflare or with each other.

import { fork } from 'node:child_process';
import { once } from 'node:events';

export type Child<Question, Answer> = {
  ask: (question: Question) => Promise<Answer>;
  end: () => Promise<void>;
};

type Reply<Answer> = { answer: Answer } | { error: string };

/** Starts the program `file`, which answers each message with `answerParent`. */
export function startChild<Question extends object, Answer>(file: string): Child<Question, Answer> {
  const child = fork(file, { serialization: 'advanced' });
  const exit = once(child, 'exit').then(() => [{ error: `${file} has ended` }]);
  return {
    async ask(question) {
      child.send(question);
      const [reply]: Reply<Answer>[] = await Promise.race([once(child, 'message'), exit]);
      if (reply === undefined || 'error' in reply) {
        throw new Error(reply?.error);
      }
      return reply.answer;
    },
    async end() {
      child.disconnect();
      await exit;
    },
  };
}

/** The child's side: sends the answer, or the error. */
export async function answerParent(answer: Promise<object>): Promise<void> {
  const reply: Reply<object> = await answer.then(
    (value) => ({ answer: value }),
    (error: unknown) => ({ error: String(error) }),
  );
  process.send?.(reply);
}

// No child outlives its parent. The event never happens in a process that was not forked.
process.once('disconnect', () => process.exit());
