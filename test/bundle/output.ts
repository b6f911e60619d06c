// The output of another process, heard as it comes.

import type { ChildProcessWithoutNullStreams } from 'node:child_process';

export type Output = {
  output: () => string;
  /** Calls `look` after each piece of output. */
  onOutput: (look: () => void) => void;
  /** The exit code, after the last piece of output. */
  ended: Promise<number | null>;
};

export function outputOf(child: ChildProcessWithoutNullStreams): Output {
  let output = '';
  const lookers: (() => void)[] = [];
  const hear = (data: unknown) => {
    output += String(data);
    lookers.forEach((look) => look());
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return {
    output: () => output,
    onOutput: (look) => void lookers.push(look),
    ended: new Promise((done) => child.once('close', done)),
  };
}

type Heard = Omit<Output, 'ended'> & { ended: Promise<unknown> };

/** Waits until another process prints the words; fails if it ends without them. */
export function says({ output, onOutput, ended }: Heard, words: string): Promise<void> {
  return new Promise((done, failed) => {
    const look = () => {
      if (output().includes(words)) {
        done();
      }
    };
    onOutput(look);
    look();
    void ended.then(() => failed(new Error(`The process ended without printing ${words}: ${output()}`)));
  });
}
