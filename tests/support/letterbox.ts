import { serve } from '@hono/node-server';

/** A receiver of webhooks in this process. */
export interface Letterbox {
  readonly url: string;
  /** What was delivered, in the order of its coming. */
  readonly letters: readonly Letter[];
  close(): Promise<void>;
}

interface Letter {
  readonly body: string;
  readonly signature: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Opens a receiver on 127.0.0.1, at any free port unless one is named; `answer` says what becomes of each delivery. */
export async function openLetterbox(
  answer: (request: Request) => Promise<Response>,
  listenOn = 0,
): Promise<Letterbox> {
  const letters: Letter[] = [];
  const receive = async (request: Request): Promise<Response> => {
    const body = await request.clone().text();
    const headers = Object.fromEntries(request.headers);
    letters.push({ body, signature: request.headers.get('signature'), headers });
    return answer(request);
  };
  const { server, port } = await new Promise<{ server: ReturnType<typeof serve>; port: number }>(
    (resolve) => {
      const starting = serve({ fetch: receive, port: listenOn, hostname: '127.0.0.1' }, (info) =>
        resolve({ server: starting, port: info.port }),
      );
    },
  );
  return {
    url: `http://127.0.0.1:${port}/`,
    letters,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
