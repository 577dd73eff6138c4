/** Runs once when a server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { stopUnlessConfigured } = await import('@/lib/config/stop-unless-configured');
    stopUnlessConfigured();
  }
}
