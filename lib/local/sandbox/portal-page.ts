import { html } from 'hono/html';

type Markup = ReturnType<typeof html>;

/** What is offered, and the accounts that whoever signs in there turns out to have. */
interface PortalChoice {
  readonly name: string;
  readonly slug: string;
  readonly accounts: readonly { readonly name: string }[];
}

interface PortalError {
  readonly code: string;
  readonly name: string;
}

const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { margin: 0; padding: 2rem 1rem; }
  main { max-width: 30rem; margin: 0 auto; }
  aside { border: 2px dashed; border-radius: .75rem; padding: .75rem 1rem; }
  fieldset { border: 1px solid; border-radius: .75rem; margin: 1.5rem 0; padding: .5rem 1rem; }
  label { display: block; padding: .4rem 0; }
  button, select { font: inherit; padding: .5rem 1rem; min-height: 2.75rem; }
  form > p { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; }`;

/** The portal's one page: choose a broker, or mend the one that is named, and how the sign-in there ends. */
export function renderPortal(
  brokers: readonly PortalChoice[],
  errors: readonly PortalError[],
  mending: string | null,
): Markup {
  const heading = mending === null ? 'Link a brokerage' : `Sign in to ${mending} again`;
  return renderPage(
    heading,
    html`<form method="post">
      ${mending === null ? renderBrokers(brokers) : ''}
      <p>
        <button name="choice" value="link">${mending === null ? 'Sign in and link' : 'Sign in again'}</button>
        <button name="choice" value="leave">Leave without signing in</button>
      </p>
      <p>
        <label>
          Or let the sign-in fail because
          <select name="error">
            ${errors.map(({ code, name }) => html`<option value="${code}">${name}</option>`)}
          </select>
        </label>
        <button name="choice" value="fail">Fail</button>
      </p>
    </form>`,
  );
}

/** The page on which nothing can be done any more. */
export function renderPortalEnd(message: string): Markup {
  return renderPage('Nothing to do here', html`<p>${message}</p>`);
}

function renderBrokers(brokers: readonly PortalChoice[]): Markup {
  return html`<fieldset>
    <legend>Brokers of the sandbox</legend>
    ${brokers.map(
      ({ name, slug, accounts }, index) =>
        html`<label>
          <input type="radio" name="broker" value="${slug}" ${index === 0 ? 'checked' : ''} />
          ${name} (${accounts.map((account) => account.name).join(', ')})
        </label>`,
    )}
  </fieldset>`;
}

function renderPage(heading: string, content: Markup): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${heading} (sandbox)</title>
        <link rel="icon" href="data:," />
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>
          <aside>
            <strong>This is a sandbox.</strong> It stands in for a provider's connection portal. There is no broker behind
            it, no password is asked for, and its accounts replay old prices.
          </aside>
          <h1>${heading}</h1>
          ${content}
        </main>
      </body>
    </html>`;
}
