import type { HeadlineReading } from './data-points';

/**
 * What is being read on the chart, for the headline that follows it. It is kept outside of React's state above both, so that
 * a moving finger draws the headline anew and not the page.
 */
export interface ReadingStore {
  readonly subscribe: (listener: () => void) => () => void;
  readonly get: () => HeadlineReading | null;
  readonly set: (reading: HeadlineReading | null) => void;
}

export function createReadingStore(): ReadingStore {
  let current: HeadlineReading | null = null;
  const listeners = new Set<() => void>();
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get: () => current,
    set: (reading) => {
      if (reading === current) return;
      current = reading;
      for (const listener of listeners) listener();
    },
  };
}
