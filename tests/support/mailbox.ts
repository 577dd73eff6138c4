import type { StackStatus } from '@/lib/local/status-file';

/** The newest link that was mailed to an address, as the stack's mailbox shows it; throws when there is none. */
export async function readMailedLink({ mailboxUrl }: StackStatus, to: string): Promise<URL> {
  const page = await (await fetch(String(mailboxUrl))).text();
  const message = page.split('<article').find((article) => article.includes(`To ${to}:`));
  const [, href] = /href="([^"]+)"/.exec(message ?? '') ?? [];
  if (href === undefined) throw new Error(`no mail with a link to ${to}`);
  return new URL(href.replaceAll('&amp;', '&'));
}
