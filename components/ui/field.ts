/** The classes of a text field, a date or a choice in a form. */
export const FIELD =
  'mt-1 block h-11 w-full min-w-0 rounded-lg border border-outline bg-surface px-3 text-base text-ink placeholder:text-ink-faint sm:h-10 sm:text-sm';

/** The same in a form that is all that its page is for. */
export const LARGE_FIELD =
  'mt-1.5 block h-11 w-full rounded-lg border border-outline bg-surface px-3 text-base text-ink placeholder:text-ink-faint';
