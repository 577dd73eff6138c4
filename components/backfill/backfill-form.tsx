import { GAP_LABELS, nameSource } from '@/components/labels/states';
import { Button } from '@/components/ui/button';
import { FIELD } from '@/components/ui/field';
import { BACKFILL_REASONS } from '@/lib/domain/states';

/** What stands in the form, as it stands in the address. */
export interface BackfillQuery {
  readonly user: string;
  readonly institution: string;
  readonly provider: string;
  readonly reason: string;
  readonly from: string;
  readonly to: string;
}

/** What to backfill. Sending it only shows the preview, with everything in the address. */
export function BackfillForm({
  query,
  institutions,
  providers,
}: {
  readonly query: BackfillQuery;
  readonly institutions: readonly string[];
  readonly providers: readonly string[];
}) {
  return (
    <form action="/admin/backfill" className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      <label className="block text-sm font-medium">
        User
        <input
          name="user"
          defaultValue={query.user}
          placeholder="Everyone"
          autoComplete="off"
          className={FIELD}
        />
        <span className="mt-1 block font-normal text-ink-soft">E-mail address or id</span>
      </label>
      <Choice name="institution" label="Brokerage" chosen={query.institution} options={institutions} />
      <Choice
        name="provider"
        label="Provider"
        chosen={query.provider}
        options={providers}
        nameOf={nameSource}
      />
      <Choice
        name="reason"
        label="Missing because"
        chosen={query.reason}
        options={BACKFILL_REASONS}
        nameOf={(reason) => GAP_LABELS[reason].label}
      />
      <label className="block text-sm font-medium">
        First day
        <input name="from" type="date" defaultValue={query.from} required className={FIELD} />
      </label>
      <label className="block text-sm font-medium">
        Last day
        <input name="to" type="date" defaultValue={query.to} required className={FIELD} />
      </label>
      <div>
        <Button type="submit" look="primary" size="large">
          Preview
        </Button>
      </div>
    </form>
  );
}

function Choice<T extends string>({
  name,
  label,
  chosen,
  options,
  nameOf = (option) => option,
}: {
  readonly name: string;
  readonly label: string;
  readonly chosen: string;
  readonly options: readonly T[];
  readonly nameOf?: (option: T) => string;
}) {
  return (
    <label className="block text-sm font-medium">
      {label}
      <select name={name} defaultValue={chosen} className={FIELD}>
        <option value="">Any</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {nameOf(option)}
          </option>
        ))}
      </select>
    </label>
  );
}
