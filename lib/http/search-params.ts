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
