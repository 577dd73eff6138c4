import { useId } from 'react';
import { FIELD } from '@/components/ui/field';

/** Why an administrator decides so: every decision of theirs is kept with its reason. */
export function ReasonField() {
  const id = useId();
  return (
    <div className="min-w-0 flex-1 basis-40">
      <label htmlFor={id} className="text-xs font-medium">
        Reason
      </label>
      <input id={id} name="reason" required maxLength={500} autoComplete="off" className={FIELD} />
    </div>
  );
}

/** The reason in a form that was sent. */
export function readReason(form: FormData): string {
  return String(form.get('reason') ?? '').trim();
}
