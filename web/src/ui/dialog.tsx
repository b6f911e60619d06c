// A dialog for one form. It closes by Escape and by its button, and returns the focus.

import { Dialog as Base } from '@base-ui/react/dialog';
import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { useMayChange } from '../api/session.ts';
import { buttonClass, type Weight } from './button.tsx';

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  children: ReactNode;
  /** The button that opens the dialog. Operators with a read token do not see it. */
  trigger?: { label: ReactNode; weight?: Weight };
};

export function Dialog({ open, onOpenChange, title, children, trigger }: Props) {
  const mayChange = useMayChange();
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      {trigger === undefined || !mayChange ? null : (
        <Base.Trigger className={buttonClass(trigger.weight)}>{trigger.label}</Base.Trigger>
      )}
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 bg-black/50" />
        <Base.Popup className="fixed top-1/2 left-1/2 max-h-[90dvh] w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-lg border border-line bg-panel p-5 shadow-xl">
          <div className="mb-4 flex items-start justify-between gap-4">
            <Base.Title className="text-base font-semibold">{title}</Base.Title>
            <Base.Close className="rounded-md px-2 py-0.5 text-quiet hover:bg-raised">
              <Trans>Close</Trans>
            </Base.Close>
          </div>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
