import type { ReactNode } from 'react';
import { AdminNavigation } from '@/components/coverage/admin-navigation';
import { DoneNotice } from '@/components/ui/done-notice';
import { requireAdministratorPage } from '@/lib/http/page';
import { PrivatePage } from '../private-page';

export const dynamic = 'force-dynamic';

/** The frame of the operators' pages. */
export default async function AdminLayout({ children }: { readonly children: ReactNode }) {
  const caller = await requireAdministratorPage();
  return (
    <PrivatePage caller={caller} navigation={<AdminNavigation />}>
      <DoneNotice />
      {children}
    </PrivatePage>
  );
}
