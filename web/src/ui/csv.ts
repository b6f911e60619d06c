// A table as a CSV file (RFC 4180). A leading quote keeps spreadsheets from running a cell as a formula.

const FORMULA = /^[=+\-@\t\r]/;

export function csvOf(lines: string[][]): string {
  return lines.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(cell: string): string {
  const isNumber = /^-?\d+(?:\.\d+)?$/.test(cell);
  const text = FORMULA.test(cell) && !isNumber ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
