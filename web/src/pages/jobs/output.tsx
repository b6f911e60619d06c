// The output of the job. Only https URLs are shown as media; everything that RunComfy or a customer wrote is text.

import { Trans } from '@lingui/react/macro';
import { Panel } from '../../ui/layout.tsx';
import type { Job } from './job-page.tsx';

const MAX_SHOWN = 8;
const PICTURE = /\.(?:png|jpe?g|webp|gif|avif)$/i;
const VIDEO = /\.(?:mp4|webm|mov)$/i;
const SOUND = /\.(?:mp3|wav|ogg|flac|m4a)$/i;

/** The https URLs in a value, wherever they stand. */
function urlsIn(value: unknown): URL[] {
  if (typeof value === 'string') {
    const url = URL.parse(value);
    return url?.protocol === 'https:' ? [url] : [];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(urlsIn) : [];
}

export function Output({ result }: { result: NonNullable<Job['result']> }) {
  const { output, error, input } = result;
  const urls = urlsIn(output).slice(0, MAX_SHOWN);
  return (
    <Panel title={<Trans>Result</Trans>}>
      {urls.length === 0 ? null : (
        <div className="flex flex-wrap gap-3">
          {urls.map((url) => (
            <Media key={url.href} url={url} />
          ))}
        </div>
      )}
      {input === undefined ? null : <Json title={<Trans>Input</Trans>} value={input} />}
      {output === undefined ? null : <Json title={<Trans>Output</Trans>} value={output} />}
      {error === undefined ? null : <Json title={<Trans>Error</Trans>} value={error} />}
    </Panel>
  );
}

function Media({ url }: { url: URL }) {
  const size = 'max-h-64 max-w-full rounded-md border border-line';
  const link = (
    <a href={url.href} target="_blank" rel="noreferrer noopener" className="break-all text-accent underline">
      {url.href}
    </a>
  );
  if (PICTURE.test(url.pathname)) {
    return <img src={url.href} alt="" loading="lazy" referrerPolicy="no-referrer" className={size} />;
  }
  if (VIDEO.test(url.pathname)) {
    return <video src={url.href} controls preload="none" className={size} />;
  }
  return SOUND.test(url.pathname) ? <audio src={url.href} controls preload="none" /> : link;
}

function Json({ title, value }: { title: React.ReactNode; value: unknown }) {
  return (
    <details>
      <summary className="cursor-pointer font-medium">{title}</summary>
      <pre className="mt-2 rounded-md bg-raised p-3 text-xs break-all whitespace-pre-wrap">
        {JSON.stringify(value, null, 2)}
      </pre>
    </details>
  );
}
