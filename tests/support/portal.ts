/** What a visitor of the sandbox's portal chooses. */
export type PortalChoice =
  | { readonly choice: 'link'; readonly broker?: string }
  | { readonly choice: 'leave' }
  | { readonly choice: 'fail'; readonly error: string };

/** Opens a portal address as a browser does; returns status and text of the page. */
export async function openPortal(
  address: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(address);
  return { status: answer.status, text: await answer.text() };
}

/** Sends the portal's form; returns where it leads, or null when it leads nowhere. */
export async function choosePortal(address: string, choice: PortalChoice): Promise<URL | null> {
  const body = new FormData();
  for (const [name, value] of Object.entries(choice)) body.set(name, value);
  const answer = await fetch(address, { method: 'POST', body, redirect: 'manual' });
  await answer.arrayBuffer();
  const location = answer.headers.get('location');
  return location === null ? null : new URL(location);
}
