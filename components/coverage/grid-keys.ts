/** A place in the grid: column -1 is the name of the row. */
export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** How many rows a page key moves by. */
  readonly pageRows: number;
}

/** Where a key leads from a place, as the grid pattern of ARIA has it; null when the key moves nothing. */
export function moveByKey(
  { row, column }: GridPlace,
  { key, ctrlKey }: { readonly key: string; readonly ctrlKey: boolean },
  { rows, columns, pageRows }: GridSize,
): GridPlace | null {
  const at = (wantedRow: number, wantedColumn: number): GridPlace => ({
    row: Math.min(Math.max(wantedRow, 0), rows - 1),
    column: Math.min(Math.max(wantedColumn, -1), columns - 1),
  });
  switch (key) {
    case 'ArrowUp':
      return at(row - 1, column);
    case 'ArrowDown':
      return at(row + 1, column);
    case 'ArrowLeft':
      return at(row, column - 1);
    case 'ArrowRight':
      return at(row, column + 1);
    case 'Home':
      return at(ctrlKey ? 0 : row, -1);
    case 'End':
      return at(ctrlKey ? rows - 1 : row, columns - 1);
    case 'PageUp':
      return at(row - pageRows, column);
    case 'PageDown':
      return at(row + pageRows, column);
    default:
      return null;
  }
}
