import 'server-only';

/** A page's query as Next.js hands it over, as the browser wrote it. */
export type PageSearch = Readonly<Record<string, string | string[] | undefined>>;

/** The query string of a page, to be read as any other. */
export function toSearchParams(search: PageSearch): URLSearchParams {
  return new URLSearchParams(
    Object.entries(search).flatMap(([name, values]) =>
      [values ?? []].flat().map((value): [string, string] => [name, value]),
    ),
  );
}

/** The named parts of a page's query; what is missing, or there more than once, is an empty text, as in an empty form. */
export function readSearchFields<Name extends string>(
  search: PageSearch,
  names: readonly Name[],
): Record<Name, string> {
  const entries = names.map((name) => {
    const value = search[name];
    return [name, typeof value === 'string' ? value.trim() : ''];
  });
  // The entries are exactly the names.
  return Object.fromEntries(entries) as Record<Name, string>;
}

/** The fields that say something. */
export function filledFields(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}
