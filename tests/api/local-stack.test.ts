import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { z } from 'zod';
import { spawnApp } from '../support/running-app';

/** Ways to this machine other than 127.0.0.1: what listens on every interface answers on each of them. */
function otherAddresses(): string[] {
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
    .map(({ address }) => address);
  return [...outside, '::1', ...(process.platform === 'linux' ? ['127.0.0.2'] : [])];
}

function isAnswered(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

it('the app, the embedded API, the sandbox and the database listen on this machine’s loopback only', async () => {
  const { status, databaseUrl } = inject('testApp');
  for (const url of [status.appUrl, status.supabaseUrl, status.sandboxUrl ?? '', databaseUrl]) {
    const port = Number(new URL(url).port);
    expect(await isAnswered(port, '127.0.0.1'), url).toBe(true);
    for (const address of otherAddresses())
      expect(await isAnswered(port, address), `${url} at ${address}`).toBe(false);
  }
});

it('an app that dies during its first tick ends the command with a message', {
  timeout: 280_000,
}, async () => {
  // A brokerage that never answers, so that the first tick is under way for as long as the test likes.
  const brokerage = createServer().listen(0, '127.0.0.1');
  await once(brokerage, 'listening');
  const { port } = brokerage.address() as AddressInfo;
  const dataDir = await mkdtemp(join(tmpdir(), 'portfolio-history-app-'));
  try {
    const asked = once(brokerage, 'request');
    const { app, exited, readOutput } = await spawnApp(dataDir, {
      environment: { SNAPTRADE_BASE_URL: `http://127.0.0.1:${port}` },
    });
    try {
      await Promise.race([asked, exited]);
      expect(app.exitCode, readOutput()).toBe(null);
      const { appPid } = z
        .object({ appPid: z.number() })
        .parse(JSON.parse(await readFile(join(dataDir, 'stack.json'), 'utf8')));
      process.kill(appPid, 'SIGKILL');
      expect(await exited).toBe(1);
      expect(readOutput()).toContain('The app stopped by itself (signal SIGKILL)');
      expect(readOutput()).not.toContain('Portfolio History runs at');
      expect(existsSync(join(dataDir, 'stack.json'))).toBe(false);
    } finally {
      app.kill('SIGKILL');
    }
  } finally {
    brokerage.closeAllConnections();
    brokerage.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
