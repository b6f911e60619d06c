// Light, dark or system theme. On the next visit public/theme.js applies the choice before the first paint.

import { useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { INPUT } from '../ui/field.tsx';

export function ThemeSwitch() {
  const { t } = useLingui();
  const [theme, setTheme] = useState(() => localStorage.getItem('theme') ?? 'system');
  const choose = (chosen: string) => {
    setTheme(chosen);
    if (chosen === 'system') {
      localStorage.removeItem('theme');
      delete document.documentElement.dataset['theme'];
    } else {
      localStorage.setItem('theme', chosen);
      document.documentElement.dataset['theme'] = chosen;
    }
  };
  return (
    <select
      aria-label={t`Theme`}
      value={theme}
      onChange={(event) => choose(event.target.value)}
      className={`${INPUT} max-md:w-auto`}
    >
      <option value="system">{t`System theme`}</option>
      <option value="light">{t`Light`}</option>
      <option value="dark">{t`Dark`}</option>
    </select>
  );
}
