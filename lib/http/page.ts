import 'server-only';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { env } from '@/lib/env';
import { signInPath } from './address';
import { type Caller, callerByCookie } from './caller';
import { inNewDocument } from './session';

/**
 * The administrator who looks at a page. Who is not signed in goes to the sign-in page, and an administrator whose second
 * factor is missing to the page that asks for it; for everybody else the page does not exist. Every page below `/admin` asks for itself, because a layout is not drawn again at each step between pages.
 */
export const requireAdministratorPage = cache(async (): Promise<Caller> => {
  const caller = await callerByCookie(env());
  if (caller === null) redirect('/sign-in');
  if (caller.lacksSecondFactor) redirect('/sign-in/second-factor');
  if (!caller.isAdministrator) notFound();
  return caller;
});

/**
 * The one who is signed in, for an action of a page that was made for `viewer`. For a page that somebody else left open nothing
 * is done, and the one who is signed in is sent to `otherwise`; nobody at all is asked to sign in and led back to the page.
 */
export async function requirePageOwner(viewer: string, page: string, otherwise = page): Promise<Caller> {
  const caller = await callerByCookie(env());
  if (caller === null) redirect(inNewDocument(signInPath(page)));
  if (caller.viewer !== viewer) redirect(otherwise);
  return caller;
}

const FALLBACK = 'en-US';

/** The first language of `Accept-Language` that numbers and dates can be formatted in. */
export function preferredLocale(headers: Pick<Headers, 'get'>): string {
  const tags = (headers.get('accept-language') ?? '')
    .split(',')
    .map((part) => part.split(';')[0]?.trim() ?? '');
  return tags.find(isFormattable) ?? FALLBACK;
}

function isFormattable(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}
