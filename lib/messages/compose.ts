import 'server-only';
import type { Instant } from '@/lib/domain/trading-date';
import type { MessageBatch, MessageItem } from './document';
import type { Mail } from './mailer';
import { unsubscribeToken } from './unsubscribe';

interface ComposeOptions {
  /** Where the product's pages are. */
  readonly appUrl: string;
  readonly signingKey: string;
}

/** What a message says, before it has a form. */
interface Letter {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly points: readonly string[];
  readonly button: { readonly label: string; readonly path: string };
  readonly why: string;
}

/** Pending messages as one e-mail: in words, without amounts, with a way to end such messages. */
export function composeMail(batch: MessageBatch, { appUrl, signingKey }: ComposeOptions): Mail {
  const letter = letterOf(batch);
  const token = encodeURIComponent(unsubscribeToken(batch, signingKey));
  const at = (path: string) => new URL(path, appUrl).href;
  const links = {
    button: at(letter.button.path),
    unsubscribe: at(`/unsubscribe?token=${token}`),
    settings: at('/settings'),
  };
  return {
    id: `${batch.ids.join('-')}.${batch.kind}@${new URL(appUrl).hostname}`,
    to: batch.email,
    subject: letter.subject,
    text: textOf(letter, links),
    html: htmlOf(letter, links),
    headers: {
      'List-Unsubscribe': `<${at(`/api/unsubscribe?token=${token}`)}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'Auto-Submitted': 'auto-generated',
    },
  };
}

/** What users are told whose connection is broken. */
const BROKEN_PARAGRAPHS = [
  'We cannot read your accounts any more, so days are missing from your portfolio history.',
  'Sign in again and they are filled in by themselves, as far back as your broker knows them. Access is read-only: we cannot trade or move money.',
] as const;

/** What a reminder to reconnect says, for its preview. */
export function reminderWords(institutions: string): Pick<Letter, 'subject' | 'paragraphs'> {
  return { subject: `${institutions} still waits for you to sign in again`, paragraphs: BROKEN_PARAGRAPHS };
}

function letterOf({ kind, items }: MessageBatch): Letter {
  const institutions = listed([...new Set(items.map(({ facts }) => facts.institution))].toSorted());
  switch (kind) {
    case 'connection_broken':
    case 'reconnect_reminder':
      return {
        subject:
          kind === 'connection_broken'
            ? `${institutions}: please sign in again`
            : reminderWords(institutions).subject,
        paragraphs: BROKEN_PARAGRAPHS,
        points: items.map(describeBroken),
        button: { label: 'Reconnect', path: '/connections' },
        why:
          kind === 'connection_broken'
            ? 'You get this once each time a connection breaks.'
            : 'Our support asked us to remind you, once.',
      };
    case 'connection_healed':
      return {
        subject: `${institutions} is connected again`,
        paragraphs: [
          'We can read your accounts again. The days that are missing are being filled in; there is nothing to do.',
        ],
        points: [],
        button: { label: 'Open your portfolio', path: '/' },
        why: 'You get this once when a broken connection works again.',
      };
    case 'question': {
      const isMatch = items.every((item) => item.kind === 'match');
      return {
        subject: items.length === 1 ? 'A question about your accounts' : 'Questions about your accounts',
        paragraphs: ['Only you can know, and parts of your portfolio history wait for the answer:'],
        points: items.map(describeQuestion),
        button: { label: 'Answer', path: isMatch ? '/connections' : '/data-quality' },
        why: 'You get this once for each question.',
      };
    }
  }
}

function describeBroken(item: MessageItem): string {
  if (item.kind !== 'connection_broken') return item.facts.institution;
  const { institution, since } = item.facts;
  return since === null ? institution : `${institution}, since ${day(since)}`;
}

function describeQuestion(item: MessageItem): string {
  switch (item.kind) {
    case 'match': {
      const { account, institution, otherAccount, otherInstitution } = item.facts;
      return `Are ${account} at ${institution} and ${otherAccount} at ${otherInstitution} one account?`;
    }
    case 'movement':
      return `What moved on ${item.facts.account} at ${item.facts.institution}?`;
    case 'account':
      return `What is ${item.facts.account} at ${item.facts.institution}? It does not count until you say so.`;
    case 'connection_broken':
      return item.facts.institution;
  }
}

function day(at: Instant): string {
  return new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'America/New_York' }).format(
    new Date(at),
  );
}

function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(names);
}

interface Links {
  readonly button: string;
  readonly unsubscribe: string;
  readonly settings: string;
}

function textOf({ paragraphs, points, button, why }: Letter, links: Links): string {
  return [
    ...paragraphs.slice(0, 1),
    ...(points.length === 0 ? [] : [points.map((point) => `- ${point}`).join('\n')]),
    ...paragraphs.slice(1),
    `${button.label}: ${links.button}`,
    `--\n${why}\nStop these messages: ${links.unsubscribe}\nAll your messages: ${links.settings}`,
  ].join('\n\n');
}

function htmlOf({ subject, paragraphs, points, button, why }: Letter, links: Links): string {
  const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`;
  const list = points.map((point) => `<li>${escapeHtml(point)}</li>`).join('');
  const link = (href: string, label: string) => `<a href="${escapeHtml(href)}">${label}</a>`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta name="viewport" content="width=device-width"><title>${escapeHtml(subject)}</title></head>`,
    '<body style="font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:0 auto;padding:1.5rem">',
    ...paragraphs.slice(0, 1).map(paragraph),
    points.length === 0 ? '' : `<ul>${list}</ul>`,
    ...paragraphs.slice(1).map(paragraph),
    `<p>${link(links.button, button.label)}</p>`,
    `<p style="font-size:13px;opacity:.75">${escapeHtml(why)}<br>`,
    `${link(links.unsubscribe, 'Stop these messages')} · ${link(links.settings, 'All your messages')}</p>`,
    '</body></html>',
  ].join('');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
