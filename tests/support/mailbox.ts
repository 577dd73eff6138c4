import type { StackStatus } from '@/lib/local/status-file';

/** The subjects of what was mailed to an address, newest first. */
export async function readSubjects({ mailboxUrl }: StackStatus, to: string): Promise<readonly string[]> {
  const page = await (await fetch(String(mailboxUrl))).text();
  return [...page.matchAll(/<p>To ([^:]+): <b>([^<]+)<\/b>/g)].flatMap(([, address, subject]) =>
    address === to && subject !== undefined ? [subject] : [],
  );
}

/** The first link, or that with a part, in the newest message to an address, as the stack's mailbox shows it; throws when there is none. */
export async function readMailedLink({ mailboxUrl }: StackStatus, to: string, part = ''): Promise<URL> {
  const page = await (await fetch(String(mailboxUrl))).text();
  const message = page.split('<article').find((article) => article.includes(`To ${to}:`));
  const links = [...(message ?? '').matchAll(/href="([^"]+)"/g)].map(([, link]) => link);
  const href = links.find((link) => link?.includes(part));
  if (href === undefined) throw new Error(`no mail with a link to ${to}`);
  return new URL(href.replaceAll('&amp;', '&'));
}
