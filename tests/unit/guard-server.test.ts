import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardServers } from '@/lib/http/guard-server';
import { SECURITY_HEADERS } from '@/lib/security-headers';
import { sendBytes, sendRaw } from '../support/raw-request';

/** A server that answers as Next.js does where none of our code runs. */
const server: Server = createServer((request, response) => {
  if (request.url === '/page') response.setHeader('content-type', 'text/html').end('page');
  else if (request.url === '/refused') response.writeHead(405).end();
  else if (request.url === '/reads') request.resume().on('end', () => response.writeHead(204).end());
  else response.writeHead(500, { 'content-type': 'text/plain' }).end('Internal Server Error');
});
let base = '';

beforeAll(async () => {
  guardServers();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('in front of a server', () => {
  it('an answer passes, with the security headers', async () => {
    const answer = await sendRaw(base, { method: 'GET', path: '/page' });
    expect(answer).toMatchObject({ status: 200, body: 'page', headers: SECURITY_HEADERS });
  });

  it.each([
    ['GET', '/%ff', 400],
    ['TRACE', '/page', 405],
    ['GET', '/refused', 405],
  ])('%s %s is answered with a problem document', async (method, path, status) => {
    const answer = await sendRaw(base, { method, path });
    expect(answer).toMatchObject({
      status,
      headers: { ...SECURITY_HEADERS, 'content-type': 'application/problem+json' },
    });
    expect(JSON.parse(answer.body)).toMatchObject({ status });
  });

  it.each(['OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 'no request at all\r\n\r\n'])(
    '%j is answered with a problem document',
    async (bytes) => {
      const answer = await sendBytes(base, bytes);
      expect(answer).toMatch(/^HTTP\/1.1 400 /);
      expect(answer).toContain('x-content-type-options: nosniff');
      expect(answer).toContain('"code":"bad_request"');
    },
  );

  it.each([
    [16, /^HTTP\/1.1 204 /],
    [17, /^HTTP\/1.1 413 .*"code":"payload_too_large"/s],
  ])('a body without a length may have a megabyte, here %i parts of 64 KiB', async (parts, expected) => {
    const part = `10000\r\n${' '.repeat(65_536)}\r\n`;
    const head = 'POST /reads HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    expect(await sendBytes(base, `${head}${part.repeat(parts)}0\r\n\r\n`)).toMatch(expected);
  });

  it('headers beyond what a server reads are refused in the same way', async () => {
    const answer = await sendBytes(base, `GET / HTTP/1.1\r\nHost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(answer).toContain("frame-ancestors 'none'");
  });
});
