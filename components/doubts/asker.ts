/** Whose page asks: it decides which doors of the API are used, and whether a reason has to be given. */
export type Asker = 'owner' | 'administrator';

export function movementHref(asker: Asker, rowId: number): string {
  return asker === 'owner' ? `/api/portfolio/movements/${rowId}` : `/api/admin/movements/${rowId}`;
}

export function heldValueHref(id: number): string {
  return `/api/admin/held-values/${id}`;
}
