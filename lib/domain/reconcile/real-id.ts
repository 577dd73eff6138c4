/**
 * An id that identifies an account, or null for one that does not: empty, masked (`****1234` is shared by many) or made of
 * nothing but zeros.
 */
export function realId(text: string | null): string | null {
  const id = text?.trim() ?? '';
  const isEmpty = !/[^0\s._-]/.test(id);
  const isMasked = /[*•●#]|^[xX.]{2,}/.test(id);
  return isEmpty || isMasked ? null : id;
}
