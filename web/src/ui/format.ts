// Formats numbers, money and times in the locale of the page.

const locale = () => document.documentElement.lang;

/** Two decimals, and up to six where an amount has them: nothing is rounded away. */
export function usd(amount: number): string {
  return new Intl.NumberFormat(locale(), {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: 6,
  }).format(amount);
}

export function count(number: number): string {
  return new Intl.NumberFormat(locale()).format(number);
}

export function percent(share: number): string {
  return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 1 }).format(share);
}

/** Without the year where it is this one. */
export function instant(iso: string): string {
  const date = new Date(iso);
  const options: Intl.DateTimeFormatOptions = {
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
  };
  if (date.getFullYear() !== new Date().getFullYear()) {
    options.year = 'numeric';
  }
  return new Intl.DateTimeFormat(locale(), options).format(date);
}

export function day(iso: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(new Date(iso));
}

/** 0.8 s, 42 s, 3 min, 3 min 5 s, 2 h 10 min. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) {
    return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? together(`${minutes} min`, Math.floor(seconds % 60), 's')
    : together(`${Math.floor(minutes / 60)} h`, minutes % 60, 'min');
}

function together(whole: string, rest: number, unit: string): string {
  return rest === 0 ? whole : `${whole} ${rest} ${unit}`;
}
