// RunComfy is written in Python, whose integers have any number of digits: what it echoes is what it was sent.

/** JSON.parse, but a number that a double does not hold is written again with the digits it came with. */
export function parseExact(text: string): unknown {
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? JSON.rawJSON(source)
      : value,
  );
}
