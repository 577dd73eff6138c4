import type { EmailDriver } from '@supabase/lite';

/** Where the embedded API shows what would have been sent. */
export const MAILBOX_PATH = '/mail';

const MESSAGES_MAX = 200;

/** Catches the mail of the embedded Auth server, and what the product sends its users; nothing leaves the machine. */
export interface Mailbox extends EmailDriver {
  /** A page with the newest messages first. */
  show(): Response;
}

export function createMailbox(): Mailbox {
  const messages: { readonly to: string; readonly subject: string; readonly html: string }[] = [];
  return {
    async send({ to, subject, html, text }) {
      messages.unshift({ to, subject, html: html ?? escapeHtml(text ?? '') });
      messages.length = Math.min(messages.length, MESSAGES_MAX);
    },
    show: () =>
      new Response(pageOf(messages), {
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'cache-control': 'no-store',
          // A message is from this stack's own templates; even so it gets to run and load nothing.
          'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
        },
      }),
  };
}

function pageOf(messages: readonly { to: string; subject: string; html: string }[]): string {
  const articles = messages.map(
    ({ to, subject, html }) =>
      `<article aria-label="${escapeHtml(`${subject}, to ${to}`)}"><p>To ${escapeHtml(to)}: <b>${escapeHtml(subject)}</b></p>${html}</article>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mail that was not sent</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui;max-width:40rem;margin:2rem auto;padding:0 1rem}article{border-top:1px solid;padding:.5rem 0}</style>
<h1>Mail that was not sent</h1>
<p>What the product would send to its users is caught here, newest first, until the stack stops.</p>
${articles.join('\n') || '<p>No mail yet.</p>'}</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
