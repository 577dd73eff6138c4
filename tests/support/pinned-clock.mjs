/**
 * Preloaded with `NODE_OPTIONS=--import`: makes a process, and all that it starts, believe that the first of them began
 * at the instant `PINNED_CLOCK`. Time goes on from there. Databases keep their own clock.
 */
const RealDate = Date;

// The first process fixes the offset; its children inherit it, so that all of them agree on the time.
process.env.PINNED_CLOCK_OFFSET_MS ??= String(RealDate.parse(process.env.PINNED_CLOCK) - RealDate.now());
const offsetMs = Number(process.env.PINNED_CLOCK_OFFSET_MS);
if (!Number.isFinite(offsetMs))
  throw new Error(`PINNED_CLOCK is not an instant: ${process.env.PINNED_CLOCK}`);

const now = () => RealDate.now() + offsetMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});
