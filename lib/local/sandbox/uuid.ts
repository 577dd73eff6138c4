import { createHash } from 'node:crypto';

/** An id in the form of SnapTrade's, always the same for the same text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const version = `4${hex.slice(13, 16)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), version, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** A currency as SnapTrade describes it. */
export function renderCurrency(code: string) {
  return { id: uuidOf(`currency ${code}`), code, name: code };
}
