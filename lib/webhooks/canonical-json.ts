/** A number as it was written: Python tells 1 from 1.0, and JavaScript would not. */
class NumberText {
  constructor(readonly text: string) {}
}

/**
 * JSON text written anew as compact JSON with the keys of every object in order, as Python's `json` module does it with
 * `ensure_ascii=False`. Throws `SyntaxError` for text that is no JSON and `RangeError` for one nested too deep.
 */
export function toCanonicalJson(text: string): string {
  return write(JSON.parse(text, keepNumberText));
}

/** The same JSON in ASCII, as Python's `json` module writes it when it is not told otherwise. */
export function escapeNonAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Engines before V8 11.4 do not tell the source; whole numbers, which are all that events hold, survive even so. */
function keepNumberText(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? new NumberText(context.source) : value;
}

function write(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // Written by hand, since an object of JavaScript keeps keys such as "10" and "9" in an order of its own.
  const members = Object.entries(value).sort(byCodePoint);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(',')}}`;
}

/** The bytes of UTF-8 have the order of the code points, which strings of JavaScript do not have. */
function byCodePoint([a]: [string, unknown], [b]: [string, unknown]): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
