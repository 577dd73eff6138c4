import type { ReactNode } from 'react';
import { AdminNavigation } from '@/components/coverage/admin-navigation';
import { SiteHeader } from '@/components/site-header';
import { PageMain } from '@/components/ui/page-main';
import { requireAdministratorPage } from '@/lib/http/administrator-page';
import { signOut } from '../actions';

export const dynamic = 'force-dynamic';

/** The frame of the operators' pages. */
export default async function AdminLayout({ children }: { readonly children: ReactNode }) {
  const { email } = await requireAdministratorPage();
  return (
    <>
      <SiteHeader email={email} signOut={signOut} coverageHref="/admin/coverage" />
      <AdminNavigation />
      <PageMain>{children}</PageMain>
    </>
  );
}
