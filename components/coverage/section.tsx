import { type ReactNode, useId } from 'react';

/** A part of an operators' page under its heading. */
export function Section({
  title,
  note,
  children,
}: {
  readonly title: string;
  /** A few words beside the heading. */
  readonly note?: ReactNode;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="text-base font-semibold">
        {title}
        {note !== undefined && <span className="ml-2 font-normal text-ink-soft">{note}</span>}
      </h2>
      <div className="mt-3">{children}</div>
    </section>
  );
}
