import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between an app and a service that it asks over HTTP, and can take the service away or hold its answers back. */
export interface Gate {
  /** Where the app finds the service. */
  readonly url: string;
  /** From now on nobody answers there, and what was under way is cut off. */
  takeAway(): Promise<void>;
  bringBack(): Promise<void>;
  /** From now on requests wait at the gate; the function that is returned lets them pass. */
  hold(): () => void;
  /** Resolves once that many requests wait at the gate. */
  untilWaiting(count: number): Promise<void>;
  close(): Promise<void>;
}

/** What is asked at a gate, and what a stand-in answers; null for what it does not know. */
export type StandIn = (asked: {
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly body: unknown;
}) => { readonly status: number; readonly body: object } | null;

/** Opens a gate in front of a service, of which a stand-in may answer what lies below a path. */
export async function openGate(
  service: string,
  standIn: { readonly at: string; readonly answer: StandIn } | null = null,
): Promise<Gate> {
  let waiting: (() => void)[] | null = null;
  let arrived = (): void => {};
  const server = createServer((asked, answer) => {
    if (standIn !== null && asked.url?.startsWith(standIn.at) === true)
      return void answerItself(standIn.answer, asked, answer);
    const pass = (): void => forward(service, asked, answer);
    if (waiting === null) return pass();
    waiting.push(pass);
    arrived();
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const takeAway = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${port}`,
    takeAway,
    bringBack: async () => void (await listen(port)),
    hold: () => {
      waiting = [];
      return () => {
        const passed = waiting ?? [];
        waiting = null;
        for (const pass of passed) pass();
      };
    },
    untilWaiting: (count) =>
      new Promise((resolve) => {
        arrived = () => {
          if ((waiting?.length ?? 0) >= count) resolve();
        };
        arrived();
      }),
    close: () => (server.listening ? takeAway() : Promise.resolve()),
  };
}

function forward(service: string, asked: IncomingMessage, answer: ServerResponse): void {
  const { hostname, port } = new URL(service);
  const passedOn = request(
    {
      hostname,
      port,
      method: asked.method,
      path: asked.url,
      headers: { ...asked.headers, host: `${hostname}:${port}` },
    },
    (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    },
  );
  passedOn.on('error', () => answer.destroy());
  answer.on('close', () => passedOn.destroy());
  asked.pipe(passedOn);
}

async function answerItself(standIn: StandIn, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  let sent = '';
  for await (const part of asked.setEncoding('utf8')) sent += String(part);
  const { status, body } = standIn({
    method: asked.method ?? '',
    path: asked.url ?? '',
    token: asked.headers.authorization?.replace(/^Bearer /, '') ?? '',
    body: sent === '' ? null : JSON.parse(sent),
  }) ?? { status: 404, body: {} };
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
