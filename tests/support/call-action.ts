import { ACCESS_TABLE } from './access-table';
import { ask } from './api';
import { readActions } from './endpoints';

/** What a server action answered: its status, and where it sends the browser; null for nowhere. */
export interface ActionAnswer {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
}

/** A form by its fields, or what a page bound to the action. */
export type ActionArgument = string | null | Readonly<Record<string, string>>;

/** Calls a server action as a page's script does: with its arguments. */
export async function callAction(
  name: string,
  args: readonly ActionArgument[],
  headers: Readonly<Record<string, string>>,
): Promise<ActionAnswer> {
  const action = readActions().find((one) => one.name === name);
  if (action === undefined) throw new Error(`the build has no action ${name}`);
  // Where anybody may be, what the action answers comes with the page; elsewhere a redirect may take its place.
  const isOpen = (page: string): boolean => {
    const row = ACCESS_TABLE[`page ${page}`];
    return row?.access === 'anyone' && row.path === undefined;
  };
  const page = action.pages.find(isOpen) ?? action.pages[0] ?? '/';
  const body = new FormData();
  const list = args.map((arg, index) => {
    if (arg === null || typeof arg === 'string') return arg;
    for (const [field, value] of Object.entries(arg)) body.append(`_${index + 1}_${field}`, value);
    return `$K${index + 1}`;
  });
  body.append('0', JSON.stringify(list));
  const answer = await ask(page, {
    method: 'POST',
    headers: { ...headers, 'next-action': action.id, accept: 'text/x-component' },
    body,
    redirect: 'manual',
  });
  return {
    status: answer.status,
    location: answer.headers.get('x-action-redirect') ?? answer.headers.get('location'),
    text: await answer.text(),
  };
}
