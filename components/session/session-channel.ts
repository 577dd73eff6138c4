const NAME = 'session';

/** Lets every other tab know who is signed in, as this one learned it from the server; null for nobody. */
export function announceSession(viewer: string | null): void {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage(viewer);
  channel.close();
}

/** Hears what other tabs announce, which may be late: it is a reason to ask the server, no more. Returns how to end it. */
export function followSessions(hear: (viewer: unknown) => void): () => void {
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => hear(data);
  return () => channel.close();
}
