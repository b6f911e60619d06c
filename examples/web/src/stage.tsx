// The stage: it shows the picture first, and then the clip.

import { JobError, type Cancelled } from 'comfygate';
import type { RunState } from 'comfygate/react';
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { Note } from './note.tsx';
import { outputsIn, type Output } from './outputs.ts';

type Staged = {
  state: RunState;
  isRunning: boolean;
  picture: string | null;
  onCancel: () => Promise<Cancelled | null>;
  onReset: () => void;
};

export function Stage({ state, isRunning, picture, onCancel, onReset }: Staged) {
  const outputs = state.status === 'succeeded' ? outputsIn(state.result.output) : [];
  const section = useSight(isRunning);
  return (
    <section
      ref={section}
      tabIndex={-1}
      aria-label="Your clip"
      className="grid scroll-my-4 gap-4 focus-visible:outline-none"
    >
      <div className="dusk relative grid aspect-video place-items-center overflow-hidden rounded-2xl shadow-lg lg:aspect-4/3">
        <Backdrop
          picture={picture}
          isBehind={isRunning || outputs.length > 0}
          isBlurred={outputs.length > 0}
        />
        <Shown outputs={outputs} />
        {isRunning ? <Running state={state} onCancel={onCancel} /> : null}
        {state.status === 'idle' && picture === null ? (
          <p className="relative rounded-full bg-black/45 px-4 py-2 font-medium text-white">
            Your clip appears here
          </p>
        ) : null}
      </div>
      <p role="status" className="sr-only">
        {wordOf(state)}
      </p>
      {'error' in state ? <Ended error={state.error} /> : null}
      {outputs.length > 0 || 'error' in state ? <Afterwards outputs={outputs} onReset={onReset} /> : null}
    </section>
  );
}

/** Scrolls to a run that starts. When it ends, moves a lost focus to the result for keyboard users. */
function useSight(isRunning: boolean): RefObject<HTMLElement | null> {
  const section = useRef<HTMLElement>(null);
  const wasRunning = useRef(false);
  useEffect(() => {
    if (isRunning) {
      section.current?.scrollIntoView({ block: 'nearest' });
    } else if (wasRunning.current && document.activeElement === document.body) {
      section.current?.focus({ preventScroll: true });
    }
    wasRunning.current = isRunning;
  }, [isRunning]);
  return section;
}

type Behind = { picture: string | null; isBehind: boolean; isBlurred: boolean };

function Backdrop({ picture, isBehind, isBlurred }: Behind) {
  const dim = isBehind ? 'scale-110 brightness-75 saturate-75' : '';
  return picture === null ? null : (
    <img
      src={picture}
      alt=""
      className={`absolute inset-0 size-full object-cover transition duration-700 ${dim} ${isBlurred ? 'blur-2xl' : ''}`}
    />
  );
}

/** Shows the first output. */
function Shown({ outputs: [first] }: { outputs: Output[] }) {
  const size = 'absolute inset-0 size-full object-contain';
  switch (first?.kind) {
    case 'video':
      return (
        <video
          src={first.url}
          controls
          autoPlay
          loop
          muted
          playsInline
          aria-label="The clip"
          className={size}
        />
      );
    case 'picture':
      return <img src={first.url} alt="The output of the model" className={size} />;
    case 'sound':
      return (
        <audio src={first.url} controls aria-label="The output of the model" className="relative w-4/5" />
      );
    default:
      return null;
  }
}

function Running({ state, onCancel }: { state: RunState; onCancel: Staged['onCancel'] }) {
  const seconds = useSeconds();
  const [note, setNote] = useState<ReactNode>(null);
  const cancel = async () => {
    setNote('Cancelling …');
    const cancelled = await onCancel().catch((error: Error) => error);
    if (cancelled instanceof Error) {
      setNote(cancelled.message);
    } else if (cancelled?.outcome === 'not_cancellable') {
      setNote('It has started and can no longer be cancelled.');
    }
  };
  return (
    <>
      <span
        aria-hidden
        className="absolute inset-0 animate-sheen motion-reduce:hidden bg-linear-100 from-transparent via-white/20 to-transparent"
      />
      <div className="absolute inset-x-3 bottom-3 flex items-center gap-3 rounded-xl bg-black/70 px-4 py-3 text-white backdrop-blur sm:inset-x-5 sm:bottom-5">
        <span
          aria-hidden
          className="size-5 shrink-0 animate-spin rounded-full border-2 border-white/30 border-t-white"
        />
        <span className="min-w-0 grow">
          <span className="block font-medium">{wordOf(state)}</span>
          <span className="block text-xs text-white/85 tabular-nums">{note ?? `${seconds} s`}</span>
        </span>
        <button
          type="button"
          onClick={() => void cancel()}
          className="min-h-9 shrink-0 rounded-lg border border-white/60 px-3.5 font-medium hover:bg-white/15 focus-visible:outline-white"
        >
          Cancel
        </button>
      </div>
    </>
  );
}

function useSeconds(): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return seconds;
}

function Ended({ error }: { error: Error }) {
  return error instanceof JobError && error.status === 'cancelled' ? (
    <p className="rounded-xl border border-line bg-panel px-4 py-3">Cancelled. Nothing was charged.</p>
  ) : (
    <Note error={error} />
  );
}

function Afterwards({ outputs, onReset }: { outputs: Output[]; onReset: () => void }) {
  const look =
    'inline-flex min-h-10 items-center rounded-xl border border-field bg-panel px-4 font-medium hover:bg-raised';
  return (
    <div className="flex flex-wrap gap-3">
      {outputs.map(({ url }, index) => (
        <a key={url} href={url} target="_blank" rel="noreferrer" className={look}>
          Open {outputs.length === 1 ? 'the file' : `file ${index + 1}`}
        </a>
      ))}
      <button type="button" onClick={onReset} className={look}>
        Start again
      </button>
    </div>
  );
}

function wordOf(state: RunState): string {
  switch (state.status) {
    case 'idle':
      return '';
    case 'submitting':
      return 'Sending';
    case 'in_queue':
      return state.queuePosition === null ? 'Waiting' : `Waiting, position ${state.queuePosition}`;
    case 'in_progress':
      return 'In progress';
    case 'succeeded':
      return 'Your clip is ready';
    case 'failed':
      return 'It failed';
    case 'cancelled':
      return 'Cancelled';
  }
}
