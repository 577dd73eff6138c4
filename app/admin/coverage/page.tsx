import { requireAdministratorPage } from '@/lib/http/administrator-page';

export const metadata = { title: 'Coverage' };

/** Whether every user's every trading day is there, and what is wrong where it is not. */
export default async function CoveragePage() {
  await requireAdministratorPage();
  return <h1 className="text-2xl font-semibold tracking-tight">Coverage</h1>;
}
