import type { Page } from '@playwright/test';
import { chartOn } from './chart';

/** A place in the chart, as shares of its width and height. */
export type Place = readonly [x: number, y: number];

/** Fingers on the chart, moved as a person moves them: put down, drawn along in small steps, lifted. */
export async function slideFingers(
  page: Page,
  fingers: readonly { readonly from: Place; readonly to: Place }[],
  whileDown: () => Promise<void> = async () => undefined,
): Promise<void> {
  const box = await chartOn(page).boundingBox();
  if (box === null) throw new Error('the chart is not on the page');
  const client = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', share: number) =>
    client.send('Input.dispatchTouchEvent', {
      type,
      touchPoints:
        type === 'touchEnd'
          ? []
          : fingers.map(({ from, to }, id) => ({
              id,
              x: box.x + box.width * (from[0] + share * (to[0] - from[0])),
              y: box.y + box.height * (from[1] + share * (to[1] - from[1])),
            })),
    });
  await send('touchStart', 0);
  for (let step = 1; step <= 8; step += 1) await send('touchMove', step / 8);
  await whileDown();
  await send('touchEnd', 1);
  await client.detach();
}
