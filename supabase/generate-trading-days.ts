/*
 * Writes the migration of the trading days to standard output:
 * tsx --conditions=react-server supabase/generate-trading-days.ts > supabase/migrations/20261101000100_trading_days.sql
 */
import { renderTradingDaysMigration } from './trading-days-migration';

process.stdout.write(renderTradingDaysMigration());
