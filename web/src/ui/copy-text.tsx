// A text with a button that copies it, such as a key that is shown once.

import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { Button } from './button.tsx';

export function CopyText({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <code className="min-w-0 rounded bg-raised px-2 py-1 text-xs break-all">{text}</code>
      <Button onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
        {isCopied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
      </Button>
    </div>
  );
}
