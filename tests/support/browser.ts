import { existsSync } from 'node:fs';
import npmChromium from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

/** A browser that tests can drive. */
export interface TestBrowser {
  readonly executablePath: string;
  readonly args: readonly string[];
}

/** Chrome refuses its own sandbox to root, which is who runs tests in most containers. */
const ARGS = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

const INSTALLED: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  ],
};

/**
 * The browser that `CHROME_PATH` names, else the Chromium that came with the npm packages (Linux on x64), else an
 * installed Chrome or Chromium, else Playwright's own download. Throws in words when there is none.
 */
export async function findBrowser(environment: NodeJS.ProcessEnv = process.env): Promise<TestBrowser> {
  const named = environment.CHROME_PATH;
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROME_PATH names no file: ${named}`);
    return { executablePath: named, args: ARGS };
  }
  const executablePath =
    (await unpackNpmChromium()) ??
    INSTALLED[process.platform]?.find((path) => existsSync(path)) ??
    [chromium.executablePath()].find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(
      'No browser was found. Install Chrome or Chromium, or run `npx playwright install chromium`, ' +
        'or set CHROME_PATH to a Chrome or Chromium executable.',
    );
  }
  return { executablePath, args: ARGS };
}

/** The package holds one executable, packed for Linux on x64; it is unpacked once into the temporary folder. */
async function unpackNpmChromium(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  return npmChromium.executablePath();
}
