import { useEffect, useState } from 'react';

/** State that survives a reload of the tab. */
export function useKept<T>(name: string, initial: T) {
  const [value, setValue] = useState<T>(() => {
    const kept = sessionStorage.getItem(name);
    return kept === null ? initial : JSON.parse(kept);
  });
  useEffect(() => sessionStorage.setItem(name, JSON.stringify(value)), [name, value]);
  return [value, setValue] as const;
}
