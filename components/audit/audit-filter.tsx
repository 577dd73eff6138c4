import { AUDIT_WORDS } from '@/components/labels/operations';
import { Button } from '@/components/ui/button';
import { FIELD } from '@/components/ui/field';
import { AUDIT_ACTIONS } from '@/lib/domain/states';

/** Limits the log to one administrator or one action; the choice is in the address. */
export function AuditFilter({ actor, action }: { readonly actor: string; readonly action: string }) {
  return (
    <form action="/admin/audit" className="grid gap-4 sm:grid-cols-[1fr_1fr_auto] sm:items-end">
      <label className="block text-sm font-medium">
        Who
        <input
          name="actor"
          defaultValue={actor}
          placeholder="Anybody’s e-mail address"
          autoComplete="off"
          className={FIELD}
        />
      </label>
      <label className="block text-sm font-medium">
        What
        <select name="action" defaultValue={action} className={FIELD}>
          <option value="">Anything</option>
          {AUDIT_ACTIONS.map((one) => (
            <option key={one} value={one}>
              {AUDIT_WORDS[one]}
            </option>
          ))}
        </select>
      </label>
      <Button type="submit" size="large" className="sm:h-10">
        Show
      </Button>
    </form>
  );
}
